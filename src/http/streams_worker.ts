/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * The streams worker: sends the answers that take long, for the workers that cannot wait. worker_messages.ts says what it
 * is told and tells.
 *
 * @module
 */

import { openLibc } from "../os/mod.ts";
import { attachTable } from "../peers/mod.ts";
import { counterRow, Heartbeat } from "../stats/mod.ts";
import { StreamSender } from "./stream_sender.ts";
import type { HttpStreamsCommand, HttpStreamsReport } from "./worker_messages.ts";

let sender: StreamSender | undefined;

self.onmessage = async ({ data: command }: MessageEvent<HttpStreamsCommand>) => {
  if (command.kind === "start") {
    const { libc, reason } = openLibc();
    if (libc === null) throw new Error(`Cannot send streams: ${reason}`);
    const counters = counterRow(command.counters, command.workerIndex);
    const table = attachTable(command.table);
    const onFullScrape = (client: string) => report({ kind: "fullScrape", client });
    sender = new StreamSender(libc, table, counters, command.sendTimeoutSec, onFullScrape);
    new Heartbeat(command.heartbeat).beatByTimer();
    report({ kind: "ready" });
  } else if (command.kind === "stream") {
    sender?.begin(command);
  } else {
    await sender?.stop();
    report({ kind: "stopped" });
    self.close();
  }
};

function report(message: HttpStreamsReport): void {
  self.postMessage(message);
}
