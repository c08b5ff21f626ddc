/**
 * When the state is to be saved: by rules like opentracker's `persist.save`, and again after a save that failed.
 *
 * @module
 */

import type { SaveRule } from "./config/mod.ts";

/** Pauses after a failed save: the first, doubled each time up to the longest. */
const RETRY_FIRST_SEC = 5;
const RETRY_LONGEST_SEC = 300;

/** Says when a save is due. Time and changes are told to it: seconds of any clock, and announces counted so far. */
export class SaveSchedule {
  readonly #rules: readonly SaveRule[];
  #savedAtSec: number;
  #savedChanges = 0;
  #pauseSec = 0;
  #failedAtSec = 0;

  /** `nowSec` counts as the time of the last save. */
  constructor(rules: readonly SaveRule[], nowSec: number) {
    this.#rules = rules;
    this.#savedAtSec = nowSec;
  }

  /** Whether a save shall be made now: one is due and, after a failure, a pause is over that grows with each. */
  isTime(nowSec: number, changes: number): boolean {
    if (this.#pauseSec > 0 && nowSec - this.#failedAtSec < this.#pauseSec) return false;
    return this.isDue(nowSec, changes);
  }

  /** Whether a save is due: by some rule both the seconds have passed and the changes been made since the last one. */
  isDue(nowSec: number, changes: number): boolean {
    const elapsed = nowSec - this.#savedAtSec;
    const made = changes - this.#savedChanges;
    return this.#rules.some((rule) => elapsed >= rule.seconds && made >= rule.changes);
  }

  /** Tells of a save that has been done; `changes` are those counted when it began. */
  saved(nowSec: number, changes: number): void {
    this.#savedAtSec = nowSec;
    this.#savedChanges = changes;
    this.#pauseSec = 0;
  }

  /** Tells of a save that failed. */
  failed(nowSec: number): void {
    this.#failedAtSec = nowSec;
    this.#pauseSec = Math.min(RETRY_LONGEST_SEC, Math.max(RETRY_FIRST_SEC, this.#pauseSec * 2));
  }
}
