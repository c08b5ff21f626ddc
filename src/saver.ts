/** Main's side of saving: asks the thread that saves for one save at a time, and keeps the books. @module */

import { log } from "./log.ts";
import type { SaveAnswer, SavedMessage } from "./save_messages.ts";
import type { SaveSchedule } from "./save_schedule.ts";
import { COUNTER, FAILURE_UNKNOWN } from "./stats/mod.ts";

/** Where the saver finds things and whom it asks. */
export interface SaverOptions {
  /** The ODB file, for the log. */
  path: string;
  schedule: Pick<SaveSchedule, "isTime" | "isDue" | "saved" | "failed">;
  /** The supervisor's row of counters. */
  counters: Float64Array;
  /** Seconds by a clock that nobody sets. */
  nowSec: () => number;
  /** Announces counted so far. */
  changes: () => number;
  /** After how many seconds a save that is due, and not done, makes the tracker unwell. */
  staleAfterSec: number;
  /** Called after each save. */
  onSaved: () => void;
  /** Orders a save. */
  ask: () => void;
}

/** Saves of one ODB file. */
export class Saver {
  readonly #options: SaverOptions;
  /** Resolves when the save under way is over; null when none is. */
  #running: PromiseWithResolvers<boolean> | null = null;
  /** The save that somebody asked for while another was under way; further ones share it. */
  #next: Promise<boolean> | null = null;
  #changesAtStart = 0;
  /** Whether the save under way, or the next, was asked for by somebody who wants to know what comes of it. */
  #isAskedFor = false;
  #lastFailure = "";
  /** Since when a save is due, in `nowSec`; null when none is. */
  #dueSinceSec: number | null = null;

  constructor(options: SaverOptions) {
    this.#options = options;
  }

  /** Saves when the schedule says so. To be called every second or so. */
  tick(): void {
    const { schedule, changes, nowSec } = this.#options;
    const now = nowSec();
    if (schedule.isDue(now, changes())) this.#dueSinceSec ??= now;
    this.#countOverdue(now);
    if (this.#running === null && schedule.isTime(now, changes())) this.#start();
  }

  /**
   * Saves now; a save under way is let finish first, and all who ask meanwhile get one more together. Resolves to whether
   * the state was saved.
   */
  async save(): Promise<boolean> {
    if (this.#running === null) {
      this.#isAskedFor = true;
      return await this.#start();
    }
    return await (this.#next ??= this.#saveNext());
  }

  async #saveNext(): Promise<boolean> {
    while (this.#running !== null) await this.#running.promise;
    this.#next = null;
    this.#isAskedFor = true;
    return await this.#start();
  }

  /** What came of the save asked for. */
  answered(report: SaveAnswer): void {
    if (report.kind === "saved") this.#saved(report);
    else if (report.kind === "givenUp") this.#end(false);
    else this.failed(report.message, report.failure);
  }

  /**
   * The save under way came to nothing; `reason` is a sentence. It is logged when it is a new one, and always when
   * somebody asked for the save. `failure` is as COUNTER.odbFailure has it.
   */
  failed(reason: string, failure = FAILURE_UNKNOWN): void {
    if (this.#running === null) return;
    const { counters, schedule } = this.#options;
    counters[COUNTER.odbSaveFailures]++;
    counters[COUNTER.odbFailingSinceUnix] ||= unixSec();
    counters[COUNTER.odbFailure] = failure;
    schedule.failed(this.#options.nowSec());
    if (reason !== this.#lastFailure || this.#isAskedFor) log.error(reason);
    this.#lastFailure = reason;
    this.#end(false);
  }

  #start(): Promise<boolean> {
    this.#running = Promise.withResolvers<boolean>();
    this.#changesAtStart = this.#options.changes();
    const { promise } = this.#running;
    this.#options.ask();
    return promise;
  }

  #saved({ torrents, peers, bytes, ms }: SavedMessage): void {
    const { path, counters, schedule } = this.#options;
    counters[COUNTER.odbSaves]++;
    counters[COUNTER.odbLastSaveUnix] = unixSec();
    counters[COUNTER.odbFailingSinceUnix] = 0;
    counters[COUNTER.odbFailure] = 0;
    counters[COUNTER.odbLastSaveMs] = ms;
    counters[COUNTER.odbLastSaveBytes] = bytes;
    schedule.saved(this.#options.nowSec(), this.#changesAtStart);
    this.#lastFailure = "";
    this.#dueSinceSec = null;
    this.#countOverdue(this.#options.nowSec());
    log.info(`saved ${torrents} torrents and ${peers} peers to ${path}, ${bytes} bytes in ${ms} ms`);
    this.#options.onSaved();
    this.#end(true);
  }

  #countOverdue(now: number): void {
    const { counters, staleAfterSec } = this.#options;
    const overdueSec = Math.floor(now - (this.#dueSinceSec ?? now));
    counters[COUNTER.odbOverdueSec] = overdueSec >= staleAfterSec ? overdueSec : 0;
  }

  #end(saved: boolean): void {
    const running = this.#running;
    this.#running = null;
    this.#isAskedFor = false;
    running?.resolve(saved);
  }
}

function unixSec(): number {
  return Math.floor(Date.now() / 1000);
}

/** Seconds by a clock that nobody sets. */
export function nowSec(): number {
  return performance.now() / 1000;
}
