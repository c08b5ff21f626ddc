/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * An HTTP worker: serves one table on every HTTP address. worker_messages.ts says what it is told and tells.
 *
 * @module
 */

import { SocketError } from "../os/mod.ts";
import { attachTable, tableStats } from "../peers/mod.ts";
import { COUNTER, counterRow, statsJson, sumCounters } from "../stats/mod.ts";
import { HttpHandler } from "./handle.ts";
import { serveHttp } from "./serve.ts";
import type { HttpStartMessage, HttpWorkerCommand, HttpWorkerReport } from "./worker_messages.ts";

/** Answers under way when the worker is told to stop get this long. */
const SHUTDOWN_MS_MAX = 1000;

const servers: Deno.HttpServer<Deno.NetAddr>[] = [];

self.onmessage = async (event: MessageEvent<HttpWorkerCommand>) => {
  if (event.data.kind === "start") {
    report(start(event.data));
  } else {
    await stop();
    report({ kind: "stopped" });
    self.close();
  }
};

function start(message: HttpStartMessage): HttpWorkerReport {
  const table = attachTable(message.table);
  const counters = counterRow(message.counters, message.workerIndex);
  const handler = new HttpHandler({
    table,
    counters,
    settings: message.settings,
    statsJson() {
      const sums = sumCounters(message.counters);
      const uptimeSec = (Date.now() - sums[COUNTER.startedUnixMs]) / 1000;
      return statsJson(sums, tableStats(table), uptimeSec);
    },
  });
  const { endpoints } = message;
  try {
    for (const endpoint of endpoints) servers.push(serveHttp(endpoint, handler, counters));
  } catch (error) {
    if (!(error instanceof SocketError)) throw error;
    return { kind: "failed", message: error.message };
  }
  const addresses = endpoints.map(({ hostname }, i) => ({ hostname, port: servers[i].addr.port }));
  return { kind: "ready", addresses };
}

/** Takes no new connections and waits, within bounds, for the answers under way. */
async function stop(): Promise<void> {
  const shutdowns = Promise.all(servers.map((server) => server.shutdown()));
  await Promise.race([shutdowns, new Promise((resolve) => setTimeout(resolve, SHUTDOWN_MS_MAX))]);
}

function report(message: HttpWorkerReport): void {
  self.postMessage(message);
}
