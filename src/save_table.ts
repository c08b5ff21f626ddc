/** One save, as the keeper does it and main after a keeper's death. @module */

import type { SavedMessage, SaveFailedMessage } from "./keeper_messages.ts";
import { saveOdb } from "./odb/mod.ts";
import type { PeerTable } from "./peers/mod.ts";
import { FAILURE_UNKNOWN } from "./stats/mod.ts";

/** Saves `table` to the ODB file `path` and says what came of it. */
export function saveTable(table: PeerTable, path: string): SavedMessage | SaveFailedMessage {
  const startMs = performance.now();
  try {
    const result = saveOdb(table, path);
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
