// A heap in which every block is filled with words of its own, so that a block that another one touches shows it.

import { assert, assertEquals } from "@std/assert";
import { formatHeap, Heap } from "../../src/peers/heap.ts";

/** Room of the heaps under test, in units of 8 bytes. */
export const ROOM_UNITS = 4096;
/** Content words of the one block that takes the whole room: a word of every block is its header. */
export const WHOLE_WORDS = ROOM_UNITS * 2 - 1;

/** Bytes that an empty heap uses for itself. */
export const EMPTY_BYTES = new Heap(newBuffer(2 ** 16)).bytesUsed;

/** A formatted heap whose room is exactly ROOM_UNITS; the unit behind them is its end mark. */
export function newHeapBuffer(): SharedArrayBuffer {
  return newBuffer(EMPTY_BYTES + (ROOM_UNITS + 1) * 8);
}

function newBuffer(bytes: number): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(bytes);
  formatHeap(buffer);
  return buffer;
}

/** Units that a block with `words` words of content needs: a word of header more, and no block is below 2. */
export function unitsFor(words: number): number {
  return Math.max(2, Math.ceil((words + 1) / 2));
}

interface FilledBlock {
  block: number;
  words: number;
  stamp: number;
}

/** One user of a heap; it holds at most one block in each of its places. */
export class HeapUser {
  readonly heap: Heap;
  readonly blocks = new Map<number, FilledBlock>();
  readonly #firstStamp: number;
  #stamps = 0;

  /** Users of one heap have different `firstStamp`s, far apart. */
  constructor(heap: Heap, firstStamp: number) {
    this.heap = heap;
    this.#firstStamp = firstStamp;
  }

  /** Takes a block of `words` words and fills it; returns it, or 0 when there is none. */
  take(place: number, words: number): number {
    const block = this.heap.allocate(words);
    if (block === 0) return 0;
    const stamp = this.#firstStamp + this.#stamps++;
    assert(block % 2 === 0, `block ${block} is odd`);
    assert(unitsOf(this.heap, block) >= unitsFor(words), `block ${block} is too small for ${words} words`);
    for (let i = 1; i <= words; i++) this.heap.words[block + i] = stamp;
    this.blocks.set(place, { block, words, stamp });
    return block;
  }

  /** Gives the block in `place` back, if there is one; it must still be as it was filled. */
  giveBack(place: number): void {
    const filled = this.blocks.get(place);
    if (filled === undefined) return;
    const { block, words, stamp } = filled;
    for (let i = 1; i <= words; i++) assertWord(this.heap, block + i, stamp);
    this.heap.free(block);
    this.blocks.delete(place);
  }

  giveAllBack(): void {
    for (const place of [...this.blocks.keys()]) this.giveBack(place);
  }
}

/** Units of a block that is taken, from its header. */
export function unitsOf(heap: Heap, block: number): number {
  return heap.words[block] >>> 2;
}

/** Nothing is taken, and all the room is one block again. */
export function assertEmpty(heap: Heap): void {
  assertEquals(heap.bytesUsed, EMPTY_BYTES);
  const whole = heap.allocate(WHOLE_WORDS);
  assert(whole !== 0, "the free blocks have not been joined");
  assertEquals(heap.bytesUsed, EMPTY_BYTES + ROOM_UNITS * 8);
  assertEquals(heap.allocate(0), 0);
  heap.free(whole);
  assertEquals(heap.bytesUsed, EMPTY_BYTES);
}

function assertWord(heap: Heap, at: number, expected: number): void {
  const word = heap.words[at];
  if (word !== expected) throw new Error(`word ${at} is ${word}, was ${expected}`);
}
