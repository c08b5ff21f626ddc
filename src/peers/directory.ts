/**
 * The peers of one role and family of a large torrent, in buckets (layout.ts). There are as many buckets as the peers
 * need, and one at a time is split or joined as they come and go (linear hashing): no announce ever waits for the peers
 * of a large torrent to be moved. The torrent's shard is locked by the caller.
 *
 * Bucket b of n takes the peers whose hash ends in b, taking as many bits as n needs; those whose number is past the last
 * bucket take one bit less.
 *
 * @module
 */

import { allocateBlock, compactAt, copyPeer, copyPeers, freeBlock, roomyCapacity } from "./block.ts";
import { hashAddress, hashHalfwords } from "./keyed_hash.ts";
import { BUCKET_PEERS, COMPACT_HALFWORDS, IPV4 } from "./layout.ts";
import type { Family } from "./layout.ts";
import { DRAW_END } from "./table.ts";
import type { PeerTable } from "./table.ts";

// Words of a directory block.
const BUCKETS = 1;
const LARGEST = 2;
const ENTRIES = 3;

/** Words of what a directory says of a bucket, see entryAt(). */
export const ENTRY_WORDS = 2;
const CAPACITY_SHIFT = 16;
const COUNT_MASK = 0xffff;
/** Peers that an entry can count. Only where memory has run out is a bucket ever far from the average. */
const BUCKET_MAX = 0xfff8;

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
  words[directory + LARGEST] = 0;
  for (let bucket = 0; bucket < buckets; bucket++) clearEntry(words, directory, bucket);
  return directory;
}

/** Gives a directory and all its buckets back. */
export function freeDirectory(table: PeerTable, directory: number): void {
  const buckets = bucketsOf(table, directory);
  for (let bucket = 0; bucket < buckets; bucket++) freeBlock(table, blockOf(table, directory, bucket));
  table.peers.free(directory);
}

/** Buckets of a directory. */
export function bucketsOf(table: PeerTable, directory: number): number {
  return table.peers.words[(directory + BUCKETS) >>> 0];
}

/** A number of peers that no bucket has more of. */
export function largestOf(table: PeerTable, directory: number): number {
  return table.peers.words[(directory + LARGEST) >>> 0];
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
 * The keyed hash of the peer whose compact form begins at `keys[keyAt]`: nobody can choose ports that meet. Where the peers
 * of an address are bounded, all of them meet.
 */
export function hashPeer(table: PeerTable, family: Family, keys: Uint16Array, keyAt: number): number {
  if (table.maxPeersPerAddress > 0) {
    const first = keys[keyAt] | keys[keyAt + 1] << 16;
    return hashAddress(table.keys, first, family === IPV4 ? 0 : keys[keyAt + 2] | keys[keyAt + 3] << 16);
  }
  return hashHalfwords(table.keys, keys, keyAt, COMPACT_HALFWORDS[family]);
}

/** The bucket of `buckets` that a peer with this hash is in. */
export function bucketOf(hash: number, buckets: number): number {
  const mask = (1 << (32 - Math.clz32(buckets - 1))) - 1;
  const bucket = hash & mask;
  return bucket < buckets ? bucket : bucket & (mask >>> 1);
}

/** The bucket out of `buckets` that a draw falls on: any as likely as the next. */
export function bucketDrawn(buckets: number, draw: number): number {
  return (draw / DRAW_END * buckets) >>> 0;
}

/**
 * The position that a draw falls on in that bucket, out of as many as the largest one has peers. Whoever stands where a
 * draw falls is as likely as anybody; in a smaller bucket nobody may stand there, and is to be drawn again.
 */
export function positionDrawn(buckets: number, largest: number, draw: number): number {
  return ((draw / DRAW_END * buckets - bucketDrawn(buckets, draw)) * largest) >>> 0;
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
  words[at] = (words[at] & ~COUNT_MASK) | count;
  const largestAt = (directory + LARGEST) >>> 0;
  // One bucket alone may keep few of many peers for ever: there the bound follows them down.
  if (count > words[largestAt] || bucketsOf(table, directory) === 1) words[largestAt] = count;
}

/** Gives memory back when a bucket's block has become far larger than its peers need. */
export function shrinkBucket(table: PeerTable, family: Family, directory: number, bucket: number): void {
  const count = countOf(table, directory, bucket);
  const capacity = capacityOf(table, directory, bucket);
  if (count === 0) {
    freeBlock(table, blockOf(table, directory, bucket));
    clearEntry(table.peers.words, directory, bucket);
  } else if (capacity > roomyCapacity(count + (count >>> 3) + 1)) {
    resizeBucket(table, family, directory, bucket, roomyCapacity(count));
  }
}

/**
 * Adds a bucket when `peers` are more than the buckets are meant for, and moves the peers there that belong in it.
 * Returns the directory, which may have moved. Without memory nothing changes, and the buckets just grow fuller.
 */
export function splitWhenDue(table: PeerTable, family: Family, directory: number, peers: number): number {
  const buckets = bucketsOf(table, directory);
  if (peers <= buckets * BUCKET_PEERS) return directory;
  const roomy = makeDirectoryRoom(table, directory);
  if (roomy !== 0) splitOne(table, family, roomy, buckets);
  return roomy || directory;
}

/** Joins the last bucket with the one it was split from when `peers` are far fewer than the buckets are meant for. */
export function joinWhenDue(table: PeerTable, family: Family, directory: number, peers: number): boolean {
  const last = bucketsOf(table, directory) - 1;
  if (last === 0 || peers >= last * (BUCKET_PEERS / 2)) return false;
  const target = splitFrom(last);
  const count = countOf(table, directory, target);
  const more = countOf(table, directory, last);
  const sum = count + more;
  if (more > 0) {
    if (sum > BUCKET_MAX) return false;
    const roomy = sum <= capacityOf(table, directory, target) ||
      resizeBucket(table, family, directory, target, roomyCapacity(sum));
    if (!roomy) return false;
    const source = blockOf(table, directory, last);
    const sourceCapacity = capacityOf(table, directory, last);
    const block = blockOf(table, directory, target);
    const capacity = capacityOf(table, directory, target);
    copyPeers(table, family, source, sourceCapacity, 0, block, capacity, count, more);
    setCount(table, directory, target, sum);
  }
  freeBlock(table, blockOf(table, directory, last));
  table.peers.words[directory + BUCKETS] = last;
  if (isPowerOfTwo(last)) findLargest(table, directory);
  return true;
}

/** The bucket that bucket `last` (not 0) is split from, and joined with. */
function splitFrom(last: number): number {
  return last ^ (1 << (31 - Math.clz32(last)));
}

/** Splits the bucket whose turn it is into itself and a new one, the last. The directory has room for it. */
function splitOne(table: PeerTable, family: Family, directory: number, last: number): void {
  const { words } = table.peers;
  const source = splitFrom(last);
  const count = countOf(table, directory, source);
  const block = blockOf(table, directory, source);
  const capacity = capacityOf(table, directory, source);
  let moving = 0;
  for (let position = 0; position < count; position++) {
    if (belongsIn(table, family, block, position, last)) moving++;
  }
  clearEntry(words, directory, last);
  if (moving > 0 && !resizeBucket(table, family, directory, last, roomyCapacity(moving))) return;
  const newBlock = blockOf(table, directory, last);
  const newCapacity = capacityOf(table, directory, last);
  let left = count;
  let moved = 0;
  for (let position = count - 1; moved < moving; position--) {
    if (!belongsIn(table, family, block, position, last)) continue;
    copyPeer(table, family, block, capacity, position, newBlock, newCapacity, moved++);
    left--;
    if (left !== position) copyPeer(table, family, block, capacity, left, block, capacity, position);
  }
  words[directory + BUCKETS] = last + 1;
  setCount(table, directory, source, left);
  setCount(table, directory, last, moved);
  shrinkBucket(table, family, directory, source);
  if (isPowerOfTwo(last + 1)) findLargest(table, directory);
}

/** Whether the peer at `position` belongs in bucket `last` once that is the last one. */
function belongsIn(table: PeerTable, family: Family, block: number, position: number, last: number): boolean {
  const hash = hashPeer(table, family, table.peers.halfwords, compactAt(family, block, position));
  return bucketOf(hash, last + 1) === last;
}

/** Moves a bucket's peers into a new block of `capacity`, which holds them all. False when there is no memory. */
function resizeBucket(
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
  const at = entryAt(directory, bucket);
  words[at] = block;
  words[at + 1] = count | (capacity << CAPACITY_SHIFT);
  freeBlock(table, old);
  return true;
}

/** The directory, moved if need be, with room for a bucket more; 0 when there is no memory. */
function makeDirectoryRoom(table: PeerTable, directory: number): number {
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

function findLargest(table: PeerTable, directory: number): void {
  const buckets = bucketsOf(table, directory);
  let largest = 0;
  for (let bucket = 0; bucket < buckets; bucket++) {
    largest = Math.max(largest, countOf(table, directory, bucket));
  }
  table.peers.words[directory + LARGEST] = largest;
}

function clearEntry(words: Uint32Array, directory: number, bucket: number): void {
  const at = entryAt(directory, bucket);
  words[at] = words[at + 1] = 0;
}

/** Content words of a directory block for so many buckets. */
function entriesWords(buckets: number): number {
  return ENTRIES - 1 + buckets * ENTRY_WORDS;
}

function isPowerOfTwo(value: number): boolean {
  return (value & (value - 1)) === 0;
}
