/**
 * What main and an HTTP worker say to each other.
 *
 * Main sends one `start`. The worker answers `ready` when it serves every address, or `failed`. Main may then send
 * `stop`: the worker takes no more requests, answers `stopped` and ends. A worker that fails later ends with an
 * uncaught error.
 *
 * @module
 */

import type { Endpoint } from "../config/mod.ts";
import type { TableBuffers } from "../peers/mod.ts";
import type { HttpSettings } from "./announce.ts";

export interface HttpStartMessage {
  kind: "start";
  table: TableBuffers;
  /** The counters of all threads (stats), and which row is this worker's. */
  counters: SharedArrayBuffer;
  workerIndex: number;
  /** Where to listen. Workers share a port; port 0 would give each a port of its own. */
  endpoints: Endpoint[];
  settings: HttpSettings;
}

export interface HttpStopMessage {
  kind: "stop";
}

/** From main to a worker. */
export type HttpWorkerCommand = HttpStartMessage | HttpStopMessage;

export interface HttpReadyMessage {
  kind: "ready";
  /** The addresses served, with their real ports. */
  addresses: Endpoint[];
}

export interface HttpFailedMessage {
  kind: "failed";
  /** Which address cannot be listened on, and why. */
  message: string;
}

export interface HttpStoppedMessage {
  kind: "stopped";
}

/** From a worker to main. */
export type HttpWorkerReport = HttpReadyMessage | HttpFailedMessage | HttpStoppedMessage;
