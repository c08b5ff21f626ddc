/**
 * How many files, sockets among them, the process may have open: RLIMIT_NOFILE. `struct rlimit` has two u64, the limit
 * that holds (soft) and the highest that the process may set itself (hard).
 *
 * @module
 */

import type { Libc } from "./libc.ts";

const RLIMIT_NOFILE = 7;
const SOFT = 0;
const HARD = 1;
const RLIMIT_WORDS64 = 2;

/**
 * Sets the limit as high as the process may, and returns it. `deno run` does that itself, a compiled program does not.
 * Where the system refuses, the limit stays as it was; where it does not even tell it, Infinity is returned.
 */
export function raiseFileLimit(libc: Libc): number {
  const limits = new BigUint64Array(RLIMIT_WORDS64);
  if (libc.calls.getrlimit(RLIMIT_NOFILE, limits) < 0) return Infinity;
  if (limits[SOFT] === limits[HARD]) return Number(limits[SOFT]);
  const raised = BigUint64Array.of(limits[HARD], limits[HARD]);
  return Number(libc.calls.setrlimit(RLIMIT_NOFILE, raised) < 0 ? limits[SOFT] : limits[HARD]);
}
