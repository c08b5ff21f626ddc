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
  clearIndex,
  compactAt,
  idAt,
  idBlockOf,
  idBlockWords,
  indexPeer,
  marksAt,
  repointPeer,
  setIdBlock,
  unindexPeer,
} from "./block.ts";
import {
  COMPACT_HALFWORDS,
  FLAG_HAS_ID,
  FLAG_PAUSED,
  FLAG_SEEDING,
  HASH_WORDS,
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
import { countPeer, uncountPeer } from "./table.ts";
import type { PeerTable } from "./table.ts";

const FIRST_CAPACITY = 2;
/** Blocks up to this capacity are not worth shrinking. */
const SHRINK_ABOVE = 8;
/** The id of a peer that has told none. */
const NO_ID = new Uint32Array(HASH_WORDS);

/**
 * Adds a peer that is not there and returns its position, or -1, with nothing changed, when the table is full.
 * `keys[keyAt]` begins its compact form, `id[idFrom]` its id, which is read only when the mark has FLAG_HAS_ID.
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
): number {
  if (!countPeer(table)) return -1;
  if (!makeRoom(table, line, family)) {
    uncountPeer(table);
    return -1;
  }
  return putIn(table, shard, line, family, keys, keyAt, mark, id, idFrom);
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

/** Gives the peer at `position`, whose compact form `keys[keyAt]` begins, a new mark. Returns where it stands then. */
export function updatePeer(
  table: PeerTable,
  shard: number,
  line: number,
  family: Family,
  position: number,
  keys: Uint16Array,
  keyAt: number,
  mark: number,
): number {
  const { halfwords } = table.peers;
  const at = markAt(table, line, family, position);
  const before = halfwords[at];
  if (((before ^ mark) & FLAG_SEEDING) !== 0) {
    if ((mark & FLAG_HAS_ID) !== 0) readPeerId(table, line, family, position, table.heldId);
    takeOut(table, shard, line, family, position);
    return putIn(table, shard, line, family, keys, keyAt, mark, table.heldId, 0);
  }
  if (((before ^ mark) & FLAG_PAUSED) !== 0) {
    countPaused(table, line, before, -1);
    countPaused(table, line, mark, 1);
  }
  halfwords[at] = mark;
  return position;
}

/** The mark of the peer at `position`. */
export function markOf(table: PeerTable, line: number, family: Family, position: number): number {
  return table.peers.halfwords[markAt(table, line, family, position)];
}

function markAt(table: PeerTable, line: number, family: Family, position: number): number {
  const block = table.torrents[line + TORRENT_BLOCK + family];
  const capacity = table.torrents[line + TORRENT_CAPACITY + family];
  return (marksAt(family, block, capacity) + position) >>> 0;
}

/** Puts a peer into a block that has room for it and returns its position. */
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
): number {
  const { torrents, peers } = table;
  const block = torrents[line + TORRENT_BLOCK + family];
  const capacity = torrents[line + TORRENT_CAPACITY + family];
  const seeding = (mark & FLAG_SEEDING) !== 0;
  const position = seeding
    ? capacity - 1 - torrents[line + TORRENT_SEEDERS + family]
    : torrents[line + TORRENT_LEECHERS + family];
  const compact = compactAt(family, block, position);
  for (let i = 0; i < COMPACT_HALFWORDS[family]; i++) peers.halfwords[compact + i] = keys[keyAt + i];
  peers.halfwords[marksAt(family, block, capacity) + position] = mark;
  // Whoever was here before must not lend its id.
  if ((mark & FLAG_HAS_ID) !== 0) setPeerId(table, line, family, position, id, idFrom);
  else if (table.ids !== null) setPeerId(table, line, family, position, NO_ID, 0);
  indexPeer(table, family, block, capacity, position);
  torrents[line + (seeding ? TORRENT_SEEDERS : TORRENT_LEECHERS) + family]++;
  table.control[shard + (seeding ? SHARD_SEEDERS : SHARD_LEECHERS)]++;
  countPaused(table, line, mark, 1);
  return position;
}

function takeOut(table: PeerTable, shard: number, line: number, family: Family, position: number): void {
  const { torrents } = table;
  const block = torrents[line + TORRENT_BLOCK + family];
  const capacity = torrents[line + TORRENT_CAPACITY + family];
  const leechers = torrents[line + TORRENT_LEECHERS + family];
  const seeding = position >= leechers;
  const innermost = seeding ? capacity - torrents[line + TORRENT_SEEDERS + family] : leechers - 1;
  countPaused(table, line, markOf(table, line, family, position), -1);
  unindexPeer(table, family, block, capacity, position);
  if (innermost !== position) {
    repointPeer(table, family, block, capacity, innermost, position);
    movePeer(table, family, block, capacity, innermost, position);
  }
  torrents[line + (seeding ? TORRENT_SEEDERS : TORRENT_LEECHERS) + family]--;
  table.control[shard + (seeding ? SHARD_SEEDERS : SHARD_LEECHERS)]--;
}

function countPaused(table: PeerTable, line: number, mark: number, change: number): void {
  if ((mark & FLAG_PAUSED) !== 0) table.torrents[line + TORRENT_PAUSED] += change;
}

/** Makes the peer at `position` known by the id whose five words begin at `id[from]`. */
export function setPeerId(
  table: PeerTable,
  line: number,
  family: Family,
  position: number,
  id: Uint32Array,
  from: number,
): void {
  const words = table.ids!.words;
  const at = idAt(idBlockOf(table, table.torrents[line + TORRENT_BLOCK + family]), position);
  for (let i = 0; i < HASH_WORDS; i++) words[at + i] = id[from + i];
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
  const at = idAt(idBlockOf(table, table.torrents[line + TORRENT_BLOCK + family]), position);
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
  if (block !== 0 && table.torrents[line + TORRENT_CAPACITY + family] >= wanted) return true;
  return resizeBlock(table, line, family, Math.max(FIRST_CAPACITY, (wanted + 1) & ~1));
}

/** Gives memory back when the block has become far larger than its peers need. */
export function shrinkBlock(table: PeerTable, line: number, family: Family): void {
  const { torrents } = table;
  const block = torrents[line + TORRENT_BLOCK + family];
  if (block === 0) return;
  const count = peersOf(table, line, family);
  if (count === 0) {
    table.ids?.free(idBlockOf(table, block));
    table.peers.free(block);
    torrents[line + TORRENT_BLOCK + family] = 0;
    torrents[line + TORRENT_CAPACITY + family] = 0;
    return;
  }
  const capacity = torrents[line + TORRENT_CAPACITY + family];
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
  return count < table.torrents[line + TORRENT_CAPACITY + family] ||
    resizeBlock(table, line, family, grown(count));
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
  setIdBlock(table, block, idBlock);
  clearIndex(table, family, block, capacity);
  const old = torrents[line + TORRENT_BLOCK + family];
  const oldCapacity = torrents[line + TORRENT_CAPACITY + family];
  torrents[line + TORRENT_BLOCK + family] = block;
  torrents[line + TORRENT_CAPACITY + family] = capacity;
  if (old === 0) return true;

  const leechers = torrents[line + TORRENT_LEECHERS + family];
  const seeders = torrents[line + TORRENT_SEEDERS + family];
  copyRun(table, family, old, oldCapacity, 0, block, capacity, 0, leechers);
  copyRun(
    table,
    family,
    old,
    oldCapacity,
    oldCapacity - seeders,
    block,
    capacity,
    capacity - seeders,
    seeders,
  );
  for (let i = 0; i < leechers; i++) indexPeer(table, family, block, capacity, i);
  for (let i = capacity - seeders; i < capacity; i++) indexPeer(table, family, block, capacity, i);
  ids?.free(idBlockOf(table, old));
  peers.free(old);
  return true;
}

/** Copies `count` peers from position `from` of one block to position `to` of another. */
function copyRun(
  table: PeerTable,
  family: Family,
  source: number,
  sourceCapacity: number,
  from: number,
  target: number,
  targetCapacity: number,
  to: number,
  count: number,
): void {
  if (count === 0) return;
  const { halfwords } = table.peers;
  const compact = compactAt(family, source, from);
  halfwords.copyWithin(compactAt(family, target, to), compact, compact + count * COMPACT_HALFWORDS[family]);
  const marks = marksAt(family, source, sourceCapacity) + from;
  halfwords.copyWithin(marksAt(family, target, targetCapacity) + to, marks, marks + count);
  if (table.ids !== null) {
    const id = idAt(idBlockOf(table, source), from);
    table.ids.words.copyWithin(idAt(idBlockOf(table, target), to), id, id + count * HASH_WORDS);
  }
}

/** Copies the peer at `from` over the one at `to`, all but its index entry. */
function movePeer(
  table: PeerTable,
  family: Family,
  block: number,
  capacity: number,
  from: number,
  to: number,
): void {
  const { halfwords } = table.peers;
  const source = compactAt(family, block, from);
  const target = compactAt(family, block, to);
  for (let i = 0; i < COMPACT_HALFWORDS[family]; i++) halfwords[target + i] = halfwords[source + i];
  const marks = marksAt(family, block, capacity);
  halfwords[marks + to] = halfwords[marks + from];
  if (table.ids !== null) {
    const idBlock = idBlockOf(table, block);
    const id = idAt(idBlock, from);
    table.ids.words.copyWithin(idAt(idBlock, to), id, id + HASH_WORDS);
  }
}
