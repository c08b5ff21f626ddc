/**
 * What main and the keeper say to each other.
 *
 * Main sends one `start`, and is answered `ready`. Each `top` is answered by `top`. On `stop` the keeper finishes what it is
 * at, answers `stopped` and ends.
 *
 * @module
 */

import type { AccessParts } from "./access/mod.ts";
import type { SweepLimits, TableBuffers, TopTorrents } from "./peers/mod.ts";

export interface KeeperStartMessage {
  kind: "start";
  table: TableBuffers;
  limits: SweepLimits;
  /** Where the worker gives signs of life (stats). */
  heartbeat: SharedArrayBuffer;
  /** How long a minute of the table's clock takes: 60 000 but in tests. */
  minuteMs: number;
  /** Which torrents are refused, and so dropped; null = none. */
  access: AccessParts | null;
}

/** Find the torrents with the most peers and seeders. */
export interface TopCommand {
  kind: "top";
  /** How many of each, 1 or more. */
  count: number;
}

/** From main to the keeper. */
export type KeeperCommand = KeeperStartMessage | TopCommand | { kind: "stop" };

/** The torrents that were asked for. */
export interface TopMessage {
  kind: "top";
  top: TopTorrents;
}

/** From the keeper to main. */
export type KeeperReport = { kind: "ready" } | TopMessage | { kind: "stopped" };
