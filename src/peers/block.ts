/**
 * Peer blocks: their geometry, and the peers in them. See layout.ts. Positions are counted from the front of a block.
 *
 * @module
 */

import {
  BLOCK_HEAD_WORDS,
  COMPACT_BYTES,
  COMPACT_HALFWORDS,
  FLAG_HAS_ID,
  MARK_MINUTE_SHIFT,
} from "./layout.ts";
import type { Family } from "./layout.ts";
import { ID_WORDS, idAt, writeId, writeNoId } from "./peer_ids.ts";
import type { PeerTable } from "./table.ts";

const MARK_BYTES = 2;

/** A peer's mark: its flags, and the minute of its last announce modulo 256. */
export function makeMark(flags: number, minute: number): number {
  return flags | ((minute & 0xff) << MARK_MINUTE_SHIFT);
}

/** Whole minutes, modulo 256, that lie between the announce of `mark` and `minute`. */
export function ageOf(mark: number, minute: number): number {
  return (minute - (mark >>> MARK_MINUTE_SHIFT)) & 0xff;
}

/**
 * The capacity to give a block of `count` peers, so that it need not be moved for each new one: always above `count`. A
 * block with more room than it would be given anew for a few peers more is worth moving again.
 */
export function roomyCapacity(count: number): number {
  return count < 4 ? count + 1 : count < 8 ? (count + 2) & ~1 : (count + 4) & ~3;
}

/** Words of a block for `capacity` peers, without its heap header. */
export function blockWords(family: Family, capacity: number): number {
  return BLOCK_HEAD_WORDS - 1 + ((COMPACT_BYTES[family] + MARK_BYTES) * capacity >>> 2);
}

/** A block for `capacity` peers, and one for their ids where those are kept; 0 when there is no memory. */
export function allocateBlock(table: PeerTable, family: Family, capacity: number): number {
  const { peers, ids } = table;
  const block = peers.allocate(blockWords(family, capacity));
  if (block === 0) return 0;
  let idBlock = 0;
  if (ids !== null) {
    idBlock = ids.allocate(ID_WORDS * capacity);
    if (idBlock === 0) {
      peers.free(block);
      return 0;
    }
  }
  peers.words[block + 1] = idBlock;
  return block;
}

/** Gives a block back, and the one with its ids. 0 is ignored. */
export function freeBlock(table: PeerTable, block: number): void {
  if (block === 0) return;
  table.ids?.free(table.peers.words[block + 1]);
  table.peers.free(block);
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

/** The position from `from` to before `to` of the peer whose compact form begins at `keys[keyAt]`, or -1. */
export function findInBlock(
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
  // Ports differ most among the peers of a torrent: compare them first, four at a time.
  const port = keys[keyAt + stride - 1];
  let position = from;
  let at = (compactAt(family, block, from) + stride - 1) >>> 0;
  while (position < to) {
    while (
      position + 4 <= to && halfwords[at] !== port && halfwords[(at + stride) >>> 0] !== port &&
      halfwords[(at + stride * 2) >>> 0] !== port && halfwords[(at + stride * 3) >>> 0] !== port
    ) {
      position += 4;
      at = (at + stride * 4) >>> 0;
    }
    for (const end = Math.min(position + 4, to); position < end; position++, at = (at + stride) >>> 0) {
      if (halfwords[at] === port && samePeer(table, family, at - stride + 1, keys, keyAt)) return position;
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

/**
 * Writes a peer to a position: its compact form begins at `keys[keyAt]`, its id at `id[idFrom]`, which is read only when
 * the mark has FLAG_HAS_ID.
 */
export function writePeer(
  table: PeerTable,
  family: Family,
  block: number,
  capacity: number,
  position: number,
  keys: Uint16Array,
  keyAt: number,
  mark: number,
  id: Uint32Array,
  idFrom: number,
): void {
  const { halfwords } = table.peers;
  const compact = compactAt(family, block, position);
  for (let i = 0; i < COMPACT_HALFWORDS[family]; i++) halfwords[(compact + i) >>> 0] = keys[keyAt + i];
  halfwords[(marksAt(family, block, capacity) + position) >>> 0] = mark;
  if (table.ids === null) return;
  // Whoever was here before must not lend its id.
  if ((mark & FLAG_HAS_ID) !== 0) writeId(table, block, position, id, idFrom);
  else writeNoId(table, block, position);
}

/** Copies the peer at position `from` of one block over position `to` of another, or of the same one. */
export function copyPeer(
  table: PeerTable,
  family: Family,
  source: number,
  sourceCapacity: number,
  from: number,
  target: number,
  targetCapacity: number,
  to: number,
): void {
  const { halfwords } = table.peers;
  const at = compactAt(family, source, from);
  const targetAt = compactAt(family, target, to);
  for (let i = 0; i < COMPACT_HALFWORDS[family]; i++) {
    halfwords[(targetAt + i) >>> 0] = halfwords[(at + i) >>> 0];
  }
  const mark = halfwords[(marksAt(family, source, sourceCapacity) + from) >>> 0];
  halfwords[(marksAt(family, target, targetCapacity) + to) >>> 0] = mark;
  if (table.ids === null) return;
  const { words } = table.ids;
  const id = idAt(table, source, from);
  const targetId = idAt(table, target, to);
  for (let i = 0; i < ID_WORDS; i++) words[(targetId + i) >>> 0] = words[(id + i) >>> 0];
}

/** Copies `count` peers from position `from` of one block to position `to` of another. */
export function copyPeers(
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
  if (table.ids === null) return;
  const id = idAt(table, source, from);
  table.ids.words.copyWithin(idAt(table, target, to), id, id + count * ID_WORDS);
}
