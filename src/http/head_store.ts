/**
 * What has come of heads that are not yet whole, one for each connection that waits for the rest of one. Memory is taken
 * when it is first needed and kept for the next; what nothing was written to costs nothing.
 *
 * @module
 */

import { HEAD_BYTES_MAX } from "./head.ts";

const SLAB_HEADS = 64;
const NO_PLACE = -1;

/** The unfinished heads of one thread, by the slots of their connections. */
export class HeadStore {
  /** By slot: how many bytes are kept. */
  readonly #lengths: Uint16Array;
  /** By slot: which place they are at, counted over all slabs. */
  readonly #places: Int32Array;
  readonly #slabs: Uint8Array[] = [];
  readonly #freePlaces: number[] = [];

  constructor(slots: number) {
    this.#lengths = new Uint16Array(slots);
    this.#places = new Int32Array(slots).fill(NO_PLACE);
  }

  /** How many bytes are kept for the slot. */
  length(slot: number): number {
    return this.#lengths[slot];
  }

  /** Keeps the bytes from `start` to before `end`, HEAD_BYTES_MAX at most, instead of what was kept. */
  keep(slot: number, bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return this.drop(slot);
    if (this.#places[slot] === NO_PLACE) this.#places[slot] = this.#takePlace();
    const place = this.#places[slot];
    const target = place % SLAB_HEADS * HEAD_BYTES_MAX;
    this.#slabs[Math.floor(place / SLAB_HEADS)].set(bytes.subarray(start, end), target);
    this.#lengths[slot] = end - start;
  }

  /** Copies what is kept so that it ends before `end`. */
  copyBefore(slot: number, target: Uint8Array, end: number): void {
    const place = this.#places[slot];
    const source = place % SLAB_HEADS * HEAD_BYTES_MAX;
    const length = this.#lengths[slot];
    const slab = this.#slabs[Math.floor(place / SLAB_HEADS)];
    target.set(slab.subarray(source, source + length), end - length);
  }

  /** Keeps nothing for the slot any more. */
  drop(slot: number): void {
    if (this.#places[slot] === NO_PLACE) return;
    this.#freePlaces.push(this.#places[slot]);
    this.#places[slot] = NO_PLACE;
    this.#lengths[slot] = 0;
  }

  #takePlace(): number {
    const place = this.#freePlaces.pop();
    if (place !== undefined) return place;
    const first = this.#slabs.length * SLAB_HEADS;
    this.#slabs.push(new Uint8Array(SLAB_HEADS * HEAD_BYTES_MAX));
    for (let next = first + SLAB_HEADS - 1; next > first; next--) this.#freePlaces.push(next);
    return first;
  }
}
