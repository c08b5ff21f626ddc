/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * An HTTP worker: serves one table on every HTTP address. worker_messages.ts says what it is told and tells.
 *
 * @module
 */

import { Access } from "../access/mod.ts";
import { openLibc, SocketError } from "../os/mod.ts";
import { attachTable } from "../peers/mod.ts";
import { counterRow, healthProblem, Heartbeat, SUPERVISOR_ROW } from "../stats/mod.ts";
import { DenoServers } from "./deno_servers.ts";
import { HttpHandler } from "./handle.ts";
import { LibcServer } from "./serve_libc.ts";
import type { HttpService } from "./service.ts";
import type { HttpStartMessage, HttpWorkerCommand, HttpWorkerReport, TlsPair } from "./worker_messages.ts";

let servers: DenoServers | undefined;

self.onmessage = async ({ data: command }: MessageEvent<HttpWorkerCommand>) => {
  if (command.kind === "start") return start(command);
  if (command.kind === "reload") return report(reload(command.tls));
  await servers?.stop();
  end();
};

function start(message: HttpStartMessage): void {
  if (message.sockets.backend === "libc") startLibc(message, message.sockets);
  else startDeno(message, message.sockets);
}

/** Serves, and returns when the stop flag was set. */
function startLibc(
  message: HttpStartMessage,
  sockets: HttpStartMessage["sockets"] & { backend: "libc" },
): void {
  const { libc, reason } = openLibc();
  if (libc === null) throw new Error(`Cannot serve HTTP: ${reason}`);
  const server = new LibcServer(libc, sockets, serviceOf(message), message.limits, report);
  report({ kind: "ready", endpoints: sockets.endpoints });
  server.serve(new Int32Array(message.control), new Heartbeat(message.heartbeat));
  end();
}

function startDeno(
  message: HttpStartMessage,
  sockets: HttpStartMessage["sockets"] & { backend: "deno" },
): void {
  try {
    servers = new DenoServers(sockets.endpoints, sockets.tls, serviceOf(message));
  } catch (error) {
    if (!(error instanceof SocketError)) throw error;
    return report({ kind: "failed", message: error.message });
  }
  new Heartbeat(message.heartbeat).beatByTimer();
  report({ kind: "ready", endpoints: servers.endpoints });
}

function reload(tls: TlsPair): HttpWorkerReport {
  try {
    servers?.reload(tls);
    return { kind: "reloaded" };
  } catch (error) {
    return { kind: "reloadFailed", message: error instanceof Error ? error.message : String(error) };
  }
}

function serviceOf(message: HttpStartMessage): HttpService {
  const table = attachTable(message.table);
  const counters = counterRow(message.counters, message.workerIndex);
  const supervisor = counterRow(message.counters, SUPERVISOR_ROW);
  const handler = new HttpHandler({
    table,
    counters,
    settings: message.settings,
    statistics: message.statistics,
    access: message.access === null ? null : new Access(message.access),
    fullScrapeTimes: message.fullScrapeTimes,
    unixSec: () => Math.floor(Date.now() / 1000),
    healthProblem: () => healthProblem(supervisor),
    onFullScrape: (client) => report({ kind: "fullScrape", client }),
  });
  return { handler, counters, trustedProxies: message.trustedProxies };
}

function end(): void {
  report({ kind: "stopped" });
  self.close();
}

function report(message: HttpWorkerReport): void {
  self.postMessage(message);
}
