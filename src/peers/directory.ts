/**
 * The peers of one role and family of a large torrent, in buckets (layout.ts). Which peer is in which is the matter of
 * bucket_hash.ts, how many buckets there are that of directory_size.ts. The torrent's shard is locked by the caller.
 *
 * @module
 */

import { allocateBlock, blockWords, copyPeers, freeBlock, roomyCapacity } from "./block.ts";
import { randomBelow } from "./chance.ts";
import { FROZEN_LEFT, FROZEN_LINE, FROZEN_SPOILT } from "./layout.ts";
import type { Family } from "./layout.ts";
import type { PeerTable } from "./table.ts";

// Words of a directory block.
const BUCKETS = 1;
const LARGEST = 2;
const FROZEN = 3;
const ENTRIES = 4;

// The growth stands above the largest in the word of both.
const GROWTH_SHIFT = 16;
const BELOW_GROWTH = 0xffff;

/** Words of what a directory says of a bucket, see entryAt(). */
const ENTRY_WORDS = 2;
const CAPACITY_SHIFT = 16;
const COUNT_MASK = 0xffff;
/** Peers that an entry can count. Only where memory has run out is a bucket ever far from the average. */
export const BUCKET_MAX = 0xfff8;

/**
 * A directory of one bucket, into which `count` peers are copied that stand from position `first` on in a block. 0 when there
 * is no memory.
 */
export function createDirectory(
  table: PeerTable,
  family: Family,
  block: number,
  capacity: number,
  first: number,
  count: number,
): number {
  const directory = createEmptyDirectory(table, 1);
  if (directory === 0 || count === 0) return directory;
  if (!resizeBucket(table, family, directory, 0, roomyCapacity(count))) {
    table.peers.free(directory);
    return 0;
  }
  const bucketBlock = blockOf(table, directory, 0);
  copyPeers(table, family, block, capacity, first, bucketBlock, capacityOf(table, directory, 0), 0, count);
  setCount(table, directory, 0, count);
  return directory;
}

/** A directory of so many buckets without blocks, and with room for one more. 0 when there is no memory. */
export function createEmptyDirectory(table: PeerTable, buckets: number): number {
  const { words } = table.peers;
  const directory = table.peers.allocate(entriesWords(buckets + 1));
  if (directory === 0) return 0;
  words[directory + BUCKETS] = buckets;
  words[directory + FROZEN] = 0;
  // What was remembered of a directory that has had this number is not of this one.
  words[directory + LARGEST] = randomBelow(BELOW_GROWTH + 1) << GROWTH_SHIFT;
  for (let bucket = 0; bucket < buckets; bucket++) clearEntry(words, directory, bucket);
  return directory;
}

/** Gives a directory and all its buckets back. */
export function freeDirectory(table: PeerTable, directory: number): void {
  const buckets = bucketsOf(table, directory);
  for (let bucket = 0; bucket < buckets; bucket++) giveBlockBack(table, directory, bucket);
  table.peers.free(directory);
}

/** Buckets of a directory. */
export function bucketsOf(table: PeerTable, directory: number): number {
  return table.peers.words[(directory + BUCKETS) >>> 0];
}

/** A number of peers that no bucket has more of. */
export function largestOf(table: PeerTable, directory: number): number {
  return table.peers.words[(directory + LARGEST) >>> 0] & BELOW_GROWTH;
}

/** Counts, from anywhere and modulo 2^16, how often a bucket is given peers. While it stays, places only become fewer. */
export function growthOf(table: PeerTable, directory: number): number {
  return table.peers.words[(directory + LARGEST) >>> 0] >>> GROWTH_SHIFT;
}

/** Index in `words` of what a directory says of a bucket: its block, then its peers and capacity. */
export function entryAt(directory: number, bucket: number): number {
  return (directory + ENTRIES + bucket * ENTRY_WORDS) >>> 0;
}

/** The peer block of a bucket, 0 when it has none. */
export function blockOf(table: PeerTable, directory: number, bucket: number): number {
  return table.peers.words[entryAt(directory, bucket)];
}

/** Peers in a bucket. */
export function countOf(table: PeerTable, directory: number, bucket: number): number {
  return peersIn(table.peers.words[(entryAt(directory, bucket) + 1) >>> 0]);
}

/** Peers in a bucket, by the second word of its entry. */
export function peersIn(entryWord: number): number {
  return entryWord & COUNT_MASK;
}

/** Positions of a bucket's block. */
export function capacityOf(table: PeerTable, directory: number, bucket: number): number {
  return table.peers.words[(entryAt(directory, bucket) + 1) >>> 0] >>> CAPACITY_SHIFT;
}

/**
 * Makes an empty bucket one of `count` peers, which the caller is to write to its positions 0 up. False, and nothing
 * changed, when there is no memory.
 */
export function layOutBucket(
  table: PeerTable,
  family: Family,
  directory: number,
  bucket: number,
  count: number,
): boolean {
  if (count >= BUCKET_MAX) return false;
  if (!resizeBucket(table, family, directory, bucket, roomyCapacity(count))) return false;
  setCount(table, directory, bucket, count);
  return true;
}

/** Makes room for one peer more in a bucket; false, and nothing changed, when there is no memory. */
export function makeBucketRoom(table: PeerTable, family: Family, directory: number, bucket: number): boolean {
  const count = countOf(table, directory, bucket);
  if (count < capacityOf(table, directory, bucket)) return true;
  return count < BUCKET_MAX && resizeBucket(table, family, directory, bucket, roomyCapacity(count));
}

/** Sets the number of peers in a bucket. */
export function setCount(table: PeerTable, directory: number, bucket: number, count: number): void {
  const { words } = table.peers;
  const at = (entryAt(directory, bucket) + 1) >>> 0;
  const largestAt = (directory + LARGEST) >>> 0;
  if (count > peersIn(words[at])) words[largestAt] += 1 << GROWTH_SHIFT;
  words[at] = (words[at] & ~COUNT_MASK) | count;
  // One bucket alone may keep few of many peers for ever: there the bound follows them down.
  if (count > largestOf(table, directory) || bucketsOf(table, directory) === 1) {
    setLargest(table, directory, count);
  }
}

/** Gives memory back when a bucket's block has become far larger than its peers need. */
export function shrinkBucket(table: PeerTable, family: Family, directory: number, bucket: number): void {
  const count = countOf(table, directory, bucket);
  const capacity = capacityOf(table, directory, bucket);
  if (count === 0) {
    giveBlockBack(table, directory, bucket);
    clearEntry(table.peers.words, directory, bucket);
  } else if (capacity > roomyCapacity(count + (count >>> 3) + 1)) {
    resizeBucket(table, family, directory, bucket, roomyCapacity(count));
  }
}

/** Moves a bucket's peers into a new block of `capacity`, which holds them all. False when there is no memory. */
export function resizeBucket(
  table: PeerTable,
  family: Family,
  directory: number,
  bucket: number,
  capacity: number,
): boolean {
  const block = allocateBlock(table, family, capacity);
  if (block === 0) return false;
  const { words } = table.peers;
  const old = blockOf(table, directory, bucket);
  const count = countOf(table, directory, bucket);
  copyPeers(table, family, old, capacityOf(table, directory, bucket), 0, block, capacity, 0, count);
  giveBlockBack(table, directory, bucket);
  const at = entryAt(directory, bucket);
  words[at] = block;
  words[at + 1] = count | (capacity << CAPACITY_SHIFT);
  return true;
}

/**
 * To be called before peers of a bucket are changed where they stand; others may be put behind them. When the block is a
 * frozen torrent's (frozen.ts) too, the bucket gets one of its own; where memory is scarce, the frozen torrent is spoilt instead.
 */
export function ownBucket(table: PeerTable, family: Family, directory: number, bucket: number): void {
  if (!isKept(table, directory, bucket)) return;
  const { words } = table.peers;
  const shared = blockOf(table, directory, bucket);
  const size = blockWords(family, capacityOf(table, directory, bucket));
  const block = table.peers.allocate(size);
  if (block === 0) return spoil(table);
  // The block of the peers' ids, which is not frozen, goes along.
  words.copyWithin(block + 1, shared + 1, shared + 1 + size);
  words[entryAt(directory, bucket)] = block;
  leaveToFrozen(table, shared);
}

/** Gives a bucket's block back, unless that is a frozen torrent's too. */
export function giveBlockBack(table: PeerTable, directory: number, bucket: number): void {
  const block = blockOf(table, directory, bucket);
  if (isKept(table, directory, bucket)) {
    table.ids?.free(table.peers.words[block + 1]);
    leaveToFrozen(table, block);
  } else {
    freeBlock(table, block);
  }
}

/** Whether a frozen torrent has the block that the bucket has now, and wants it as it is. */
export function isFrozen(table: PeerTable, directory: number, bucket: number): boolean {
  const copy = table.peers.words[(directory + FROZEN) >>> 0];
  if (copy === 0 || table.torrents[FROZEN_LINE + FROZEN_SPOILT] !== 0) return false;
  if (bucket >= bucketsOf(table, copy)) return false;
  const block = blockOf(table, directory, bucket);
  return block !== 0 && block === blockOf(table, copy, bucket);
}

/** Whether a frozen torrent keeps the bucket's block for itself. It is spoilt, and keeps no more, when memory is scarce. */
function isKept(table: PeerTable, directory: number, bucket: number): boolean {
  if (!isFrozen(table, directory, bucket)) return false;
  if (!table.peers.isScarce) return true;
  spoil(table);
  return false;
}

function spoil(table: PeerTable): void {
  table.torrents[FROZEN_LINE + FROZEN_SPOILT] = 1;
}

/** Makes a block one that nobody but a frozen torrent has. Its ids are another's by now. */
function leaveToFrozen({ torrents, peers }: PeerTable, block: number): void {
  peers.words[block + 1] = torrents[FROZEN_LINE + FROZEN_LEFT];
  torrents[FROZEN_LINE + FROZEN_LEFT] = block;
}

/**
 * A copy of the directory, of the same buckets, which stays as it is: buckets that are to change get blocks of their own
 * until {@linkcode thawDirectory}. 0 when there is no memory.
 */
export function freezeDirectory(table: PeerTable, directory: number): number {
  const { words } = table.peers;
  const buckets = bucketsOf(table, directory);
  const copy = table.peers.allocate(entriesWords(buckets));
  if (copy === 0) return 0;
  words.copyWithin(copy + 1, directory + 1, entryAt(directory, buckets));
  words[directory + FROZEN] = copy;
  return copy;
}

/** Makes all blocks of the directory's buckets its own again. */
export function thawDirectory(table: PeerTable, directory: number): void {
  table.peers.words[directory + FROZEN] = 0;
}

/** The directory, moved if need be, with room for a bucket more; 0 when there is no memory. */
export function makeDirectoryRoom(table: PeerTable, directory: number): number {
  const { peers } = table;
  const buckets = bucketsOf(table, directory);
  const used = ENTRIES + buckets * ENTRY_WORDS;
  if (used + ENTRY_WORDS <= peers.contentWords(directory) + 1) return directory;
  const moved = peers.allocate(entriesWords(buckets + (buckets >>> 2) + 2));
  if (moved === 0) return 0;
  peers.words.copyWithin(moved + 1, directory + 1, directory + used);
  peers.free(directory);
  return moved;
}

/** Makes the last bucket, of which there is room, one more or one less. The bound of their peers stays. */
export function setBuckets(table: PeerTable, directory: number, buckets: number): void {
  table.peers.words[directory + BUCKETS] = buckets;
}

/** Finds anew how many peers the largest bucket has. */
export function findLargest(table: PeerTable, directory: number): void {
  const buckets = bucketsOf(table, directory);
  let largest = 0;
  for (let bucket = 0; bucket < buckets; bucket++) {
    largest = Math.max(largest, countOf(table, directory, bucket));
  }
  setLargest(table, directory, largest);
}

function setLargest({ peers: { words } }: PeerTable, directory: number, largest: number): void {
  const at = (directory + LARGEST) >>> 0;
  words[at] = (words[at] & ~BELOW_GROWTH) | largest;
}

/** Makes a bucket one without a block, whatever its entry was. */
export function clearEntry(words: Uint32Array, directory: number, bucket: number): void {
  const at = entryAt(directory, bucket);
  words[at] = words[at + 1] = 0;
}

/** Content words of a directory block for so many buckets. */
function entriesWords(buckets: number): number {
  return ENTRIES - 1 + buckets * ENTRY_WORDS;
}
