/** One save, as the keeper does it and main after a keeper's death. @module */

import type { SavedMessage, SaveFailedMessage } from "./keeper_messages.ts";
import { saveOdb } from "./odb/mod.ts";
import type { PeerTable } from "./peers/mod.ts";

/** Saves `table` to the ODB file `path` and says what came of it. */
export function saveTable(table: PeerTable, path: string): SavedMessage | SaveFailedMessage {
  const startMs = performance.now();
  try {
    const result = saveOdb(table, path);
    return { kind: "saved", ...result, ms: Math.round(performance.now() - startMs) };
  } catch (error) {
    return { kind: "saveFailed", message: error instanceof Error ? error.message : String(error) };
  }
}
