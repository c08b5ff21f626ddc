/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * A UDP worker: one thread that serves sockets from the shared table. See worker_messages.ts for what it is told.
 *
 * @module
 */

import { Access } from "../access/mod.ts";
import { closeSockets, MonotonicClock, openLibc, releaseFreedMemory } from "../os/mod.ts";
import { attachTable } from "../peers/mod.ts";
import { counterRow, Heartbeat } from "../stats/mod.ts";
import { ConnectionIds } from "./connection_id.ts";
import type { UdpService } from "./handle.ts";
import { SpreadInterval } from "./interval.ts";
import { Precedence } from "./precedence.ts";
import { DenoServer } from "./serve_deno.ts";
import { serveLibc } from "./serve_libc.ts";
import { warmUp } from "./warm_up.ts";
import type { UdpStartMessage, UdpWorkerCommand, UdpWorkerReport } from "./worker_messages.ts";

let server: DenoServer | undefined;

self.onmessage = ({ data: command }: MessageEvent<UdpWorkerCommand>) => {
  if (command.kind === "start") start(command);
  else server?.close();
};

function start(message: UdpStartMessage): void {
  const { sockets, table, counters, workerIndex, secret, access, control, settings } = message;
  const heartbeat = new Heartbeat(message.heartbeat);
  const service: UdpService = {
    table: attachTable(table),
    connectionIds: new ConnectionIds(secret),
    interval: new SpreadInterval(settings.intervalSec, crypto.getRandomValues(new Int32Array(1))[0]),
    access: access === null ? null : new Access(access),
    counters: counterRow(counters, workerIndex),
  };
  warmUp(service.table.peerIds);
  if (sockets.backend === "libc") {
    const { libc, reason } = openLibc();
    if (libc === null) throw new Error(`Cannot serve UDP: ${reason}`);
    releaseFreedMemory(libc);
    const nowUs = new MonotonicClock(libc).nowMicroseconds();
    const precedence = settings.realtime ? Precedence.take(libc, nowUs) : null;
    report({ kind: "ready", addresses: sockets.addresses, isRealtime: precedence !== null });
    serveLibc(libc, sockets.fds, service, new Int32Array(control), heartbeat, precedence);
    closeSockets(libc, sockets.fds);
    end();
  } else {
    server = new DenoServer(sockets.addresses[0], service);
    heartbeat.beatByTimer();
    report({ kind: "ready", addresses: sockets.addresses, isRealtime: false });
    server.done.then(end);
  }
}

function end(): void {
  report({ kind: "stopped" });
  self.close();
}

function report(message: UdpWorkerReport): void {
  self.postMessage(message);
}
