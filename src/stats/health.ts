/** Whether the tracker is well, and why saves fail, in words. @module */

import { COUNTER } from "./counters.ts";

/** Stands for a failure that has no error number. */
export const FAILURE_UNKNOWN = -1;

/** What error numbers of Linux mean for a save. */
const REASONS: Record<number, string> = {
  [FAILURE_UNKNOWN]: "see the log",
  0: "",
  1: "it is not permitted",
  2: "the folder is gone",
  5: "the disk fails",
  13: "permission is denied",
  20: "a file has the folder's place",
  21: "a folder has the file's place",
  23: "too many files are open",
  24: "too many files are open",
  27: "the file would be larger than the system lets it be",
  28: "no space is left",
  30: "the file system is read-only",
  122: "no space is left to the user",
};

/** Why a save failed, in words; `failure` is as COUNTER.odbFailure has it. */
export function failureText(failure: number): string {
  return REASONS[failure] ?? `error ${failure} of the system`;
}

/** What is wrong with the tracker, as a sentence; null when it is well. `supervisor` is the supervisor's row. */
export function healthProblem(supervisor: Float64Array): string | null {
  const overdueSec = supervisor[COUNTER.odbOverdueSec];
  if (overdueSec === 0) return null;
  const reason = failureText(supervisor[COUNTER.odbFailure]) || "the save does not end";
  return `degraded: a save has been due for ${overdueSec} seconds: ${reason}`;
}
