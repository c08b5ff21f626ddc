/**
 * Torrents by info hash: a line of 64 bytes each, found through an index of its shard.
 *
 * An index is a block of the peers heap: a power of two of slots, each the number of a torrent line or 0, searched
 * linearly from the hash's home. Only the keeper drops torrents that have been there for more than one announce; so
 * between two of its steps a line stays where it is.
 * Every function here that takes a shard wants that shard locked, but for listTorrents() and readTorrents().
 *
 * @module
 */

import { hashWords } from "./keyed_hash.ts";
import { lock, unlock } from "./lock.ts";
import {
  CONTROL_SLOT_FREE,
  CONTROL_SLOT_HIGH,
  CONTROL_SLOT_LOCK,
  CONTROL_TORRENTS,
  CONTROL_WORDS,
  HASH_WORDS,
  LINE_WORDS,
  SHARD_COMPLETED_F64,
  SHARD_INDEX,
  SHARD_INDEX_SIZE,
  SHARD_LOCK,
  SHARD_TORRENTS,
  TORRENT_COMPLETED,
  TORRENT_HASH,
} from "./layout.ts";
import type { PeerTable } from "./table.ts";

const FIRST_INDEX_SIZE = 16;

/** The word in `control` where the line of the hash's shard begins. `word` is the hash's first, as it lies in memory. */
export function shardOf(word: number): number {
  const topTenBits = ((word & 0xff) << 2) | ((word >>> 14) & 3);
  return CONTROL_WORDS + topTenBits * LINE_WORDS;
}

/** Locks a shard, given by its line in `control`. */
export function lockShard(table: PeerTable, shard: number): void {
  lock(table.control, shard + SHARD_LOCK);
}

export function unlockShard(table: PeerTable, shard: number): void {
  unlock(table.control, shard + SHARD_LOCK);
}

/** The word in `torrents` where the line of the torrent begins; 0 when it is not there. */
export function findTorrent(table: PeerTable, shard: number, hash: Uint32Array, hashAt: number): number {
  const { control, torrents } = table;
  const index = control[shard + SHARD_INDEX] >>> 0;
  if (index === 0) return 0;
  const slots = table.peers.words;
  const mask = control[shard + SHARD_INDEX_SIZE] - 1;
  const word0 = hash[hashAt];
  const word1 = hash[hashAt + 1];
  const word2 = hash[hashAt + 2];
  const word3 = hash[hashAt + 3];
  const word4 = hash[hashAt + 4];
  let slot = hashWords(table.keys, hash, hashAt) & mask;
  for (;;) {
    const line = slots[index + 1 + slot] * LINE_WORDS;
    if (line === 0) return 0;
    if (
      torrents[line] === word0 && torrents[line + 1] === word1 && torrents[line + 2] === word2 &&
      torrents[line + 3] === word3 && torrents[line + 4] === word4
    ) return line;
    slot = (slot + 1) & mask;
  }
}

/**
 * Makes the line of a torrent that {@linkcode findTorrent} did not find: everything but the hash is 0. Returns where
 * it begins, or 0 when the table is full.
 */
export function insertTorrent(table: PeerTable, shard: number, hash: Uint32Array, hashAt: number): number {
  const { control, torrents } = table;
  const count = control[shard + SHARD_TORRENTS];
  if ((count + 1) * 4 > control[shard + SHARD_INDEX_SIZE] * 3 && !growIndex(table, shard)) return 0;
  const line = takeLine(table);
  if (line === 0) return 0;
  torrents.fill(0, line, line + LINE_WORDS);
  for (let i = 0; i < HASH_WORDS; i++) torrents[line + TORRENT_HASH + i] = hash[hashAt + i];
  addToIndex(table, shard, line / LINE_WORDS);
  control[shard + SHARD_TORRENTS] = count + 1;
  return line;
}

/** Drops the torrent at `line`, which has no blocks any more. */
export function removeTorrent(table: PeerTable, shard: number, line: number): void {
  const { control } = table;
  const slots = table.peers.words;
  const index = (control[shard + SHARD_INDEX] >>> 0) + 1;
  const mask = control[shard + SHARD_INDEX_SIZE] - 1;
  let hole = homeOf(table, line / LINE_WORDS) & mask;
  while (slots[index + hole] !== line / LINE_WORDS) hole = (hole + 1) & mask;
  // Close the gap: what may not stand behind an empty slot moves into it.
  for (let slot = (hole + 1) & mask; slots[index + slot] !== 0; slot = (slot + 1) & mask) {
    const home = homeOf(table, slots[index + slot]) & mask;
    if (((slot - home) & mask) >= ((slot - hole) & mask)) {
      slots[index + hole] = slots[index + slot];
      hole = slot;
    }
  }
  slots[index + hole] = 0;
  control[shard + SHARD_TORRENTS]--;
  table.controlF64[(shard + SHARD_COMPLETED_F64) / 2] -= table.torrents[line + TORRENT_COMPLETED];
  giveLineBack(table, line);
}

/**
 * Does `work` with the shard of the torrent at `line` locked, if there is a torrent, and returns what that returns, else
 * false. Locks the shard itself.
 */
export function withTorrent(table: PeerTable, line: number, work: (shard: number) => boolean): boolean {
  const { torrents } = table;
  // The line may be free or just being made: what counts is what the shard's index says under its lock.
  const shard = shardOf(torrents[line + TORRENT_HASH]);
  lockShard(table, shard);
  try {
    return findTorrent(table, shard, torrents, line + TORRENT_HASH) === line && work(shard);
  } finally {
    unlockShard(table, shard);
  }
}

/**
 * Copies the numbers of the shard's torrent lines to `target`, in no order, and returns how many there are. Copies
 * none when they are more than `target` has room for. Locks the shard itself.
 */
export function listTorrents(table: PeerTable, shard: number, target: Uint32Array): number {
  lockShard(table, shard);
  try {
    return readTorrents(table, shard, target);
  } finally {
    unlockShard(table, shard);
  }
}

/**
 * Does what {@linkcode listTorrents} does, but for the lock. When others change the shard meanwhile, what is listed means
 * nothing, but nothing else happens.
 */
export function readTorrents(table: PeerTable, shard: number, target: Uint32Array): number {
  const { control } = table;
  const count = control[shard + SHARD_TORRENTS];
  if (count > target.length) return count;
  const slots = table.peers.words;
  const index = (control[shard + SHARD_INDEX] >>> 0) + 1;
  const end = Math.min(slots.length, index + control[shard + SHARD_INDEX_SIZE]);
  let listed = 0;
  for (let slot = index; listed < count && slot < end; slot++) {
    const number = slots[slot];
    if (number !== 0) target[listed++] = number;
  }
  return count;
}

function growIndex(table: PeerTable, shard: number): boolean {
  const { control, peers } = table;
  const oldIndex = control[shard + SHARD_INDEX] >>> 0;
  const oldSize = control[shard + SHARD_INDEX_SIZE];
  const size = oldSize === 0 ? FIRST_INDEX_SIZE : oldSize * 2;
  const index = peers.allocate(size);
  if (index === 0) return false;
  peers.words.fill(0, index + 1, index + 1 + size);
  control[shard + SHARD_INDEX] = index;
  control[shard + SHARD_INDEX_SIZE] = size;
  for (let slot = 0; slot < oldSize; slot++) {
    const number = peers.words[oldIndex + 1 + slot];
    if (number !== 0) addToIndex(table, shard, number);
  }
  peers.free(oldIndex);
  return true;
}

function addToIndex(table: PeerTable, shard: number, number: number): void {
  const slots = table.peers.words;
  const index = (table.control[shard + SHARD_INDEX] >>> 0) + 1;
  const mask = table.control[shard + SHARD_INDEX_SIZE] - 1;
  let slot = homeOf(table, number) & mask;
  while (slots[index + slot] !== 0) slot = (slot + 1) & mask;
  slots[index + slot] = number;
}

/** The keyed hash of the info hash in line `number`. */
function homeOf(table: PeerTable, number: number): number {
  return hashWords(table.keys, table.torrents, number * LINE_WORDS);
}

function takeLine(table: PeerTable): number {
  const { control, torrents } = table;
  lock(control, CONTROL_SLOT_LOCK);
  try {
    if (control[CONTROL_TORRENTS] >= table.maxTorrents) return 0;
    control[CONTROL_TORRENTS]++;
    const freed = control[CONTROL_SLOT_FREE];
    if (freed === 0) return control[CONTROL_SLOT_HIGH]++ * LINE_WORDS;
    control[CONTROL_SLOT_FREE] = torrents[freed * LINE_WORDS];
    return freed * LINE_WORDS;
  } finally {
    unlock(control, CONTROL_SLOT_LOCK);
  }
}

function giveLineBack(table: PeerTable, line: number): void {
  const { control, torrents } = table;
  lock(control, CONTROL_SLOT_LOCK);
  try {
    torrents[line] = control[CONTROL_SLOT_FREE];
    control[CONTROL_SLOT_FREE] = line / LINE_WORDS;
    control[CONTROL_TORRENTS]--;
  } finally {
    unlock(control, CONTROL_SLOT_LOCK);
  }
}
