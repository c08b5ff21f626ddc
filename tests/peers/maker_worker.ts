/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
// One of several threads that make torrents without peers, in every shard, as fast as they can.

import { attachTable, HASH_WORDS, restoreTorrent } from "../../src/peers/mod.ts";
import type { MakerStart } from "./threads.ts";

self.onmessage = ({ data: start }: MessageEvent<MakerStart>) => {
  make(start);
  self.postMessage(null);
  self.close();
};

/** Makes as many as it was told to; while the table is full it tries on. */
function make({ table: buffers, index, torrents }: MakerStart): void {
  const table = attachTable(buffers);
  const hash = new Uint32Array(HASH_WORDS);
  hash[1] = index;
  for (let tries = 0, made = 0; made < torrents; tries++) {
    hash[0] = Math.imul(tries, 0x9e3779b1);
    if (restoreTorrent(table, hash, 0, 0) !== 0) made++;
  }
}
