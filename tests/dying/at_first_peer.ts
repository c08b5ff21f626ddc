/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
// A worker that gets ready, does nothing, and dies when another one has put a peer into the table.

import { attachTable, type TableBuffers, tableStats } from "../../src/peers/mod.ts";

const LOOK_MS = 10;

self.onmessage = (
  { data: { kind, table: buffers } }: MessageEvent<{ kind: string; table: TableBuffers }>,
) => {
  if (kind !== "start") return;
  const table = attachTable(buffers);
  self.postMessage({ kind: "ready", addresses: [] });
  setInterval(() => {
    if (tableStats(table).peers > 0) throw new Error("dead at the first peer");
  }, LOOK_MS);
};
