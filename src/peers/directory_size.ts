/**
 * How many buckets a directory (directory.ts) has: as many as its peers need, and one at a time is split or joined as they
 * come and go (linear hashing). So no announce ever waits for the peers of a large torrent to be moved. The torrent's shard
 * is locked by the caller.
 *
 * @module
 */

import { compactAt, copyPeer, copyPeers, roomyCapacity } from "./block.ts";
import { bucketOf, hashPeer } from "./bucket_hash.ts";
import {
  blockOf,
  BUCKET_MAX,
  bucketsOf,
  capacityOf,
  clearEntry,
  countOf,
  findLargest,
  giveBlockBack,
  makeDirectoryRoom,
  ownBucket,
  resizeBucket,
  setBuckets,
  setCount,
  shrinkBucket,
} from "./directory.ts";
import { BUCKET_PEERS } from "./layout.ts";
import type { Family } from "./layout.ts";
import type { PeerTable } from "./table.ts";

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
  giveBlockBack(table, directory, last);
  setBuckets(table, directory, last);
  if (isPowerOfTwo(last)) findLargest(table, directory);
  return true;
}

/** The bucket that bucket `last` (not 0) is split from, and joined with. */
function splitFrom(last: number): number {
  return last ^ (1 << (31 - Math.clz32(last)));
}

/** Splits the bucket whose turn it is into itself and a new one, the last. The directory has room for it. */
function splitOne(table: PeerTable, family: Family, directory: number, last: number): void {
  const source = splitFrom(last);
  const count = countOf(table, directory, source);
  ownBucket(table, family, directory, source);
  const block = blockOf(table, directory, source);
  const capacity = capacityOf(table, directory, source);
  let moving = 0;
  for (let position = 0; position < count; position++) {
    if (belongsIn(table, family, block, position, last)) moving++;
  }
  clearEntry(table.peers.words, directory, last);
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
  setBuckets(table, directory, last + 1);
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

function isPowerOfTwo(value: number): boolean {
  return (value & (value - 1)) === 0;
}
