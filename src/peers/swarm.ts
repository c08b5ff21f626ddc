/**
 * The peers of one torrent in one family: finding, adding, dropping and changing them, and the memory that holds them
 * growing and shrinking. The torrent's shard is locked by the caller.
 *
 * In a torrent without directories leechers stand at positions 0 up, seeders at the last positions down to the gap; in a
 * bucket all stand at positions 0 up. Taking one out moves the innermost of its run into its place, so that no run has holes.
 *
 * @module
 */

import { copyPeer, findInBlock, marksAt, writePeer } from "./block.ts";
import { bucketOf, hashPeer } from "./bucket_hash.ts";
import {
  blockOf,
  bucketsOf,
  capacityOf,
  countOf,
  isFrozen,
  makeBucketRoom,
  ownBucket,
  setCount,
} from "./directory.ts";
import { splitWhenDue } from "./directory_size.ts";
import {
  DIRECTORIES,
  FLAG_HAS_ID,
  FLAG_PAUSED,
  FLAG_SEEDING,
  SHARD_COMPLETED_F64,
  SHARD_LEECHERS,
  SHARD_SEEDERS,
  TORRENT_BLOCK,
  TORRENT_CAPACITY,
  TORRENT_COMPLETED,
  TORRENT_LEECHERS,
  TORRENT_PAUSED,
  TORRENT_SEEDERS,
} from "./layout.ts";
import type { Family } from "./layout.ts";
import { readIds, releaseId, writeId } from "./peer_ids.ts";
import { blockCapacity, directoryOf, hasDirectories } from "./runs.ts";
import { makeRoom } from "./swarm_size.ts";
import { countPeers, uncountPeers } from "./table.ts";
import type { PeerTable } from "./table.ts";

/**
 * Looks for the peer whose compact form begins at `keys[keyAt]`, first in the role it is `likelySeeding` in. When it is
 * there, `table.place` says where.
 */
export function findPeer(
  table: PeerTable,
  line: number,
  family: Family,
  keys: Uint16Array,
  keyAt: number,
  likelySeeding: boolean,
): boolean {
  const { torrents, place } = table;
  const block = torrents[line + TORRENT_BLOCK + family];
  if (block === 0) return false;
  if (hasDirectories(table, line, family)) {
    const hash = hashPeer(table, family, keys, keyAt);
    return findInDirectory(table, line, family, keys, keyAt, hash, likelySeeding) ||
      findInDirectory(table, line, family, keys, keyAt, hash, !likelySeeding);
  }
  const capacity = blockCapacity(table, line, family);
  const leechers = torrents[line + TORRENT_LEECHERS + family];
  const firstSeeder = capacity - torrents[line + TORRENT_SEEDERS + family];
  let position = findInBlock(table, family, block, 0, leechers, keys, keyAt);
  if (position < 0) position = findInBlock(table, family, block, firstSeeder, capacity, keys, keyAt);
  if (position < 0) return false;
  place.stand(block, capacity, position, position >= leechers, 0);
  return true;
}

function findInDirectory(
  table: PeerTable,
  line: number,
  family: Family,
  keys: Uint16Array,
  keyAt: number,
  hash: number,
  seeding: boolean,
): boolean {
  const { place } = table;
  const directory = directoryOf(table, line, family, seeding);
  const bucket = bucketOf(hash, bucketsOf(table, directory));
  const block = blockOf(table, directory, bucket);
  const position = findInBlock(table, family, block, 0, countOf(table, directory, bucket), keys, keyAt);
  if (position < 0) return false;
  place.stand(block, capacityOf(table, directory, bucket), position, seeding, bucket);
  return true;
}

/**
 * Adds a peer that is not there; `table.place` says where it stands then. False, with nothing changed, when the table is
 * full. `keys[keyAt]` begins its compact form, `id[idFrom]` its id, which is read only when the mark has FLAG_HAS_ID.
 */
export function addPeer(
  table: PeerTable,
  shard: number,
  line: number,
  family: Family,
  keys: Uint16Array,
  keyAt: number,
  mark: number,
  id: Uint32Array,
  idFrom: number,
): boolean {
  if (!countPeers(table, 1)) return false;
  if (
    makeRoom(table, line, family) && putIn(table, shard, line, family, keys, keyAt, mark, id, idFrom)
  ) return true;
  uncountPeers(table, 1);
  return false;
}

/** Drops the peer at `table.place`. Its memory stays the torrent's until swarm_size.ts gives it back. */
export function removePeer(table: PeerTable, shard: number, line: number, family: Family): void {
  takeOut(table, shard, line, family);
  uncountPeers(table, 1);
}

/**
 * Gives the peer at `table.place`, whose compact form `keys[keyAt]` begins, a new mark; `table.place` says where it stands
 * then. Only when there is no memory for it among the peers of its new role does it keep the old.
 */
export function updatePeer(
  table: PeerTable,
  shard: number,
  line: number,
  family: Family,
  keys: Uint16Array,
  keyAt: number,
  mark: number,
): void {
  const before = markOf(table, family);
  if (((before ^ mark) & FLAG_SEEDING) !== 0) {
    changeRole(table, shard, line, family, keys, keyAt, mark);
    return;
  }
  if (((before ^ mark) & FLAG_PAUSED) !== 0) {
    countPaused(table, line, before, -1);
    countPaused(table, line, mark, 1);
  }
  ownPlace(table, line, family);
  table.peers.halfwords[markAt(table, family)] = mark;
}

function changeRole(
  table: PeerTable,
  shard: number,
  line: number,
  family: Family,
  keys: Uint16Array,
  keyAt: number,
  mark: number,
): void {
  const { place, heldPlace, heldId } = table;
  if ((mark & FLAG_HAS_ID) !== 0) readIds(table, place.block, place.position, 1, heldId, 0);
  if (!hasDirectories(table, line, family)) {
    takeOut(table, shard, line, family);
    putIn(table, shard, line, family, keys, keyAt, mark, heldId, 0);
    return;
  }
  heldPlace.become(place);
  if (!putIn(table, shard, line, family, keys, keyAt, mark, heldId, 0)) {
    // Seeders are never paused.
    updatePeer(table, shard, line, family, keys, keyAt, (mark ^ FLAG_SEEDING) & ~FLAG_PAUSED);
    return;
  }
  const { block, capacity, position, seeding, bucket } = place;
  place.become(heldPlace);
  takeOut(table, shard, line, family);
  place.stand(block, capacity, position, seeding, bucket);
}

/** The mark of the peer at `table.place`. */
export function markOf(table: PeerTable, family: Family): number {
  return table.peers.halfwords[markAt(table, family)];
}

/** Makes the peer at `table.place` known by the id whose five words begin at `id[from]`. */
export function setPeerId(table: PeerTable, id: Uint32Array, from: number): void {
  const { block, position } = table.place;
  releaseId(table, block, position);
  writeId(table, block, position, id, from);
}

/** Raises the torrent's completed count by `more`; it stops at 2^32 - 1. */
export function addCompleted(table: PeerTable, shard: number, line: number, more: number): void {
  const { torrents, controlF64 } = table;
  const before = torrents[line + TORRENT_COMPLETED];
  const after = Math.min(before + more, 0xffffffff);
  torrents[line + TORRENT_COMPLETED] = after;
  controlF64[(shard + SHARD_COMPLETED_F64) / 2] += after - before;
}

function markAt(table: PeerTable, family: Family): number {
  const { place } = table;
  return (marksAt(family, place.block, place.capacity) + place.position) >>> 0;
}

/** Puts a peer in and sets `table.place`. A block without directories has room; false when a bucket has none. */
function putIn(
  table: PeerTable,
  shard: number,
  line: number,
  family: Family,
  keys: Uint16Array,
  keyAt: number,
  mark: number,
  id: Uint32Array,
  idFrom: number,
): boolean {
  const { torrents, place } = table;
  const seeding = (mark & FLAG_SEEDING) !== 0;
  const countAt = line + (seeding ? TORRENT_SEEDERS : TORRENT_LEECHERS) + family;
  const count = torrents[countAt];
  if (hasDirectories(table, line, family)) {
    if (!placeInBucket(table, line, family, keys, keyAt, seeding, count)) return false;
  } else {
    const capacity = blockCapacity(table, line, family);
    const position = seeding ? capacity - 1 - count : count;
    place.stand(torrents[line + TORRENT_BLOCK + family], capacity, position, seeding, 0);
  }
  writePeer(table, family, place.block, place.capacity, place.position, keys, keyAt, mark, id, idFrom);
  torrents[countAt] = count + 1;
  table.control[shard + (seeding ? SHARD_SEEDERS : SHARD_LEECHERS)]++;
  countPaused(table, line, mark, 1);
  return true;
}

/** Takes a position in the bucket of a new peer, one more than `count` of its role; false when there is no memory. */
function placeInBucket(
  table: PeerTable,
  line: number,
  family: Family,
  keys: Uint16Array,
  keyAt: number,
  seeding: boolean,
  count: number,
): boolean {
  const { torrents, place } = table;
  const before = directoryOf(table, line, family, seeding);
  const directory = splitWhenDue(table, family, before, count + 1);
  if (seeding) torrents[line + TORRENT_CAPACITY + family] = directory | DIRECTORIES;
  else torrents[line + TORRENT_BLOCK + family] = directory;
  const bucket = bucketOf(hashPeer(table, family, keys, keyAt), bucketsOf(table, directory));
  if (!makeBucketRoom(table, family, directory, bucket)) return false;
  const position = countOf(table, directory, bucket);
  const block = blockOf(table, directory, bucket);
  place.stand(block, capacityOf(table, directory, bucket), position, seeding, bucket);
  setCount(table, directory, bucket, position + 1);
  return true;
}

/** Takes the peer at `table.place` out of its run. */
function takeOut(table: PeerTable, shard: number, line: number, family: Family): void {
  ownPlace(table, line, family);
  const { torrents, place } = table;
  const { block, capacity, position, seeding, bucket } = place;
  const countAt = line + (seeding ? TORRENT_SEEDERS : TORRENT_LEECHERS) + family;
  const left = torrents[countAt] - 1;
  countPaused(table, line, markOf(table, family), -1);
  let innermost = seeding ? capacity - 1 - left : left;
  if (hasDirectories(table, line, family)) {
    const directory = directoryOf(table, line, family, seeding);
    innermost = countOf(table, directory, bucket) - 1;
    setCount(table, directory, bucket, innermost);
  }
  if (table.ids !== null) releaseId(table, block, position);
  if (innermost !== position) copyPeer(table, family, block, capacity, innermost, block, capacity, position);
  torrents[countAt] = left;
  table.control[shard + (seeding ? SHARD_SEEDERS : SHARD_LEECHERS)]--;
}

/** To be called before the peer at `table.place`, or the peers it stands among, are changed where they are. */
function ownPlace(table: PeerTable, line: number, family: Family): void {
  if (!hasDirectories(table, line, family)) return;
  const { place } = table;
  const directory = directoryOf(table, line, family, place.seeding);
  if (!isFrozen(table, directory, place.bucket)) return;
  ownBucket(table, family, directory, place.bucket);
  place.block = blockOf(table, directory, place.bucket);
}

function countPaused(table: PeerTable, line: number, mark: number, change: number): void {
  if ((mark & FLAG_PAUSED) !== 0) table.torrents[line + TORRENT_PAUSED] += change;
}
