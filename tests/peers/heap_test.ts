import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Heap } from "../../src/peers/heap.ts";
import {
  assertEmpty,
  EMPTY_BYTES,
  HeapUser,
  newHeapBuffer,
  ROOM_UNITS,
  unitsFor,
  unitsOf,
  WHOLE_WORDS,
} from "./heap_model.ts";
import { type HeapUserStart, runWorker, SEED, withSeed } from "./threads.ts";

const PLACES = 300;

/** The plain model: which block each unit of the room belongs to, 0 for none. */
class Room {
  readonly heap = new Heap(newHeapBuffer());
  readonly user = new HeapUser(this.heap, 1);
  readonly #owners = new Uint32Array(ROOM_UNITS);
  readonly #firstBlock: number;
  #unitsTaken = 0;

  constructor() {
    this.#firstBlock = this.heap.allocate(WHOLE_WORDS);
    this.heap.free(this.#firstBlock);
  }

  /** Takes a block into a free place, or gives back the one that is there. */
  step(place: number, words: number): void {
    const there = this.user.blocks.get(place);
    if (there !== undefined) this.#giveBack(place, there.block);
    else this.#take(place, words);
    assertEquals(this.heap.bytesUsed, EMPTY_BYTES + this.#unitsTaken * 8);
  }

  #take(place: number, words: number): void {
    // All but the lock, which counts how often it was taken.
    const before = this.heap.words.slice(1);
    const block = this.user.take(place, words);
    if (block === 0) {
      assert(before.every((word, at) => this.heap.words[at + 1] === word), "a refusal has changed the heap");
      // A list holds blocks that differ by up to a sixteenth: a search may pass over those that just fit.
      assert(this.#largestGap() < unitsFor(words) * 17 / 16, `there is room for ${words} words`);
      return;
    }
    // What would be left of a free block but is too small to be one goes with it.
    const units = unitsOf(this.heap, block);
    assert(units - unitsFor(words) <= 1, `${units} units for ${words} words`);
    const start = this.#unitOf(block);
    assert(start >= 0 && start + units <= ROOM_UNITS, `block ${block} is outside the room`);
    for (let unit = start; unit < start + units; unit++) {
      assertEquals(this.#owners[unit], 0, `block ${block} overlaps another`);
      this.#owners[unit] = block;
    }
    this.#unitsTaken += units;
  }

  #giveBack(place: number, block: number): void {
    const units = unitsOf(this.heap, block);
    const start = this.#unitOf(block);
    this.user.giveBack(place);
    this.#owners.fill(0, start, start + units);
    this.#unitsTaken -= units;
  }

  #unitOf(block: number): number {
    return (block - this.#firstBlock) / 2;
  }

  /** Units of the largest stretch that nobody owns. */
  #largestGap(): number {
    let largest = 0;
    let gap = 0;
    for (const owner of this.#owners) {
      gap = owner === 0 ? gap + 1 : 0;
      largest = Math.max(largest, gap);
    }
    return largest;
  }
}

const words = fc.oneof(fc.nat(12), fc.nat(100), fc.nat(1000), fc.nat(WHOLE_WORDS));

Deno.test("blocks never overlap, keep what is in them, and become one free block again", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(PLACES - 1), words), { maxLength: 1500, size: "max" }), (steps) => {
      const room = new Room();
      for (const [place, words] of steps) room.step(place, words);
      room.user.giveAllBack();
      assertEmpty(room.heap);
    }),
    { numRuns: 40 },
  );
});

Deno.test("a block takes the room it needs, whatever its size", () => {
  const room = new Room();
  for (let words = 0; words <= 600; words++) {
    room.step(0, words);
    room.step(0, 0);
  }
  assertEmpty(room.heap);
});

Deno.test("more than the heap has is refused, and 0 is no block to give back", () => {
  const heap = new Heap(newHeapBuffer());
  for (const words of [WHOLE_WORDS + 1, ROOM_UNITS * 4, 2 ** 30]) assertEquals(heap.allocate(words), 0);
  heap.free(0);
  assertEmpty(heap);
});

Deno.test("four threads use one heap at once", async () => {
  const buffer = newHeapBuffer();
  const given = await Promise.all([0, 1, 2, 3].map((index) => {
    const start: HeapUserStart = { buffer, index, steps: 60_000, seed: SEED };
    return runWorker<HeapUserStart, number>("heap_worker.ts", start);
  }));
  withSeed(() => {
    for (const blocks of given) assert(blocks > 0, "a thread was never given a block");
    assertEmpty(new Heap(buffer));
  });
});
