/**
 * Counters in shared memory. Each worker has a row of its own and alone writes it, so a count costs a plain add;
 * a reader sums the rows and may be an instant behind.
 *
 * @module
 */

/** What is counted, and where in a row. Rows of workers use the first seven values, the supervisor's row the others. */
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
} as const;

/** Values of a row: two cache lines of 8 float64, so that no two workers write one line. */
const ROW_VALUES = 16;
const ROW_BYTES = ROW_VALUES * Float64Array.BYTES_PER_ELEMENT;

/** Memory for the counters of `workers` workers and the supervisor, all zero. */
export function createCounters(workers: number): SharedArrayBuffer {
  return new SharedArrayBuffer((workers + 1) * ROW_BYTES);
}

/** The row of worker `index` (0 up), to be written by that worker alone. Index -1 is the supervisor's. */
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
