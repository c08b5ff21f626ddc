/**
 * Torrents that stand still for a walk while announces to them go on. A walk reads a torrent again when it was changed
 * meanwhile; one with very many peers changes each time. Such a torrent the walk wishes frozen, and the next announce to
 * its shard does that. So the walk, which may be kept from the processor at any time, holds no lock that announces wait for.
 *
 * To freeze a torrent, its line is copied to FROZEN_LINE, with copies of its directories, or of the block when that is all
 * it has. The blocks of the buckets are not copied: an announce that is about to change one gives the bucket a copy and
 * leaves the block as it is (ownBucket() in directory.ts). When the walk is done, announces give back what only the frozen
 * torrent still has, some blocks at a time. Where there are no announces, the walk does all this, with the shard locked for
 * a moment.
 *
 * One torrent is frozen at a time, since there is one walk at a time; and it stays in the table meanwhile (walk_lock.ts).
 * The shard's word tells how far things are: the slot of the torrent, and in the lowest bits one of the steps.
 *
 * @module
 */

import { blockWords } from "./block.ts";
import { freezeDirectory, thawDirectory } from "./directory.ts";
import {
  DIRECTORIES,
  FAMILIES,
  FROZEN_LEFT,
  FROZEN_LINE,
  FROZEN_SPOILT,
  HASH_WORDS,
  LINE_WORDS,
  ROLES,
  SHARD_FROZEN,
  TORRENT_BLOCK,
  TORRENT_CAPACITY,
} from "./layout.ts";
import type { Family } from "./layout.ts";
import { blockCapacity, directoryOf, hasDirectories } from "./runs.ts";
import type { PeerTable } from "./table.ts";
import { lockShard, unlockShard } from "./torrents.ts";

// Steps. Whoever has the shard's lock goes from WISHED to FROZEN or nothing, and from DONE to nothing; the walk, all others.
const WISHED = 1;
const FROZEN = 2;
const DONE = 3;
const STEP_BITS = 2;
const STEP_MASK = (1 << STEP_BITS) - 1;

/** How long a walk waits for an announce that freezes the torrent. */
const FREEZE_WAIT_MS = 10;
/** After so long without a block given back, the walk gives some back: no announce is likely to wait for it. */
const THAW_WAIT_MS = 1;
/** Blocks that one announce gives back: more than most have left to the frozen torrent, so that there is an end to it. */
const BLOCKS_AN_ANNOUNCE = 8;
/** Blocks that the walk gives back under one hold of the lock. */
const BLOCKS_A_HOLD = 256;

/**
 * Does what a walk wishes of the shard. To be called at each announce for which the shard's word SHARD_FROZEN is not 0, with
 * the shard locked, before anything is changed.
 */
export function serveWalk(table: PeerTable, shard: number): void {
  takeStep(table, shard, BLOCKS_AN_ANNOUNCE);
}

/**
 * Wishes the torrent at `line` frozen, and sleeps until it is. True: it can be read at FROZEN_LINE, without a lock, until
 * {@linkcode thaw}, which must follow. False: there is no memory.
 */
export function freeze(table: PeerTable, shard: number, line: number): boolean {
  const { control } = table;
  const at = shard + SHARD_FROZEN;
  const wish = line / LINE_WORDS << STEP_BITS | WISHED;
  Atomics.store(control, at, wish);
  if (Atomics.wait(control, at, wish, FREEZE_WAIT_MS) === "timed-out") takeStepAlone(table, shard);
  return (Atomics.load(control, at) & STEP_MASK) === FROZEN;
}

/** Gives up the frozen torrent; whether it has stayed as it was. Sleeps until the memory that it alone had is given back. */
export function thaw(table: PeerTable, shard: number): boolean {
  const { control, torrents } = table;
  const at = shard + SHARD_FROZEN;
  const done = Atomics.or(control, at, DONE) | DONE;
  while (Atomics.load(control, at) !== 0) {
    const left = torrents[FROZEN_LINE + FROZEN_LEFT];
    const isLate = Atomics.wait(control, at, done, THAW_WAIT_MS) === "timed-out";
    if (isLate && torrents[FROZEN_LINE + FROZEN_LEFT] === left) takeStepAlone(table, shard);
  }
  // Not before: whoever gave the last of it back had the lock after all who may have written this.
  return torrents[FROZEN_LINE + FROZEN_SPOILT] === 0;
}

/** Does for the walk what no announce does. */
function takeStepAlone(table: PeerTable, shard: number): void {
  lockShard(table, shard);
  try {
    takeStep(table, shard, BLOCKS_A_HOLD);
  } finally {
    unlockShard(table, shard);
  }
}

/** Takes the step that is due, if it is not the walk's turn. With the shard locked. */
function takeStep(table: PeerTable, shard: number, blocksMax: number): void {
  const { control } = table;
  const at = shard + SHARD_FROZEN;
  const word = Atomics.load(control, at);
  const line = (word >>> STEP_BITS) * LINE_WORDS;
  const step = word & STEP_MASK;
  if (step === WISHED) {
    const isFrozen = copyTorrent(table, line);
    if (!isFrozen) dropCopy(table, line, Infinity);
    Atomics.store(control, at, isFrozen ? word ^ WISHED ^ FROZEN : 0);
  } else if (step === DONE && dropCopy(table, line, blocksMax)) {
    Atomics.store(control, at, 0);
  } else {
    return;
  }
  Atomics.notify(control, at);
}

/** Makes the torrent at `line` the frozen one. False, with a part of it copied, when there is no memory. */
function copyTorrent(table: PeerTable, line: number): boolean {
  const { torrents, peers } = table;
  torrents.fill(0, FROZEN_LINE, FROZEN_LINE + LINE_WORDS);
  torrents.copyWithin(FROZEN_LINE + HASH_WORDS, line + HASH_WORDS, line + LINE_WORDS);
  for (const family of FAMILIES) setBlocks(table, family, 0, 0);
  for (const family of FAMILIES) {
    const block = torrents[line + TORRENT_BLOCK + family];
    if (block === 0) continue;
    if (hasDirectories(table, line, family)) {
      const leechers = freezeDirectory(table, directoryOf(table, line, family, false));
      const seeders = freezeDirectory(table, directoryOf(table, line, family, true));
      setBlocks(table, family, leechers, seeders | DIRECTORIES);
      if (leechers === 0 || seeders === 0) return false;
    } else {
      const capacity = blockCapacity(table, line, family);
      const size = blockWords(family, capacity);
      const copy = peers.allocate(size);
      if (copy === 0) return false;
      peers.words.copyWithin(copy + 1, block + 1, block + 1 + size);
      setBlocks(table, family, copy, torrents[line + TORRENT_CAPACITY + family]);
    }
  }
  return true;
}

/**
 * Gives back what the frozen torrent alone has, at most `blocksMax` blocks of buckets; whether that was all. The torrent at
 * `line`, of which it is the copy, has its blocks for itself from now on.
 */
function dropCopy(table: PeerTable, line: number, blocksMax: number): boolean {
  const { torrents, peers } = table;
  for (const family of FAMILIES) {
    if (!hasDirectories(table, line, family)) continue;
    for (const seeding of ROLES) thawDirectory(table, directoryOf(table, line, family, seeding));
  }
  for (let blocks = 0; torrents[FROZEN_LINE + FROZEN_LEFT] !== 0; blocks++) {
    if (blocks === blocksMax) return false;
    const block = torrents[FROZEN_LINE + FROZEN_LEFT];
    torrents[FROZEN_LINE + FROZEN_LEFT] = peers.words[block + 1];
    peers.free(block);
  }
  for (const family of FAMILIES) {
    peers.free(torrents[FROZEN_LINE + TORRENT_BLOCK + family]);
    if (hasDirectories(table, FROZEN_LINE, family)) {
      peers.free(directoryOf(table, FROZEN_LINE, family, true));
    }
    setBlocks(table, family, 0, 0);
  }
  return true;
}

/** Sets the two words that tell where the frozen torrent's peers are. */
function setBlocks({ torrents }: PeerTable, family: Family, block: number, capacity: number): void {
  torrents[FROZEN_LINE + TORRENT_BLOCK + family] = block;
  torrents[FROZEN_LINE + TORRENT_CAPACITY + family] = capacity;
}
