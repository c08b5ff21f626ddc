/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** What the charts show: the tracker's last hour, and what came since. @module */

import type { HistoryJson } from "../../stats/mod.ts";
import { request } from "./request.ts";

/** How far back the charts go. */
export const PAST_SEC = 3600;

type Columns = HistoryJson["columns"];

/** Columns of numbers, all of one length, oldest first; named as in `history.json`. */
export class Past {
  #stepSec = 0;
  #columns: Columns = { time_unix: [] };

  /**
   * When each row was taken. The array goes on changing, as those of the other columns do. Where rows are missing stands one
   * of nulls, so that no line is drawn there.
   */
  get times(): number[] {
    return this.#columns.time_unix;
  }

  /** The column of that name; empty as long as nothing was loaded. */
  column(name: string): (number | null)[] {
    return this.#columns[name] ?? [];
  }

  /**
   * Takes one more row unless it was the last one. Returns false, and takes nothing, when rows before it are missing:
   * then all are to be loaded anew. `values` are the row's, of the columns that are shown.
   */
  append(timeUnix: number, values: ReadonlyMap<string, number | null>): boolean {
    const elapsedSec = timeUnix - (this.times.at(-1) ?? -Infinity);
    if (elapsedSec === 0) return true;
    if (elapsedSec < 0 || isGap(elapsedSec, this.#stepSec)) return false;
    for (const [name, value] of [["time_unix", timeUnix] as const, ...values]) {
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
    this.#columns = withGaps(columns, step_s);
  }
}

/** Whether rows are missing between two that were taken so long after each other. */
function isGap(elapsedSec: number, stepSec: number): boolean {
  return elapsedSec > 1.5 * stepSec;
}

/** The columns with a row of nulls wherever rows are missing. */
function withGaps(columns: Columns, stepSec: number): Columns {
  const times = columns.time_unix;
  const filled = <Value>(values: Value[], filler: (row: number) => Value) =>
    values.flatMap((value, row) =>
      isGap(times[row] - times[row - 1], stepSec) ? [filler(row), value] : [value]
    );
  const named = Object.entries(columns).map(([name, values]) => [name, filled(values, () => null)] as const);
  return { ...Object.fromEntries(named), time_unix: filled(times, (row) => times[row] - stepSec) };
}
