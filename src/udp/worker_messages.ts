/**
 * What main and a UDP worker say to each other.
 *
 * Main sends one `start`. The worker answers `ready` when its sockets are served. To stop it, main sets the stop flag
 * and sends `stop`: a worker blocked in the C library sees the flag, one in Deno's event loop the message. The worker
 * closes its sockets, answers `stopped` and ends. A worker that fails ends with an uncaught error.
 *
 * @module
 */

import type { AccessParts } from "../access/mod.ts";
import type { Endpoint } from "../addresses/mod.ts";
import type { TableBuffers } from "../peers/mod.ts";

/** How datagrams come and go: through the C library, or through `Deno.listenDatagram`. */
export type UdpBackend = "libc" | "deno";

/** The sockets of one worker, one for each address: open ones, or addresses that the worker opens itself. */
export type UdpSockets =
  | { backend: "libc"; addresses: Endpoint[]; fds: number[] }
  | { backend: "deno"; addresses: Endpoint[] };

/** Word of the control buffer, as Int32, that is 0 while the worker shall run. */
export const CONTROL_STOP = 0;

export interface UdpStartMessage {
  kind: "start";
  sockets: UdpSockets;
  table: TableBuffers;
  /** The counters of all threads (stats), and which row is this worker's. */
  counters: SharedArrayBuffer;
  workerIndex: number;
  /** Two random words, the same for all workers: the key of the connection ids. */
  secret: Uint32Array;
  /** Who is refused; null = nobody. */
  access: AccessParts | null;
  /** At least 4 bytes, see CONTROL_STOP. */
  control: SharedArrayBuffer;
  /** Where the worker gives signs of life (stats). */
  heartbeat: SharedArrayBuffer;
  settings: {
    intervalSec: number;
    /** The thread is to be real-time, where the system lets it. */
    realtime: boolean;
  };
}

export interface UdpStopMessage {
  kind: "stop";
}

/** From main to a worker. */
export type UdpWorkerCommand = UdpStartMessage | UdpStopMessage;

export interface UdpReadyMessage {
  kind: "ready";
  /** The addresses served, with their real ports. */
  addresses: Endpoint[];
  /** The thread is real-time. */
  isRealtime: boolean;
}

export interface UdpStoppedMessage {
  kind: "stopped";
}

/** From a worker to main. */
export type UdpWorkerReport = UdpReadyMessage | UdpStoppedMessage;
