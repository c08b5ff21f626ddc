/**
 * Peer blocks: their geometry, and the index by which a peer is found in a large one. See layout.ts.
 *
 * The index is an open-addressed table of positions (plus one; 0 = empty), as narrow as the capacity allows, a third
 * larger than the capacity. Its hash is keyed: nobody can choose ports that meet in one slot.
 *
 * @module
 */

import {
  BLOCK_HEAD_WORDS,
  COMPACT_BYTES,
  COMPACT_HALFWORDS,
  HASH_WORDS,
  LINEAR_MAX,
  MARK_MINUTE_SHIFT,
} from "./layout.ts";
import type { Family } from "./layout.ts";
import { hashHalfwords } from "./keyed_hash.ts";
import type { PeerTable } from "./table.ts";

const MARK_BYTES = 2;

/** The block with the ids of a block's peers. */
export function idBlockOf(table: PeerTable, block: number): number {
  return table.peers.words[block + 1];
}

/** Says which block has the ids of a block's peers. */
export function setIdBlock(table: PeerTable, block: number, idBlock: number): void {
  table.peers.words[block + 1] = idBlock;
}

/** Content words of a peer block for `capacity` peers. */
export function blockWords(family: Family, capacity: number): number {
  const bytes = (COMPACT_BYTES[family] + MARK_BYTES) * capacity + indexSize(capacity) * indexWidth(capacity);
  return BLOCK_HEAD_WORDS - 1 + Math.ceil(bytes / 4);
}

/** Content words of a peer-id block for `capacity` peers. */
export function idBlockWords(capacity: number): number {
  return HASH_WORDS * capacity;
}

/** A peer's mark: its flags, and the minute of its last announce modulo 256. */
export function makeMark(flags: number, minute: number): number {
  return flags | ((minute & 0xff) << MARK_MINUTE_SHIFT);
}

/** Whole minutes, modulo 256, that lie between the announce of `mark` and `minute`. */
export function ageOf(mark: number, minute: number): number {
  return (minute - (mark >>> MARK_MINUTE_SHIFT)) & 0xff;
}

// Addresses fit 32 bits; saying so (>>> 0) keeps their arithmetic in whole numbers, several times as fast.

/** Index in `halfwords` of the compact peer at `position`. */
export function compactAt(family: Family, block: number, position: number): number {
  return ((block + BLOCK_HEAD_WORDS) * 2 + position * COMPACT_HALFWORDS[family]) >>> 0;
}

/** Index in `halfwords` of the mark of position 0; the others follow. */
export function marksAt(family: Family, block: number, capacity: number): number {
  return ((block + BLOCK_HEAD_WORDS) * 2 + capacity * COMPACT_HALFWORDS[family]) >>> 0;
}

/** Index in `words` of the id of the peer at `position`. */
export function idAt(idBlock: number, position: number): number {
  return (idBlock + 1 + position * HASH_WORDS) >>> 0;
}

/** Where the index of a block begins, as an index in `bytes`. */
function indexAt(family: Family, block: number, capacity: number): number {
  return ((block + BLOCK_HEAD_WORDS) * 4 + capacity * (COMPACT_BYTES[family] + MARK_BYTES)) >>> 0;
}

/** Slots of the index of a block of `capacity` positions; 0 where there is none. */
function indexSize(capacity: number): number {
  return capacity <= LINEAR_MAX ? 0 : Math.floor(capacity * 4 / 3) + 1;
}

/** Bytes of a slot: a position plus one must fit. */
function indexWidth(capacity: number): number {
  return capacity < 0xff ? 1 : capacity < 0xffff ? 2 : 4;
}

/** The key's home slot out of `size`. `keys` holds the compact peer from `keyAt` on. */
function homeSlot(
  table: PeerTable,
  family: Family,
  keys: Uint16Array,
  keyAt: number,
  size: number,
): number {
  const hash = hashHalfwords(table.keys, keys, keyAt, COMPACT_HALFWORDS[family]);
  return Math.floor((hash >>> 0) * 2 ** -32 * size);
}

function slotValue(table: PeerTable, indexAt: number, width: number, slot: number): number {
  if (width === 1) return table.peers.bytes[(indexAt + slot) >>> 0];
  if (width === 2) return table.peers.halfwords[((indexAt >>> 1) + slot) >>> 0];
  return table.peers.words[((indexAt >>> 2) + slot) >>> 0];
}

function setSlot(table: PeerTable, indexAt: number, width: number, slot: number, value: number): void {
  if (width === 1) table.peers.bytes[(indexAt + slot) >>> 0] = value;
  else if (width === 2) table.peers.halfwords[((indexAt >>> 1) + slot) >>> 0] = value;
  else table.peers.words[((indexAt >>> 2) + slot) >>> 0] = value;
}

/** Empties the index of a block. */
export function clearIndex(table: PeerTable, family: Family, block: number, capacity: number): void {
  const start = indexAt(family, block, capacity);
  table.peers.bytes.fill(0, start, start + indexSize(capacity) * indexWidth(capacity));
}

/**
 * The position of the peer whose compact form begins at `keys[keyAt]`, or -1. Leechers are at 0 to `leechers` - 1,
 * seeders at the last `seeders` positions.
 */
export function findPeer(
  table: PeerTable,
  family: Family,
  block: number,
  capacity: number,
  leechers: number,
  seeders: number,
  keys: Uint16Array,
  keyAt: number,
): number {
  if (capacity <= LINEAR_MAX) {
    const position = scan(table, family, block, 0, leechers, keys, keyAt);
    return position >= 0 ? position : scan(table, family, block, capacity - seeders, capacity, keys, keyAt);
  }
  const size = indexSize(capacity);
  const width = indexWidth(capacity);
  const start = indexAt(family, block, capacity);
  let slot = homeSlot(table, family, keys, keyAt, size);
  for (;;) {
    const position = slotValue(table, start, width, slot) - 1;
    if (position < 0) return -1;
    if (samePeer(table, family, compactAt(family, block, position), keys, keyAt)) return position;
    if (++slot === size) slot = 0;
  }
}

/**
 * Where in `bytes` the index is first asked for the peer whose compact form begins at `keys[keyAt]`; in a block without
 * index, where its marks begin. Reads nothing of the block.
 */
export function indexedAt(
  table: PeerTable,
  family: Family,
  block: number,
  capacity: number,
  keys: Uint16Array,
  keyAt: number,
): number {
  const size = indexSize(capacity);
  if (size === 0) return marksAt(family, block, capacity) * 2;
  const slot = homeSlot(table, family, keys, keyAt, size);
  return (indexAt(family, block, capacity) + slot * indexWidth(capacity)) >>> 0;
}

/** Enters the peer at `position`, whose compact form is already there, into the index. */
export function indexPeer(
  table: PeerTable,
  family: Family,
  block: number,
  capacity: number,
  position: number,
): void {
  if (capacity <= LINEAR_MAX) return;
  const size = indexSize(capacity);
  const width = indexWidth(capacity);
  const start = indexAt(family, block, capacity);
  let slot = homeSlot(table, family, table.peers.halfwords, compactAt(family, block, position), size);
  while (slotValue(table, start, width, slot) !== 0) if (++slot === size) slot = 0;
  setSlot(table, start, width, slot, position + 1);
}

/** Makes the index entry of the peer at `from` say `to`; both compact forms are as before the move. */
export function repointPeer(
  table: PeerTable,
  family: Family,
  block: number,
  capacity: number,
  from: number,
  to: number,
): void {
  if (capacity <= LINEAR_MAX) return;
  const width = indexWidth(capacity);
  const start = indexAt(family, block, capacity);
  setSlot(table, start, width, slotOf(table, family, block, capacity, from), to + 1);
}

/** Takes the peer at `position` out of the index; its compact form and all others are still in place. */
export function unindexPeer(
  table: PeerTable,
  family: Family,
  block: number,
  capacity: number,
  position: number,
): void {
  if (capacity <= LINEAR_MAX) return;
  const { halfwords } = table.peers;
  const size = indexSize(capacity);
  const width = indexWidth(capacity);
  const start = indexAt(family, block, capacity);
  let hole = slotOf(table, family, block, capacity, position);
  // Close the gap: an entry whose home is not between the hole and itself moves into the hole.
  let slot = hole;
  for (;;) {
    if (++slot === size) slot = 0;
    const value = slotValue(table, start, width, slot);
    if (value === 0) break;
    const home = homeSlot(table, family, halfwords, compactAt(family, block, value - 1), size);
    if (cyclic(slot - home, size) >= cyclic(slot - hole, size)) {
      setSlot(table, start, width, hole, value);
      hole = slot;
    }
  }
  setSlot(table, start, width, hole, 0);
}

function slotOf(table: PeerTable, family: Family, block: number, capacity: number, position: number): number {
  const size = indexSize(capacity);
  const width = indexWidth(capacity);
  const start = indexAt(family, block, capacity);
  let slot = homeSlot(table, family, table.peers.halfwords, compactAt(family, block, position), size);
  while (slotValue(table, start, width, slot) !== position + 1) if (++slot === size) slot = 0;
  return slot;
}

function cyclic(distance: number, size: number): number {
  return distance < 0 ? distance + size : distance;
}

function scan(
  table: PeerTable,
  family: Family,
  block: number,
  from: number,
  to: number,
  keys: Uint16Array,
  keyAt: number,
): number {
  const { halfwords } = table.peers;
  const stride = COMPACT_HALFWORDS[family];
  // Ports differ most among the peers of a torrent: compare them first.
  const port = keys[keyAt + stride - 1];
  let at = compactAt(family, block, from);
  for (let position = from; position < to; position++, at = (at + stride) >>> 0) {
    if (halfwords[(at + stride - 1) >>> 0] === port && samePeer(table, family, at, keys, keyAt)) {
      return position;
    }
  }
  return -1;
}

function samePeer(table: PeerTable, family: Family, at: number, keys: Uint16Array, keyAt: number): boolean {
  const { halfwords } = table.peers;
  const stride = COMPACT_HALFWORDS[family];
  for (let i = 0; i < stride; i++) if (halfwords[(at + i) >>> 0] !== keys[keyAt + i]) return false;
  return true;
}
