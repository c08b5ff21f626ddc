/** The last hour, in main's memory: what is drawn over time. @module */

import { ratesBetween } from "./requests.ts";
import {
  HISTORY_COLUMNS,
  HISTORY_ROWS,
  HISTORY_STEP_SEC,
  type HistoryColumn,
  type HistoryReport,
  type HistoryRow,
  type OdbReport,
  type RequestReport,
  type StatsSnapshot,
} from "./snapshot.ts";

/** The rows taken so far, an hour of them at most. */
export class History {
  /** What there is now. Each row makes a new one; this one stays as it is. */
  report: HistoryReport = { stepSec: HISTORY_STEP_SEC, columns: columnsOf(() => []) };
  #takenAtSec: number;
  #dueAtSec: number;
  #requests: RequestReport;

  /** `requests` is what had been counted when it began. Seconds here and below are of a clock that nobody sets. */
  constructor(nowSec: number, requests: RequestReport) {
    this.#takenAtSec = nowSec;
    this.#dueAtSec = nowSec + HISTORY_STEP_SEC;
    this.#requests = requests;
  }

  /** Takes a row when it is time for one. To be called at least as often as that is. */
  add(nowSec: number, snapshot: StatsSnapshot): void {
    if (nowSec < this.#dueAtSec) return;
    const elapsedSec = nowSec - this.#takenAtSec;
    const row = rowOf(this.#requests, snapshot, elapsedSec);
    this.#takenAtSec = nowSec;
    this.#requests = snapshot.requests;
    // A row that comes a little late does not put off the others; after a long pause they begin anew.
    const isLate = nowSec >= this.#dueAtSec + HISTORY_STEP_SEC;
    this.#dueAtSec = (isLate ? nowSec : this.#dueAtSec) + HISTORY_STEP_SEC;
    const { columns } = this.report;
    const before = { ...columns, timeUnix: timesBefore(row.timeUnix, columns.timeUnix, elapsedSec) };
    this.report = {
      stepSec: HISTORY_STEP_SEC,
      columns: columnsOf((name) => [...before[name], row[name]].slice(-HISTORY_ROWS)),
    };
  }
}

function columnsOf(values: (name: HistoryColumn) => readonly (number | null)[]): HistoryReport["columns"] {
  const entries = HISTORY_COLUMNS.map((name) => [name, values(name)]);
  return Object.fromEntries(entries) as HistoryReport["columns"];
}

/** The times of the rows until `timeUnix`. Where the date was set back they are set back with it, so that they ascend. */
function timesBefore(timeUnix: number, times: readonly number[], elapsedSec: number): readonly number[] {
  const last = times.at(-1) ?? -Infinity;
  if (last < timeUnix) return times;
  const setBackSec = last + Math.ceil(elapsedSec) - timeUnix;
  return times.map((time) => time - setBackSec);
}

function rowOf(before: RequestReport, snapshot: StatsSnapshot, elapsedSec: number): HistoryRow {
  const { table, requests, odb, residentBytes } = snapshot;
  const rates = ratesBetween(before, requests, elapsedSec);
  const timeUnix = Math.floor(snapshot.timeUnixMs / 1000);
  return {
    timeUnix,
    udpConnects: rates.udpConnects,
    udpAnnounces: rates.udpAnnounces,
    udpScrapes: rates.udpScrapes,
    httpAnnounces: rates.httpAnnounces,
    httpScrapes: rates.httpScrapes,
    errors: rates.udpErrors + rates.httpErrors,
    dropped: rates.udpDropped,
    completed: rates.completed,
    torrents: table.torrents,
    seeders: table.seeders,
    leechers: table.leechers,
    residentBytes,
    tableFill: table.peers / table.maxPeers,
    saveAgeSec: saveAge(odb, timeUnix),
  };
}

/** The date may have been set back since. */
function saveAge({ lastSaveUnix }: OdbReport, nowUnix: number): number | null {
  return lastSaveUnix === 0 ? null : Math.max(nowUnix - lastSaveUnix, 0);
}
