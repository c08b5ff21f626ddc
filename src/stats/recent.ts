/** The last minutes, from which rates are told. @module */

import { ratesBetween } from "./requests.ts";
import type { RateReport, RequestReport } from "./snapshot.ts";

/** What had been counted at one moment. */
interface Moment {
  atSec: number;
  requests: RequestReport;
  rejectedFull: number;
}

/** What was counted at the moments of the last `keptSec` seconds. */
export class RecentCounts {
  readonly #keptSec: number;
  /** Oldest first; the first one is as old as what is kept, or older. */
  readonly #moments: Moment[] = [];

  constructor(keptSec: number) {
    this.#keptSec = keptSec;
  }

  /** Adds what has been counted by now. `atSec` is of a clock that nobody sets. */
  add(atSec: number, requests: RequestReport, rejectedFull: number): void {
    const moments = this.#moments;
    moments.push({ atSec, requests, rejectedFull });
    while (moments.length > 1 && moments[1].atSec <= atSec - this.#keptSec) moments.shift();
  }

  /** Averages over the last `seconds`, or since the first moment where that is less. Something must have been added. */
  rates(seconds: number): RateReport {
    const last = this.#moments[this.#moments.length - 1];
    const before = this.#before(seconds);
    return ratesBetween(before.requests, last.requests, last.atSec - before.atSec);
  }

  /** Whether the table turned somebody away in the last `seconds`. */
  hasRejected(seconds: number): boolean {
    return this.#moments[this.#moments.length - 1].rejectedFull > this.#before(seconds).rejectedFull;
  }

  /** The last moment that is `seconds` back, or else the first one. */
  #before(seconds: number): Moment {
    const fromSec = this.#moments[this.#moments.length - 1].atSec - seconds;
    return this.#moments.findLast(({ atSec }) => atSec <= fromSec) ?? this.#moments[0];
  }
}
