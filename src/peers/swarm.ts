/**
 * The peers of one torrent in one family: adding, dropping and changing them, and the block that holds them growing
 * and shrinking. The torrent's shard is locked by the caller.
 *
 * Leechers stand at positions 0 up, seeders at the last positions down to the gap. Taking one out moves the innermost
 * of its run into its place, so both runs stay without holes.
 *
 * @module
 */

import {
  blockWords,
  capacityOf,
  clearIndex,
  compactAt,
  flagsAt,
  idAt,
  idBlockWords,
  indexPeer,
  repointPeer,
  unindexPeer,
} from "./block.ts";
import {
  COMPACT_BYTES,
  COMPACT_HALFWORDS,
  FLAG_HAS_ID,
  FLAG_PAUSED,
  HASH_WORDS,
  SHARD_COMPLETED_F64,
  SHARD_LEECHERS,
  SHARD_SEEDERS,
  TORRENT_BLOCK,
  TORRENT_COMPLETED,
  TORRENT_IDS,
  TORRENT_LEECHERS,
  TORRENT_PAUSED,
  TORRENT_SEEDERS,
} from "./layout.ts";
import type { Family } from "./layout.ts";
import { countPeer, uncountPeer } from "./table.ts";
import type { PeerTable } from "./table.ts";

const FIRST_CAPACITY = 2;
/** Blocks up to this capacity are not worth shrinking. */
const SHRINK_ABOVE = 8;

/**
 * Adds a peer that is not there and returns its position, or -1, with nothing changed, when the table is full.
 * `keys[keyAt]` begins its compact form; `minute` is a byte; `id` is read only when FLAG_HAS_ID is set.
 */
export function addPeer(
  table: PeerTable,
  shard: number,
  line: number,
  family: Family,
  seeding: boolean,
  keys: Uint16Array,
  keyAt: number,
  flags: number,
  minute: number,
  id: Uint32Array,
): number {
  if (!countPeer(table)) return -1;
  if (!makeRoom(table, line, family)) {
    uncountPeer(table);
    return -1;
  }
  return putIn(table, shard, line, family, seeding, keys, keyAt, flags, minute, id);
}

/** Drops the peer at `position`. The block keeps its size; see {@linkcode shrinkBlock}. */
export function removePeer(
  table: PeerTable,
  shard: number,
  line: number,
  family: Family,
  position: number,
): void {
  takeOut(table, shard, line, family, position);
  uncountPeer(table);
}

/** Gives the peer at `position`, whose compact form `keys[keyAt]` begins, new flags and minute. Returns its position. */
export function updatePeer(
  table: PeerTable,
  shard: number,
  line: number,
  family: Family,
  position: number,
  seeding: boolean,
  keys: Uint16Array,
  keyAt: number,
  flags: number,
  minute: number,
): number {
  const { torrents } = table;
  if (seeding !== (position >= torrents[line + TORRENT_LEECHERS + family])) {
    if ((flags & FLAG_HAS_ID) !== 0) readPeerId(table, line, family, position, table.heldId);
    takeOut(table, shard, line, family, position);
    return putIn(table, shard, line, family, seeding, keys, keyAt, flags, minute, table.heldId);
  }
  const { bytes } = table.peers;
  const block = torrents[line + TORRENT_BLOCK + family];
  const capacity = capacityOf(table, block);
  const at = flagsAt(family, block, capacity) + position;
  countPaused(table, line, bytes[at], -1);
  countPaused(table, line, flags, 1);
  bytes[at] = flags;
  bytes[at + capacity] = minute;
  return position;
}

/** The flags of the peer at `position`. */
export function flagsOf(table: PeerTable, line: number, family: Family, position: number): number {
  const block = table.torrents[line + TORRENT_BLOCK + family];
  return table.peers.bytes[flagsAt(family, block, capacityOf(table, block)) + position];
}

/** Puts a peer into a block that has room for it and returns its position. */
function putIn(
  table: PeerTable,
  shard: number,
  line: number,
  family: Family,
  seeding: boolean,
  keys: Uint16Array,
  keyAt: number,
  flags: number,
  minute: number,
  id: Uint32Array,
): number {
  const { torrents, peers } = table;
  const block = torrents[line + TORRENT_BLOCK + family];
  const capacity = capacityOf(table, block);
  const position = seeding
    ? capacity - 1 - torrents[line + TORRENT_SEEDERS + family]
    : torrents[line + TORRENT_LEECHERS + family];
  const compact = compactAt(family, block, position);
  for (let i = 0; i < COMPACT_HALFWORDS[family]; i++) peers.halfwords[compact + i] = keys[keyAt + i];
  const at = flagsAt(family, block, capacity) + position;
  peers.bytes[at] = flags;
  peers.bytes[at + capacity] = minute;
  if ((flags & FLAG_HAS_ID) !== 0) setPeerId(table, line, family, position, id);
  indexPeer(table, family, block, position);
  torrents[line + (seeding ? TORRENT_SEEDERS : TORRENT_LEECHERS) + family]++;
  table.control[shard + (seeding ? SHARD_SEEDERS : SHARD_LEECHERS)]++;
  countPaused(table, line, flags, 1);
  return position;
}

function takeOut(table: PeerTable, shard: number, line: number, family: Family, position: number): void {
  const { torrents } = table;
  const block = torrents[line + TORRENT_BLOCK + family];
  const capacity = capacityOf(table, block);
  const leechers = torrents[line + TORRENT_LEECHERS + family];
  const seeding = position >= leechers;
  const innermost = seeding ? capacity - torrents[line + TORRENT_SEEDERS + family] : leechers - 1;
  countPaused(table, line, flagsOf(table, line, family, position), -1);
  unindexPeer(table, family, block, position);
  if (innermost !== position) {
    repointPeer(table, family, block, innermost, position);
    movePeer(table, line, family, block, capacity, innermost, position);
  }
  torrents[line + (seeding ? TORRENT_SEEDERS : TORRENT_LEECHERS) + family]--;
  table.control[shard + (seeding ? SHARD_SEEDERS : SHARD_LEECHERS)]--;
}

function countPaused(table: PeerTable, line: number, flags: number, change: number): void {
  if ((flags & FLAG_PAUSED) !== 0) table.torrents[line + TORRENT_PAUSED] += change;
}

/** Makes the peer at `position` known by the id. */
export function setPeerId(
  table: PeerTable,
  line: number,
  family: Family,
  position: number,
  id: Uint32Array,
): void {
  const words = table.ids!.words;
  const at = idAt(table.torrents[line + TORRENT_IDS + family], position);
  for (let i = 0; i < HASH_WORDS; i++) words[at + i] = id[i];
}

/** Copies the id of the peer at `position` to `target`. */
function readPeerId(
  table: PeerTable,
  line: number,
  family: Family,
  position: number,
  target: Uint32Array,
): void {
  const words = table.ids!.words;
  const at = idAt(table.torrents[line + TORRENT_IDS + family], position);
  for (let i = 0; i < HASH_WORDS; i++) target[i] = words[at + i];
}

/** Raises the torrent's completed count by `more`; it stops at 2^32 - 1. */
export function addCompleted(table: PeerTable, shard: number, line: number, more: number): void {
  const { torrents, controlF64 } = table;
  const before = torrents[line + TORRENT_COMPLETED];
  const after = Math.min(before + more, 0xffffffff);
  torrents[line + TORRENT_COMPLETED] = after;
  controlF64[(shard + SHARD_COMPLETED_F64) / 2] += after - before;
}

/** Makes the block hold `more` further peers, without slack. False, and nothing changed, when there is no memory. */
export function reservePeers(table: PeerTable, line: number, family: Family, more: number): boolean {
  const block = table.torrents[line + TORRENT_BLOCK + family];
  const wanted = peersOf(table, line, family) + more;
  if (block !== 0 && capacityOf(table, block) >= wanted) return true;
  return resizeBlock(table, line, family, Math.max(FIRST_CAPACITY, (wanted + 1) & ~1));
}

/** Gives memory back when the block has become far larger than its peers need. */
export function shrinkBlock(table: PeerTable, line: number, family: Family): void {
  const { torrents } = table;
  const block = torrents[line + TORRENT_BLOCK + family];
  if (block === 0) return;
  const count = peersOf(table, line, family);
  if (count === 0) {
    table.peers.free(block);
    table.ids?.free(torrents[line + TORRENT_IDS + family]);
    torrents[line + TORRENT_BLOCK + family] = 0;
    torrents[line + TORRENT_IDS + family] = 0;
    return;
  }
  const capacity = capacityOf(table, block);
  if (capacity > SHRINK_ABOVE && count <= capacity / 2) resizeBlock(table, line, family, grown(count));
}

/** Peers of the torrent in one family. */
export function peersOf(table: PeerTable, line: number, family: Family): number {
  return table.torrents[line + TORRENT_LEECHERS + family] + table.torrents[line + TORRENT_SEEDERS + family];
}

/** Capacity that leaves room above `count`: a quarter more, and even. */
function grown(count: number): number {
  return count < SHRINK_ABOVE ? (count + 2) & ~1 : (count + (count >>> 2) + 1) & ~1;
}

function makeRoom(table: PeerTable, line: number, family: Family): boolean {
  const block = table.torrents[line + TORRENT_BLOCK + family];
  if (block === 0) return resizeBlock(table, line, family, FIRST_CAPACITY);
  const count = peersOf(table, line, family);
  return count < capacityOf(table, block) || resizeBlock(table, line, family, grown(count));
}

/** Moves the peers into a new block of `capacity`, which holds them all. False when there is no memory. */
function resizeBlock(table: PeerTable, line: number, family: Family, capacity: number): boolean {
  const { torrents, peers, ids } = table;
  const block = peers.allocate(blockWords(family, capacity));
  if (block === 0) return false;
  let idBlock = 0;
  if (ids !== null) {
    idBlock = ids.allocate(idBlockWords(capacity));
    if (idBlock === 0) {
      peers.free(block);
      return false;
    }
  }
  peers.words[block + 1] = capacity;
  clearIndex(table, family, block, capacity);
  const old = torrents[line + TORRENT_BLOCK + family];
  const oldIds = torrents[line + TORRENT_IDS + family];
  torrents[line + TORRENT_BLOCK + family] = block;
  torrents[line + TORRENT_IDS + family] = idBlock;
  if (old === 0) return true;

  const leechers = torrents[line + TORRENT_LEECHERS + family];
  const seeders = torrents[line + TORRENT_SEEDERS + family];
  const oldCapacity = capacityOf(table, old);
  copyRun(table, family, old, oldIds, 0, block, idBlock, 0, leechers);
  copyRun(table, family, old, oldIds, oldCapacity - seeders, block, idBlock, capacity - seeders, seeders);
  for (let i = 0; i < leechers; i++) indexPeer(table, family, block, i);
  for (let i = capacity - seeders; i < capacity; i++) indexPeer(table, family, block, i);
  peers.free(old);
  ids?.free(oldIds);
  return true;
}

/** Copies `count` peers from position `from` of one block to position `to` of another. */
function copyRun(
  table: PeerTable,
  family: Family,
  source: number,
  sourceIds: number,
  from: number,
  target: number,
  targetIds: number,
  to: number,
  count: number,
): void {
  if (count === 0) return;
  const { bytes } = table.peers;
  const stride = COMPACT_BYTES[family];
  const sourceCapacity = capacityOf(table, source);
  const targetCapacity = capacityOf(table, target);
  const compact = compactAt(family, source, from) * 2;
  bytes.copyWithin(compactAt(family, target, to) * 2, compact, compact + count * stride);
  const flags = flagsAt(family, source, sourceCapacity) + from;
  const targetFlags = flagsAt(family, target, targetCapacity) + to;
  bytes.copyWithin(targetFlags, flags, flags + count);
  bytes.copyWithin(targetFlags + targetCapacity, flags + sourceCapacity, flags + sourceCapacity + count);
  if (table.ids !== null) {
    const id = idAt(sourceIds, from);
    table.ids.words.copyWithin(idAt(targetIds, to), id, id + count * HASH_WORDS);
  }
}

/** Copies the peer at `from` over the one at `to`, all but its index entry. */
function movePeer(
  table: PeerTable,
  line: number,
  family: Family,
  block: number,
  capacity: number,
  from: number,
  to: number,
): void {
  const { halfwords, bytes } = table.peers;
  const source = compactAt(family, block, from);
  const target = compactAt(family, block, to);
  for (let i = 0; i < COMPACT_HALFWORDS[family]; i++) halfwords[target + i] = halfwords[source + i];
  const flags = flagsAt(family, block, capacity);
  bytes[flags + to] = bytes[flags + from];
  bytes[flags + capacity + to] = bytes[flags + capacity + from];
  if (table.ids !== null) {
    const idBlock = table.torrents[line + TORRENT_IDS + family];
    const id = idAt(idBlock, from);
    table.ids.words.copyWithin(idAt(idBlock, to), id, id + HASH_WORDS);
  }
}
