/** How the tracker is doing, in a line. @module */

import { type PeerTable, tableStats } from "./peers/mod.ts";
import { COUNTER, sumCounters } from "./stats/mod.ts";

const REQUESTS: readonly number[] = [
  COUNTER.udpConnects,
  COUNTER.udpAnnounces,
  COUNTER.udpScrapes,
  COUNTER.httpAnnounces,
  COUNTER.httpScrapes,
];

/** Tells of one table, and of the requests since it was asked last. */
export class StatusText {
  readonly #table: PeerTable;
  readonly #counters: SharedArrayBuffer;
  #requests = 0;
  #atSec: number;

  /** `nowSec` here and below is of any clock that nobody sets. */
  constructor(table: PeerTable, counters: SharedArrayBuffer, nowSec: number) {
    this.#table = table;
    this.#counters = counters;
    this.#atSec = nowSec;
  }

  /** `3 torrents, 12 peers, 40 requests/s`. */
  text(nowSec: number): string {
    const sums = sumCounters(this.#counters);
    const requests = REQUESTS.reduce((sum, counter) => sum + sums[counter], 0);
    const elapsedSec = nowSec - this.#atSec;
    const rate = elapsedSec > 0 ? Math.round((requests - this.#requests) / elapsedSec) : 0;
    this.#requests = requests;
    this.#atSec = nowSec;
    const { torrents, peers } = tableStats(this.#table);
    return `${torrents} torrents, ${peers} peers, ${rate} requests/s`;
  }
}
