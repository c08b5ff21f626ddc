/**
 * A heap in shared memory, used by all threads: blocks of any size, freed blocks joined with their neighbours, both
 * in constant time (two-level segregated fit). Memory is touched from the start on as it is used; the reserve
 * behind costs nothing.
 *
 * A block is a number: the word its header lies in, always even; 0 is no block. Its content begins one word later.
 *
 * ```
 * header (u32)   size in units of 8 bytes << 2 | previous block is free << 1 | this block is free
 * free block     header, next in its list, previous in its list, ..., size in its last word
 * ```
 *
 * @module
 */

import { lock, unlock } from "./lock.ts";

const FREE = 1;
const PREVIOUS_FREE = 2;
const FLAGS_BITS = 2;

const WORDS_PER_UNIT = 2;
const MIN_UNITS = 2;

/** Each power of two of sizes is cut into 16 lists; sizes under 16 units have a list each. */
const LIST_BITS = 4;
const LISTS = 1 << LIST_BITS;
const LEVELS = 28;
/** Blocks that are looked at in a list of which only some are large enough. */
const LOOKS_MAX = 4;

// Words at the start of the buffer.
const LOCK = 0;
const USED_UNITS = 1;
const LEVEL_MAP = 2;
const LIST_MAPS = 4;
const HEADS = LIST_MAPS + LEVELS;
const FIRST_BLOCK = HEADS + LEVELS * LISTS;

/** Largest buffer a heap can manage: the index of a byte must fit 32 bits, so that addresses stay 32-bit arithmetic. */
export const HEAP_BYTES_MAX = 2 ** 32 - 2 ** 16;

/** A heap over a shared buffer; every thread has its own object over the same memory. */
export class Heap {
  readonly buffer: SharedArrayBuffer;
  readonly words: Uint32Array<SharedArrayBuffer>;
  readonly halfwords: Uint16Array<SharedArrayBuffer>;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly #locks: Int32Array<SharedArrayBuffer>;

  /** Views of `buffer`, which must have been through {@linkcode formatHeap} once. */
  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    const length = buffer.byteLength;
    // Views of a fixed length: those that follow a growable buffer's length are many times slower.
    this.words = new Uint32Array(buffer, 0, length / 4);
    this.halfwords = new Uint16Array(buffer, 0, length / 2);
    this.bytes = new Uint8Array(buffer, 0, length);
    this.#locks = new Int32Array(buffer, 0, 1);
  }

  /** Bytes in blocks that are taken, headers included. */
  get bytesUsed(): number {
    return this.words[USED_UNITS] * WORDS_PER_UNIT * 4 + FIRST_BLOCK * 4;
  }

  /** Whether less than a quarter of it is free: then it is to be left to those who cannot do without. */
  get isScarce(): boolean {
    return this.bytesUsed > this.buffer.byteLength * 0.75;
  }

  /** A block with room for `contentWords` words, its content undefined; 0 when there is none. */
  allocate(contentWords: number): number {
    const units = Math.max(MIN_UNITS, (contentWords + 2) >>> 1);
    lock(this.#locks, LOCK);
    try {
      return this.#take(units);
    } finally {
      unlock(this.#locks, LOCK);
    }
  }

  /** Words of content that a taken block has room for, which may be one more than were asked for. */
  contentWords(block: number): number {
    return (this.words[block] >>> FLAGS_BITS) * WORDS_PER_UNIT - 1;
  }

  /** Gives a block back. 0 is ignored. */
  free(block: number): void {
    if (block === 0) return;
    lock(this.#locks, LOCK);
    try {
      this.#giveBack(block);
    } finally {
      unlock(this.#locks, LOCK);
    }
  }

  #take(units: number): number {
    const words = this.words;
    const block = this.#fitting(units);
    if (block === 0) return 0;
    const found = words[block] >>> FLAGS_BITS;
    this.#unlink(block, found);
    const rest = found - units;
    const next = block + found * WORDS_PER_UNIT;
    if (rest >= MIN_UNITS) {
      this.#release(block + units * WORDS_PER_UNIT, rest);
      words[block] = units << FLAGS_BITS;
      words[USED_UNITS] += units;
    } else {
      words[block] = found << FLAGS_BITS;
      words[next] &= ~PREVIOUS_FREE;
      words[USED_UNITS] += found;
    }
    return block;
  }

  #giveBack(block: number): void {
    const words = this.words;
    const header = words[block];
    let start = block;
    let units = header >>> FLAGS_BITS;
    words[USED_UNITS] -= units;
    const next = block + units * WORDS_PER_UNIT;
    if ((header & PREVIOUS_FREE) !== 0) {
      const before = words[block - 1];
      start -= before * WORDS_PER_UNIT;
      this.#unlink(start, before);
      units += before;
    }
    if ((words[next] & FREE) !== 0) {
      const after = words[next] >>> FLAGS_BITS;
      this.#unlink(next, after);
      units += after;
    }
    this.#release(start, units);
  }

  /** Makes `units` from `start` on one free block; the block before it is taken. */
  #release(start: number, units: number): void {
    const words = this.words;
    words[start] = (units << FLAGS_BITS) | FREE;
    words[start + units * WORDS_PER_UNIT - 1] = units;
    words[start + units * WORDS_PER_UNIT] |= PREVIOUS_FREE;
    const list = listOf(units);
    const level = list >>> LIST_BITS;
    const head = words[HEADS + list];
    words[start + 1] = head;
    words[start + 2] = 0;
    if (head !== 0) words[head + 2] = start;
    words[HEADS + list] = start;
    words[LIST_MAPS + level] |= 1 << (list & (LISTS - 1));
    words[LEVEL_MAP] |= 1 << level;
  }

  #unlink(block: number, units: number): void {
    const words = this.words;
    const next = words[block + 1];
    const previous = words[block + 2];
    if (next !== 0) words[next + 2] = previous;
    if (previous !== 0) {
      words[previous + 1] = next;
      return;
    }
    const list = listOf(units);
    words[HEADS + list] = next;
    if (next !== 0) return;
    const level = list >>> LIST_BITS;
    words[LIST_MAPS + level] &= ~(1 << (list & (LISTS - 1)));
    if (words[LIST_MAPS + level] === 0) words[LEVEL_MAP] &= ~(1 << level);
  }

  /** First block of the smallest list all of whose blocks have `units` units or more. */
  #fitting(units: number): number {
    const words = this.words;
    // A list holds a range of sizes. Some blocks of the one that this size falls in may be large enough:
    if (units >= LISTS) {
      let block = words[HEADS + listOf(units)];
      for (let looks = 0; block !== 0 && looks < LOOKS_MAX; looks++) {
        if (words[block] >>> FLAGS_BITS >= units) return block;
        block = words[block + 1];
      }
    }
    // else all are in the first list that begins at or above what is asked for, or in one behind it.
    const rounded = units < LISTS ? units : units + (1 << (31 - Math.clz32(units) - LIST_BITS)) - 1;
    const list = listOf(rounded);
    let level = list >>> LIST_BITS;
    if (level >= LEVELS) return 0;
    let lists = words[LIST_MAPS + level] & (-1 << (list & (LISTS - 1)));
    if (lists === 0) {
      const levels = words[LEVEL_MAP] & (-1 << (level + 1));
      if (levels === 0) return 0;
      level = lowestBit(levels);
      lists = words[LIST_MAPS + level];
    }
    return words[HEADS + (level << LIST_BITS) + lowestBit(lists)];
  }
}

/** Makes an all-zero buffer a heap of one free block. Once, before any thread uses it. */
export function formatHeap(buffer: SharedArrayBuffer): void {
  const heap = new Heap(buffer);
  const units = Math.floor((buffer.byteLength / 4 - FIRST_BLOCK) / WORDS_PER_UNIT) - 1;
  // As if the whole room were one taken block, followed by a taken one without size that ends the heap.
  heap.words[FIRST_BLOCK] = units << FLAGS_BITS;
  heap.words[USED_UNITS] = units;
  heap.free(FIRST_BLOCK);
}

/** The list that a free block of `units` units is in. */
function listOf(units: number): number {
  if (units < LISTS) return units;
  const log = 31 - Math.clz32(units);
  return ((log - LIST_BITS + 1) << LIST_BITS) | ((units >>> (log - LIST_BITS)) & (LISTS - 1));
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
