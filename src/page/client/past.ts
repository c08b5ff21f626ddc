/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** What the charts show: the tracker's last hour, and what came since. @module */

import type { HistoryJson } from "../../stats/mod.ts";
import { request } from "./request.ts";

/** How far back the charts go. */
export const PAST_SEC = 3600;
/** The column that says when each row was taken, in seconds since 1970. */
const TIME = "time_unix";

/** Columns of numbers, all of one length, oldest first; named as in `history.json`. */
export class Past {
  #stepSec = 0;
  #columns: HistoryJson["columns"] = { [TIME]: [] };

  /** When each row was taken. The array goes on changing, as those of the other columns do. */
  get times(): number[] {
    return this.#columns[TIME];
  }

  /** The column of that name; empty as long as nothing was loaded. */
  column(name: string): number[] {
    return this.#columns[name] ?? [];
  }

  /**
   * Takes one more row unless it was the last one. Returns false, and takes nothing, when rows before it are missing:
   * then all are to be loaded anew. `values` are the row's, of the columns that are shown.
   */
  append(timeUnix: number, values: ReadonlyMap<string, number>): boolean {
    const elapsedSec = timeUnix - (this.times.at(-1) ?? -Infinity);
    if (elapsedSec === 0) return true;
    if (elapsedSec < 0 || elapsedSec > 1.5 * this.#stepSec) return false;
    for (const [name, value] of [[TIME, timeUnix] as const, ...values]) {
      const numbers = this.column(name);
      numbers.push(value);
      if (numbers.length * this.#stepSec > PAST_SEC) numbers.shift();
    }
    return true;
  }

  /** Takes all rows from the tracker. Throws when they are not to be had. */
  async load(): Promise<void> {
    const { step_s, columns }: HistoryJson = JSON.parse(await request("history.json"));
    this.#stepSec = step_s;
    this.#columns = columns;
  }
}
