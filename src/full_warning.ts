/** Saying in the log that the table is full, but not for every announce. @module */

import { log } from "./log.ts";
import { type PeerTable, tableStats } from "./peers/mod.ts";

const PAUSE_SEC = 60;

/** Watches one table and warns at most once a minute that announces were not stored. */
export class FullWarning {
  readonly #table: PeerTable;
  #rejected = 0;
  #warnedAtSec = -Infinity;

  constructor(table: PeerTable) {
    this.#table = table;
  }

  /** Looks and warns. To be called every second or so; `nowSec` is of any clock. */
  tick(nowSec: number): void {
    const { rejectedFull, peers, torrents } = tableStats(this.#table);
    if (rejectedFull === this.#rejected || nowSec - this.#warnedAtSec < PAUSE_SEC) return;
    const { maxPeers, maxTorrents } = this.#table;
    log.warning(
      `the table is full: ${
        rejectedFull - this.#rejected
      } announces were answered but not stored; it holds ` +
        `${peers} of ${maxPeers} peers (--max-peers) and ${torrents} of ${maxTorrents} torrents (--max-torrents)`,
    );
    this.#rejected = rejectedFull;
    this.#warnedAtSec = nowSec;
  }
}
