/** One save, as the thread for it does it, and main after that one's death. @module */

import { saveOdb } from "./odb/mod.ts";
import { betweenSweeps, type IsRefused, type PeerTable } from "./peers/mod.ts";
import type { SaveAnswer } from "./save_messages.ts";
import { FAILURE_UNKNOWN } from "./stats/mod.ts";

/**
 * Saves `table` to the ODB file `path`, but for the torrents that are to be left out, and says what came of it. Waits first
 * for a sweep that goes on or is due.
 */
export function saveTable(table: PeerTable, path: string, isLeftOut: IsRefused): SaveAnswer {
  const startMs = performance.now();
  try {
    const result = betweenSweeps(table, () => saveOdb(table, path, isLeftOut));
    return { kind: "saved", ...result, ms: Math.round(performance.now() - startMs) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "saveFailed", message, failure: failureOf(error) };
  }
}

/** The number of the system's error in a failed save. Not all of Deno's errors have it as a field; their texts do. */
function failureOf(error: unknown): number {
  const cause = error instanceof Error ? error.cause : undefined;
  const [, digits] = /\(os error (\d+)\)/.exec(cause instanceof Error ? cause.message : "") ?? [];
  // Windows has numbers of its own.
  return digits === undefined || Deno.build.os === "windows" ? FAILURE_UNKNOWN : Number(digits);
}
