/**
 * Counters in shared memory. Each worker has a row of its own and alone writes it, so a count costs a plain add;
 * a reader sums the rows and may be an instant behind.
 *
 * ```
 *  row (float64 values)
 *  0        the counters of COUNTER
 *  then     errors over UDP, then over HTTP, by cause        error_causes.ts
 *  then     how long datagrams took, then requests of HTTP   latency.ts
 *  then     renewals, by minutes
 *  then     nothing, up to a whole number of cache lines
 * ```
 *
 * @module
 */

import { HTTP_ERRORS, type HttpError, UDP_ERRORS, type UdpError } from "./error_causes.ts";
import { LATENCY_VALUES } from "./latency.ts";

/**
 * What is counted, and where in a row. Workers count what stands before `udpDropped`, the supervisor the rest. What stands up
 * to it goes on over a restart: what the tracker's earlier runs have counted is in the supervisor's row.
 */
export const COUNTER = {
  udpConnects: 0,
  udpAnnounces: 1,
  udpScrapes: 2,
  httpAnnounces: 3,
  httpScrapes: 4,
  /** Of these scrapes, those of all torrents, and the bytes made for them, before compression. */
  httpFullScrapes: 5,
  httpFullScrapeBytes: 6,
  /** Connections that the C library took; Deno does not tell of its own. */
  httpConnections: 7,
  /** Downloads that were announced as completed, once for each peer. */
  completed: 8,
  udpDropped: 9,
  odbSaves: 10,
  odbSaveFailures: 11,
  odbLastSaveUnix: 12,
  odbLastSaveMs: 13,
  odbLastSaveBytes: 14,
  odbRestoredTorrents: 15,
  odbRestoredPeers: 16,
  /** Since when requests are counted; a tracker that is started again goes on where it was. */
  countingSinceUnix: 17,
  /** Since when every save has failed; 0 = the last one went well. */
  odbFailingSinceUnix: 18,
  /** Why the last save failed: an error number of the system, or FAILURE_UNKNOWN; 0 = it went well. */
  odbFailure: 19,
  /** For how long a save has been due, in whole seconds; 0 = not longer than the operator lets it. */
  odbOverdueSec: 20,
  /** Peers that the restore has left out because there were too many of their address. */
  odbLeftOutPeers: 21,
} as const;

const UDP_ERRORS_AT = Object.keys(COUNTER).length;
const HTTP_ERRORS_AT = UDP_ERRORS_AT + UDP_ERRORS.length;
/** Where the latencies of UDP, and of HTTP, begin in a row, for `countLatency`. */
export const UDP_LATENCY: number = HTTP_ERRORS_AT + HTTP_ERRORS.length;
export const HTTP_LATENCY: number = UDP_LATENCY + LATENCY_VALUES;
const RENEWALS_AT = HTTP_LATENCY + LATENCY_VALUES;

/** Renewals are counted by whole minutes, one count for each from 0 up; the last one is of all that came later too. */
export const RENEWAL_COUNTS = 46;

const USED_VALUES = RENEWALS_AT + RENEWAL_COUNTS;
/** Values of a cache line of 64 bytes. */
const LINE_VALUES = 8;
/** Values of a row: whole cache lines, so that no two workers write one line. */
const ROW_VALUES = Math.ceil(USED_VALUES / LINE_VALUES) * LINE_VALUES;
const ROW_BYTES = ROW_VALUES * Float64Array.BYTES_PER_ELEMENT;

/** The index of the supervisor's row. */
export const SUPERVISOR_ROW = -1;

/** Where in a row errors of that cause are counted. */
export function udpErrorCounter(cause: UdpError): number {
  return UDP_ERRORS_AT + UDP_ERRORS.indexOf(cause);
}

/** The same for HTTP. */
export function httpErrorCounter(cause: HttpError): number {
  return HTTP_ERRORS_AT + HTTP_ERRORS.indexOf(cause);
}

/** What goes on over a restart: where it is in a row, by the name that it is kept under. */
export const KEPT_COUNTERS: ReadonlyMap<string, number> = new Map<string, number>([
  ...Object.entries(COUNTER).filter(([, index]) => index <= COUNTER.udpDropped),
  ...UDP_ERRORS.map((cause) => [`udpErrors.${cause}`, udpErrorCounter(cause)] as const),
  ...HTTP_ERRORS.map((cause) => [`httpErrors.${cause}`, httpErrorCounter(cause)] as const),
]);

/** Memory for the counters of `workers` workers and the supervisor, all zero. */
export function createCounters(workers: number): SharedArrayBuffer {
  return new SharedArrayBuffer((workers + 1) * ROW_BYTES);
}

/** The row of worker `index` (0 up), to be written by that worker alone; SUPERVISOR_ROW is the supervisor's. */
export function counterRow(counters: SharedArrayBuffer, index: number): Float64Array {
  return new Float64Array(counters, (index + 1) * ROW_BYTES, ROW_VALUES);
}

/** Every counter summed over all rows, as a row. */
export function sumCounters(counters: SharedArrayBuffer): Float64Array {
  const rows = new Float64Array(counters);
  const sums = new Float64Array(ROW_VALUES);
  for (let i = 0; i < rows.length; i++) sums[i % ROW_VALUES] += rows[i];
  return sums;
}

/**
 * Counts an announce by `counter`, one of COUNTER, and what the table says of it: the whole minutes since the peer's last
 * one, -1 when it had none, and whether its download counts as completed by it.
 */
export function countAnnounce(
  row: Float64Array,
  counter: number,
  renewedAfterMin: number,
  isCompletion: boolean,
): void {
  row[counter]++;
  if (renewedAfterMin >= 0) row[RENEWALS_AT + Math.min(renewedAfterMin, RENEWAL_COUNTS - 1)]++;
  if (isCompletion) row[COUNTER.completed]++;
}

/** The errors in a row by their causes. */
export function udpErrorsOf(row: Float64Array): Record<string, number> {
  return byCause(UDP_ERRORS, row, UDP_ERRORS_AT);
}

/** The same for HTTP. */
export function httpErrorsOf(row: Float64Array): Record<string, number> {
  return byCause(HTTP_ERRORS, row, HTTP_ERRORS_AT);
}

function byCause(causes: readonly string[], row: Float64Array, at: number): Record<string, number> {
  return Object.fromEntries(causes.map((cause, index) => [cause, row[at + index]]));
}

/** The renewals in a row. */
export function renewalsOf(row: Float64Array): number[] {
  return [...row.subarray(RENEWALS_AT, RENEWALS_AT + RENEWAL_COUNTS)];
}
