/**
 * Reading ahead. An announce reads a handful of places in memory one after the other, each known only from the one
 * before, and waits for each. Reading the same places for a whole batch first, step by step, lets the waits overlap.
 *
 * @module
 */

import type { AnnounceRequest } from "./announce_io.ts";
import { BEGINNINGS, bucketAt, nextBeginning, NO_BEGINNING, positionAt } from "./batch.ts";
import { compactAt } from "./block.ts";
import { bucketOf, hashPeer } from "./bucket_hash.ts";
import { bucketsOf, entryAt, growthOf } from "./directory.ts";
import { drawAhead } from "./draw.ts";
import { hashWords } from "./keyed_hash.ts";
import {
  DIRECTORIES,
  LINE_WORDS,
  SHARD_INDEX,
  SHARD_INDEX_SIZE,
  TORRENT_BLOCK,
  TORRENT_CAPACITY,
} from "./layout.ts";
import type { Family } from "./layout.ts";
import type { PeerTable } from "./table.ts";
import { shardOf } from "./torrents.ts";

/** Requests that one call takes at most: what is read for more would not stay in the nearest cache. */
export const TOUCH_MAX = 32;

/** Lines of a peer block that are read from its beginning; the processor itself goes on from there. */
const LINES_AHEAD = 8;
/** Lines that are read from where a choice of peers begins, and as many of the next bucket. */
const LINES_CHOSEN = 4;

// Where to read next. One batch a thread at a time. Each an array by itself, so that its place in memory is part of the code.

// Of each request: the hash of its peer, its torrent, the peer's block; and in a large torrent what tells of that block.
const hashes = new Int32Array(TOUCH_MAX);
const places = new Uint32Array(TOUCH_MAX);
const blocks = new Uint32Array(TOUCH_MAX);
const entries = new Uint32Array(TOUCH_MAX);
// Of each choice out of a directory, two a request at most: where it begins as far as that is known, and the bucket behind.
const directories = new Uint32Array(TOUCH_MAX * 2);
const families = new Uint8Array(TOUCH_MAX * 2);
const beginnings = new Uint16Array(TOUCH_MAX * 2);
const positions = new Uint32Array(TOUCH_MAX * 2);
const starts = new Uint32Array(TOUCH_MAX * 2);
const behind = new Uint32Array(TOUCH_MAX * 2);
// How many choices there have been for a beginning: each takes about a bucket.
const turns = new Uint8Array(BEGINNINGS);

/**
 * Reads what the announces of the first `count` requests, at most TOUCH_MAX, will need. Takes no lock and believes nothing it
 * reads: another thread may be changing it, and what is not there costs a read in vain. Changes nothing but what the batch
 * remembers (batch.ts).
 *
 * Loops that wait for memory do nothing else: the shorter they are, the more of their reads are under way at once.
 */
export function touchAnnounces(table: PeerTable, requests: readonly AnnounceRequest[], count: number): void {
  const { control, torrents, keys } = table;
  const { words } = table.peers;
  for (let i = 0; i < count; i++) {
    const { hash, hashAt, family, peer, peerAt } = requests[i];
    const shard = shardOf(hash[hashAt]);
    const size = control[shard + SHARD_INDEX_SIZE];
    const home = size === 0 ? 0 : hashWords(keys, hash, hashAt) & (size - 1);
    places[i] = control[shard + SHARD_INDEX] + 1 + home;
    hashes[i] = hashPeer(table, family, peer, peerAt);
  }
  for (let i = 0; i < count; i++) places[i] = words[places[i]];
  let choices = 0;
  for (let i = 0; i < count; i++) {
    const line = places[i] * LINE_WORDS;
    const { family, seeding } = requests[i];
    const block = torrents[line + TORRENT_BLOCK + family];
    const capacity = torrents[line + TORRENT_CAPACITY + family];
    blocks[i] = block;
    entries[i] = 0;
    if ((capacity & DIRECTORIES) === 0) continue;
    const seeders = capacity & ~DIRECTORIES;
    entries[i] = seeding ? seeders : block;
    families[choices] = family;
    directories[choices++] = block;
    // Those who seed are given leechers.
    if (seeding) continue;
    families[choices] = family;
    directories[choices++] = seeders;
  }
  for (let i = 0; i < count; i++) {
    const directory = entries[i];
    if (directory !== 0) entries[i] = entryAt(directory, bucketOf(hashes[i], bucketsOf(table, directory)));
  }
  drawAhead(table, directories, choices);
  let known = 0;
  for (let i = 0; i < choices; i++) {
    const directory = directories[i];
    const beginning = nextBeginning(table, directory, growthOf(table, directory));
    if (beginning === NO_BEGINNING) continue;
    const turn = turns[beginning]++;
    const last = bucketsOf(table, directory) - 1;
    const bucket = bucketAt(beginning) + turn;
    starts[known] = entryAt(directory, bucket <= last ? bucket : 0);
    behind[known] = entryAt(directory, bucket < last ? bucket + 1 : 0);
    positions[known] = turn === 0 ? positionAt(beginning) : 0;
    families[known] = families[i];
    beginnings[known++] = beginning;
  }
  for (let i = 0; i < known; i++) turns[beginnings[i]] = 0;
  for (let i = 0; i < count; i++) if (entries[i] !== 0) blocks[i] = words[entries[i]];
  for (let i = 0; i < known; i++) {
    starts[i] = compactAt(families[i] as Family, words[starts[i]], positions[i]) >>> 1;
    behind[i] = words[behind[i]];
  }
  let touched = 0;
  for (let i = 0; i < count; i++) {
    const block = blocks[i];
    for (let line = 0; line < LINES_AHEAD; line++) touched ^= words[(block + line * LINE_WORDS) >>> 0];
  }
  for (let i = 0; i < known; i++) {
    const start = starts[i];
    const next = behind[i];
    for (let line = 0; line < LINES_CHOSEN; line++) {
      touched ^= words[(start + line * LINE_WORDS) >>> 0] ^ words[(next + line * LINE_WORDS) >>> 0];
    }
  }
  // Kept, so that the reads are not taken for useless ones.
  table.touched = touched;
}
