/**
 * Reading ahead. An announce reads a handful of places in memory one after the other, each known only from the one
 * before, and waits for each. Reading the same places for a whole batch first, step by step, lets the waits overlap.
 *
 * @module
 */

import { type AnnounceRequest, NO_DRAW } from "./announce_io.ts";
import { compactAt } from "./block.ts";
import {
  blockOf,
  bucketDrawn,
  bucketOf,
  bucketsOf,
  countOf,
  hashPeer,
  largestOf,
  positionDrawn,
} from "./directory.ts";
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
import { randomDraw } from "./table.ts";
import type { PeerTable } from "./table.ts";
import { shardOf } from "./torrents.ts";

/** Requests that one call takes at most. */
export const TOUCH_MAX = 64;

/** Lines of a peer block that are read from its beginning; the processor itself goes on from there. */
const LINES_AHEAD = 8;
/** Lines that are read from where a choice of peers begins. */
const LINES_CHOSEN = 3;
/** Times that a beginning is drawn before it is left to the announce. */
const DRAWS = 3;

// Of each request of a batch: where to read next, and what was found. One batch a thread at a time.
const places = new Uint32Array(TOUCH_MAX);
const blocks = new Uint32Array(TOUCH_MAX);
/** The directories that are needed, 0 where there are none, and where choices out of them begin. */
const leecherDirectories = new Uint32Array(TOUCH_MAX);
const seederDirectories = new Uint32Array(TOUCH_MAX);
const leecherPlaces = new Uint32Array(TOUCH_MAX);
const seederPlaces = new Uint32Array(TOUCH_MAX);

/**
 * Reads what the announces of the first `count` requests, at most TOUCH_MAX, will need, and draws where those in large
 * torrents begin to choose. Takes no lock and believes nothing it reads: another thread may be changing it, and what is not
 * there costs a read in vain. Changes nothing but the draws.
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
    const { family } = requests[i];
    const capacity = torrents[line + TORRENT_CAPACITY + family];
    const hasDirectories = (capacity & DIRECTORIES) !== 0;
    blocks[i] = torrents[line + TORRENT_BLOCK + family];
    leecherDirectories[i] = hasDirectories ? blocks[i] : 0;
    seederDirectories[i] = hasDirectories ? capacity & ~DIRECTORIES : 0;
  }
  for (let i = 0; i < count; i++) {
    const { seeding, family, peer, peerAt } = requests[i];
    const directory = seeding ? seederDirectories[i] : leecherDirectories[i];
    if (directory === 0) continue;
    const bucket = bucketOf(hashPeer(table, family, peer, peerAt), bucketsOf(table, directory));
    blocks[i] = blockOf(table, directory, bucket);
  }
  let touched = 0;
  for (let i = 0; i < count; i++) {
    const block = blocks[i];
    for (let line = 0; line < LINES_AHEAD; line++) touched ^= words[(block + line * LINE_WORDS) >>> 0];
  }
  for (let i = 0; i < count; i++) {
    const request = requests[i];
    request.leecherDraw = drawChoice(table, request.family, leecherDirectories[i], leecherPlaces, i);
    const seeders = request.seeding ? 0 : seederDirectories[i];
    request.seederDraw = drawChoice(table, request.family, seeders, seederPlaces, i);
  }
  for (let i = 0; i < count; i++) {
    const leechers = leecherPlaces[i];
    const seeders = seederPlaces[i];
    for (let line = 0; line < LINES_CHOSEN; line++) {
      touched ^= words[(leechers + line * LINE_WORDS) >>> 0] ^ words[(seeders + line * LINE_WORDS) >>> 0];
    }
  }
  // Kept, so that the reads are not taken for useless ones.
  table.touched = touched;
}

/**
 * Draws where a choice out of `directory` begins, sets `places[index]` to the word there, and returns the draw. Without a
 * directory, or without luck, it returns NO_DRAW.
 */
function drawChoice(
  table: PeerTable,
  family: Family,
  directory: number,
  places: Uint32Array,
  index: number,
): number {
  places[index] = 0;
  if (directory === 0) return NO_DRAW;
  const buckets = bucketsOf(table, directory);
  const largest = largestOf(table, directory);
  for (let draws = 0; draws < DRAWS; draws++) {
    const draw = randomDraw(table);
    const bucket = bucketDrawn(buckets, draw);
    const position = positionDrawn(buckets, largest, draw);
    if (position >= countOf(table, directory, bucket)) continue;
    places[index] = compactAt(family, blockOf(table, directory, bucket), position) >>> 1;
    return draw;
  }
  return NO_DRAW;
}
