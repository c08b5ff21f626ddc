/** The last hour, for programs and for the page: `/history.json`. @module */

import { fourDecimals, snakeCase } from "./json_values.ts";
import { HISTORY_COLUMNS, type ReportDocument } from "./snapshot.ts";

/** The document. */
export interface HistoryJson {
  /** Seconds between two rows. */
  step_s: number;
  /**
   * The columns of HISTORY_COLUMNS, oldest row first, by their names in snake case: `time_unix`, `udp_connects` ... Only
   * `save_age_sec` has nulls.
   */
  columns: { time_unix: number[]; [name: string]: (number | null)[] };
}

/** The document at `/history.json`. */
export const HISTORY_JSON: ReportDocument = {
  target: "/history.json",
  contentType: "application/json",
  headers: "",
  needsTop: false,
  render({ history: { stepSec, columns } }) {
    const shown = (value: number | null) => value === null ? null : fourDecimals(value);
    const named = HISTORY_COLUMNS.map((name) => [snakeCase(name), columns[name].map(shown)]);
    const document: HistoryJson = { step_s: stepSec, columns: Object.fromEntries(named) };
    return JSON.stringify(document);
  },
};
