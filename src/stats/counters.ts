/**
 * Counters in shared memory. Each worker has a row of its own and alone writes it, so a count costs a plain add;
 * a reader sums the rows and may be an instant behind.
 *
 * @module
 */

/**
 * What is counted, and where in a row. Rows of workers use the first seven values. The supervisor's row has the others,
 * and of the first eight what the tracker's earlier runs have counted.
 */
export const COUNTER = {
  udpConnects: 0,
  udpAnnounces: 1,
  udpScrapes: 2,
  udpErrors: 3,
  httpAnnounces: 4,
  httpScrapes: 5,
  httpErrors: 6,
  udpDropped: 7,
  odbSaves: 8,
  odbSaveFailures: 9,
  odbLastSaveUnix: 10,
  odbLastSaveMs: 11,
  odbLastSaveBytes: 12,
  odbRestoredTorrents: 13,
  odbRestoredPeers: 14,
  startedUnixMs: 15,
  /** Since when requests are counted; a tracker that is started again goes on where it was. */
  countingSinceUnix: 16,
  /** Since when every save has failed; 0 = the last one went well. */
  odbFailingSinceUnix: 17,
  /** Why the last save failed: an error number of the system, or FAILURE_UNKNOWN; 0 = it went well. */
  odbFailure: 18,
  /** For how long a save has been due, in whole seconds; 0 = not longer than the operator lets it. */
  odbOverdueSec: 19,
} as const;

/** What is counted of requests, and goes on over a restart. */
export const REQUEST_COUNTERS = [
  "udpConnects",
  "udpAnnounces",
  "udpScrapes",
  "udpErrors",
  "httpAnnounces",
  "httpScrapes",
  "httpErrors",
  "udpDropped",
] as const satisfies readonly (keyof typeof COUNTER)[];

/** The index of the supervisor's row. */
export const SUPERVISOR_ROW = -1;

/** Values of a cache line of 64 bytes. */
const LINE_VALUES = 8;
/** Values of a row: whole cache lines, so that no two workers write one line. */
const ROW_VALUES = Math.ceil(Object.keys(COUNTER).length / LINE_VALUES) * LINE_VALUES;
const ROW_BYTES = ROW_VALUES * Float64Array.BYTES_PER_ELEMENT;

/** Memory for the counters of `workers` workers and the supervisor, all zero. */
export function createCounters(workers: number): SharedArrayBuffer {
  return new SharedArrayBuffer((workers + 1) * ROW_BYTES);
}

/** The row of worker `index` (0 up), to be written by that worker alone; SUPERVISOR_ROW is the supervisor's. */
export function counterRow(counters: SharedArrayBuffer, index: number): Float64Array {
  return new Float64Array(counters, (index + 1) * ROW_BYTES, ROW_VALUES);
}

/** Every counter summed over all rows, indexed by COUNTER. */
export function sumCounters(counters: SharedArrayBuffer): Float64Array {
  const rows = new Float64Array(counters);
  const sums = new Float64Array(ROW_VALUES);
  for (let i = 0; i < rows.length; i++) sums[i % ROW_VALUES] += rows[i];
  return sums;
}
