/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
// One of several threads that make torrents without peers, in every shard, as fast as they can.

import { attachTable, HASH_WORDS, restoreTorrent } from "../../src/peers/mod.ts";
import type { MakerStart } from "./threads.ts";

self.onmessage = ({ data: start }: MessageEvent<MakerStart>) => {
  self.postMessage(make(start));
  self.close();
};

function make({ table: buffers, index, torrents }: MakerStart): number {
  const table = attachTable(buffers);
  const hash = new Uint32Array(HASH_WORDS);
  hash[1] = index;
  let made = 0;
  for (let torrent = 0; torrent < torrents; torrent++) {
    hash[0] = Math.imul(torrent, 0x9e3779b1);
    if (restoreTorrent(table, hash, 0, 0) !== 0) made++;
  }
  return made;
}
