/**
 * Reading ahead. An announce reads a handful of places in memory one after the other, each known only from the one
 * before, and waits for each. Reading the same places for a whole batch first, step by step, lets the waits overlap.
 *
 * @module
 */

import type { AnnounceRequest } from "./announce_io.ts";
import { bucketOf, bucketsOf, entryAt, hashPeer } from "./directory.ts";
import { hashWords } from "./keyed_hash.ts";
import {
  DIRECTORIES,
  LINE_WORDS,
  SHARD_INDEX,
  SHARD_INDEX_SIZE,
  TORRENT_BLOCK,
  TORRENT_CAPACITY,
} from "./layout.ts";
import type { PeerTable } from "./table.ts";
import { shardOf } from "./torrents.ts";

/** Requests that one call takes at most. */
export const TOUCH_MAX = 64;

/** Lines of a peer block that are read from its beginning; the processor itself goes on from there. */
const LINES_AHEAD = 5;

// Of each request of a batch: where to read next, and what was found. One batch a thread at a time.
const places = new Uint32Array(TOUCH_MAX);
const blocks = new Uint32Array(TOUCH_MAX);
const directories = new Uint32Array(TOUCH_MAX);

/**
 * Reads what the announces of the first `count` requests, at most TOUCH_MAX, will need. Takes no lock and believes
 * nothing it reads: another thread may be changing it, and what is not there costs a read in vain. Changes nothing.
 *
 * Loops that wait for memory do nothing else: the shorter they are, the more of their reads are under way at once.
 */
export function touchAnnounces(table: PeerTable, requests: readonly AnnounceRequest[], count: number): void {
  const { control, torrents, keys } = table;
  const { words } = table.peers;
  for (let i = 0; i < count; i++) {
    const { hash, hashAt } = requests[i];
    const shard = shardOf(hash[hashAt]);
    const size = control[shard + SHARD_INDEX_SIZE];
    const home = size === 0 ? 0 : hashWords(keys, hash, hashAt) & (size - 1);
    places[i] = control[shard + SHARD_INDEX] + 1 + home;
  }
  for (let i = 0; i < count; i++) places[i] = words[places[i]];
  for (let i = 0; i < count; i++) {
    const line = places[i] * LINE_WORDS;
    const { family, seeding } = requests[i];
    const block = torrents[line + TORRENT_BLOCK + family];
    const capacity = torrents[line + TORRENT_CAPACITY + family];
    blocks[i] = block;
    directories[i] = (capacity & DIRECTORIES) === 0 ? 0 : seeding ? capacity & ~DIRECTORIES : block;
  }
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const directory = directories[i];
    if (directory === 0) continue;
    const { family, peer, peerAt } = requests[i];
    const bucket = bucketOf(hashPeer(table, family, peer, peerAt), bucketsOf(table, directory));
    blocks[i] = words[entryAt(directory, bucket)];
  }
  for (let i = 0; i < count; i++) {
    const block = blocks[i];
    for (let line = 0; line < LINES_AHEAD; line++) sum += words[(block + line * LINE_WORDS) >>> 0] | 0;
  }
  // Kept, so that the reads are not taken for useless ones.
  table.touched = sum;
}
