/**
 * Reproducible randomness: 32 bits at a time, no state but a number.
 *
 * @module
 */

/** Spreads every bit of a number over 32 bits, one to one: the last steps of MurmurHash3. Returns 0 to 2^32 - 1. */
export function mix32(value: number): number {
  let bits = Math.imul(value ^ value >>> 16, 0x85ebca6b);
  bits = Math.imul(bits ^ bits >>> 13, 0xc2b2ae35);
  return (bits ^ bits >>> 16) >>> 0;
}

/** The step between two inputs of `mix32` that makes a sequence of period 2^32. */
const SEQUENCE_STEP = 0x9e3779b9;
const TWO_TO_32 = 2 ** 32;

/** A sequence of random numbers; the same seed gives the same sequence. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = mix32(seed);
  }

  /** The next number, 0 to 2^32 - 1. */
  next(): number {
    this.#state = this.#state + SEQUENCE_STEP | 0;
    return mix32(this.#state);
  }

  /** The next whole number below `count`, which is 1 to 2^32. */
  below(count: number): number {
    return Math.floor(this.next() * (count / TWO_TO_32));
  }
}
