/** The threads that serve UDP. @module */

import type { AccessParts } from "./access/mod.ts";
import type { Config } from "./config/mod.ts";
import { log } from "./log.ts";
import type { TableBuffers } from "./peers/mod.ts";
import type { Sockets } from "./sockets.ts";
import { createHeartbeat } from "./stats/mod.ts";
import type { UdpStartMessage, UdpWorkerCommand, UdpWorkerReport } from "./udp/mod.ts";
import { WorkerThread } from "./worker_thread.ts";

/** What the threads are made of. */
export interface UdpThreadsOptions {
  config: Config;
  /** The module that they run. */
  module: string;
  sockets: Sockets;
  table: TableBuffers;
  /** Who is refused; null = nobody. */
  access: AccessParts | null;
  /** The counters of all threads; the first rows are those of UDP. */
  counters: SharedArrayBuffer;
  /** The key of the connection ids. */
  secret: Uint32Array;
  /** The stop flag, see CONTROL_STOP. */
  control: SharedArrayBuffer;
  onDeath: (name: string, reason: string) => void;
}

export type UdpThread = WorkerThread<UdpWorkerCommand, UdpWorkerReport>;

/** Starts them. The sockets belong to them from now on. */
export function startUdpThreads(options: UdpThreadsOptions): UdpThread[] {
  const { config, module, sockets, table, access, counters, secret, control, onDeath } = options;
  return sockets.udp.workers.map((own, workerIndex) => {
    const start: UdpStartMessage = {
      kind: "start",
      sockets: own,
      table,
      counters,
      workerIndex,
      secret,
      access,
      control,
      heartbeat: createHeartbeat(),
      settings: { intervalSec: config.intervalSec, realtime: config.udpRealtime },
    };
    return new WorkerThread<UdpWorkerCommand, UdpWorkerReport>(
      `udp-${workerIndex + 1}`,
      module,
      start,
      onDeath,
      (report) => {
        const isFirst = workerIndex === 0 && report.kind === "ready";
        if (isFirst && report.isRealtime) log.info("UDP is served by real-time threads");
      },
    );
  });
}
