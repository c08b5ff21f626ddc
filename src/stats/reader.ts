/**
 * Taking snapshots: one reader in main, which sums what all threads count and remembers the last minutes and the last
 * hour.
 *
 * @module
 */

import {
  COUNTER,
  counterRow,
  HTTP_LATENCY,
  httpErrorsOf,
  renewalsOf,
  sumCounters,
  SUPERVISOR_ROW,
  UDP_LATENCY,
  udpErrorsOf,
} from "./counters.ts";
import { failureText, healthProblem } from "./health.ts";
import { History } from "./history.ts";
import { latencyOf } from "./latency.ts";
import { RecentCounts } from "./recent.ts";
import { requestsOf } from "./requests.ts";
import type {
  Condition,
  CountReport,
  HistoryReport,
  OdbReport,
  StatsSnapshot,
  TableReport,
} from "./snapshot.ts";

const MINUTE_SEC = 60;
const FIVE_MINUTES_SEC = 5 * MINUTE_SEC;

/** What the process uses. */
export interface ProcessUsage {
  /** Bytes of memory in use (resident set). */
  residentBytes: number;
  /** Seconds of processor time so far, in the program and in the system for it. */
  cpuSec: number;
}

/** What snapshots are taken of. */
export interface StatsReaderOptions {
  /** The program's. */
  version: string;
  /** The counters of all threads; those of earlier runs are there already. */
  counters: SharedArrayBuffer;
  /** The names of the workers, in the order of their rows. */
  workers: readonly string[];
  table: () => TableReport;
  /** Whether the state is saved to a file. */
  isSaved: boolean;
  /** Whether all threads serve. */
  isReady: () => boolean;
  usage: () => ProcessUsage;
  /** Seconds by a clock that nobody sets, and the date in milliseconds since 1970. */
  nowSec: () => number;
  unixMs: () => number;
}

/** Reads one tracker's statistics from its start on. */
export class StatsReader {
  readonly #options: StatsReaderOptions;
  readonly #startedSec: number;
  readonly #startedUnixMs: number;
  readonly #supervisor: Float64Array;
  /** What earlier runs have counted. */
  readonly #earlier: Float64Array;
  readonly #workers: { name: string; row: Float64Array }[];
  readonly #recent = new RecentCounts(FIVE_MINUTES_SEC);
  readonly #history: History;

  /** Rates, and the history, are of what is counted from now on. */
  constructor(options: StatsReaderOptions) {
    this.#options = options;
    const { counters, workers, table, nowSec, unixMs } = options;
    this.#startedSec = nowSec();
    this.#startedUnixMs = unixMs();
    this.#supervisor = counterRow(counters, SUPERVISOR_ROW);
    this.#earlier = this.#supervisor.slice();
    this.#workers = workers.map((name, index) => ({ name, row: counterRow(counters, index) }));
    const requests = requestsOf(sumCounters(counters));
    this.#recent.add(this.#startedSec, requests, table().rejectedFull);
    this.#history = new History(this.#startedSec, requests);
  }

  /** The last hour. It grows by taking snapshots; what was returned before does not. */
  get history(): HistoryReport {
    return this.#history.report;
  }

  /** Takes a snapshot. To be called about once a second, for the rates and the history. */
  read(): StatsSnapshot {
    const { version, counters, isSaved } = this.#options;
    const nowSec = this.#options.nowSec();
    const sums = sumCounters(counters);
    const table = this.#options.table();
    const counts = countsOf(sums);
    const { requests } = counts;
    this.#recent.add(nowSec, requests, table.rejectedFull);
    const [condition, problem] = this.#condition(table);
    const { residentBytes, cpuSec } = this.#options.usage();
    const snapshot: StatsSnapshot = {
      version,
      timeUnixMs: this.#options.unixMs(),
      startedUnixMs: this.#startedUnixMs,
      uptimeSec: Math.floor(nowSec - this.#startedSec),
      countingSinceUnix: sums[COUNTER.countingSinceUnix],
      condition,
      problem,
      table,
      ...counts,
      sinceStart: countsOf(sums.map((count, index) => count - this.#earlier[index])),
      ratesMinute: this.#recent.rates(MINUTE_SEC),
      ratesFiveMinutes: this.#recent.rates(FIVE_MINUTES_SEC),
      workers: this.#workers.map(({ name, row }) => ({ name, requests: requestsOf(row) })),
      udpLatency: latencyOf(sums, UDP_LATENCY),
      httpLatency: latencyOf(sums, HTTP_LATENCY),
      renewals: renewalsOf(sums),
      odb: odbOf(this.#supervisor, isSaved),
      residentBytes,
      cpuSec,
    };
    this.#history.add(nowSec, snapshot);
    return snapshot;
  }

  #condition(table: TableReport): [Condition, string | null] {
    if (!this.#options.isReady()) return ["starting", null];
    const problem = healthProblem(this.#supervisor);
    if (problem !== null) return ["degraded", problem];
    const { torrents, maxTorrents, peers, maxPeers } = table;
    // As peers come and go there is room for a moment again and again; it is full as long as somebody finds none.
    if (torrents < maxTorrents && peers < maxPeers && !this.#recent.hasRejected(MINUTE_SEC)) {
      return ["well", null];
    }
    const held = `${peers} of ${maxPeers} peers and ${torrents} of ${maxTorrents} torrents`;
    return ["full", `full: the table holds ${held}, and new ones are answered but not stored`];
  }
}

function countsOf(row: Float64Array): CountReport {
  return {
    requests: requestsOf(row),
    udpErrorCauses: udpErrorsOf(row),
    httpErrorCauses: httpErrorsOf(row),
  };
}

function odbOf(supervisor: Float64Array, isSaved: boolean): OdbReport {
  return {
    isSaved,
    saves: supervisor[COUNTER.odbSaves],
    saveFailures: supervisor[COUNTER.odbSaveFailures],
    failingSinceUnix: supervisor[COUNTER.odbFailingSinceUnix],
    lastError: failureText(supervisor[COUNTER.odbFailure]),
    lastSaveUnix: supervisor[COUNTER.odbLastSaveUnix],
    lastSaveMs: supervisor[COUNTER.odbLastSaveMs],
    lastSaveBytes: supervisor[COUNTER.odbLastSaveBytes],
    restoredTorrents: supervisor[COUNTER.odbRestoredTorrents],
    restoredPeers: supervisor[COUNTER.odbRestoredPeers],
    leftOutPeers: supervisor[COUNTER.odbLeftOutPeers],
  };
}
