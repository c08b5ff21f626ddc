/**
 * What main and a load worker say to each other.
 *
 * Main sends one `start`. The worker opens its sockets, gets its connection ids and answers `ready`, or `failed`.
 * Then each `fill` and `load` is answered with `done` when it is over, and `stop` with `stopped`.
 *
 * @module
 */

import type { LoadOptions } from "./options.ts";
import type { Tally } from "./tally.ts";

export interface LoadStartMessage {
  kind: "start";
  options: LoadOptions;
  /** 0 to `options.threads` - 1. */
  thread: number;
  /** From createTorrentOf. */
  torrentOf: Uint32Array;
  /** Memory for the thread's progress, see PROGRESS. */
  progress: Float64Array;
}

/** From main to a worker. */
export type LoadCommand =
  | LoadStartMessage
  | { kind: "fill" }
  | { kind: "load"; seconds: number }
  | { kind: "stop" };

/** From a worker to main. */
export type LoadReport =
  | { kind: "ready" }
  | { kind: "failed"; message: string }
  | { kind: "done"; tally: Tally }
  | { kind: "stopped" };
