/**
 * What main and the thread that saves say to each other.
 *
 * Main sends one `start`, and is answered `ready`. Each `save` is answered by `saved`, `saveFailed` or `givenUp`, in their
 * order. On `stop` the thread finishes what it is at, answers `stopped` and ends.
 *
 * @module
 */

import type { AccessParts } from "./access/mod.ts";
import type { TableBuffers } from "./peers/mod.ts";

/** Index of the Int32 in `control` that is not 0 once the tracker stops. */
export const SAVE_CONTROL_STOP = 0;

export interface SaveStartMessage {
  kind: "start";
  table: TableBuffers;
  /** The ODB file to save to. */
  path: string;
  /** Which torrents are refused, and so left out though they may not be dropped yet; null = none. */
  access: AccessParts | null;
  /**
   * At least 4 bytes, see SAVE_CONTROL_STOP: the thread gives way to all others, and gives its save up when the tracker stops.
   * null = it does neither, since it makes the last save.
   */
  control: SharedArrayBuffer | null;
  /** Where the worker gives signs of life (stats). */
  heartbeat: SharedArrayBuffer;
}

/** From main to the thread. */
export type SaveCommand = SaveStartMessage | { kind: "save" } | { kind: "stop" };

/** A save that was done: what was written, and how long it took. */
export interface SavedMessage {
  kind: "saved";
  torrents: number;
  peers: number;
  bytes: number;
  ms: number;
}

/** A save that was not; the files are as they were before. */
export interface SaveFailedMessage {
  kind: "saveFailed";
  message: string;
  /** The system's number of the error, or FAILURE_UNKNOWN of stats. */
  failure: number;
}

/** What came of a save. When it was given up, the files are as they were before. */
export type SaveAnswer = SavedMessage | SaveFailedMessage | { kind: "givenUp" };

/** From the thread to main. */
export type SaveReport = { kind: "ready" } | SaveAnswer | { kind: "stopped" };
