/**
 * How long requests take, counted in a row of counters: one value for each class of durations, and one for their sum.
 *
 * @module
 */

import type { LatencyReport } from "./snapshot.ts";

/** The longest duration of each class but the last, which has no end, in microseconds. */
const BOUNDS_US = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000] as const;
const CLASSES = BOUNDS_US.length + 1;

/** Values of a row that latencies take: the classes, and the sum in microseconds. */
export const LATENCY_VALUES: number = CLASSES + 1;

/** Counts `requests` that took `durationUs` each, in the values of `row` from `at` on. */
export function countLatency(row: Float64Array, at: number, durationUs: number, requests: number): void {
  let index = 0;
  while (index < BOUNDS_US.length && durationUs > BOUNDS_US[index]) index++;
  row[at + index] += requests;
  row[at + CLASSES] += durationUs * requests;
}

/** The latencies in the values of `row` from `at` on. */
export function latencyOf(row: Float64Array, at: number): LatencyReport {
  return { boundsUs: BOUNDS_US, counts: [...row.subarray(at, at + CLASSES)], sumUs: row[at + CLASSES] };
}
