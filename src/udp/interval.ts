/** The part by which an interval is at most shortened or lengthened. */
const SPREAD_DIVISOR = 10;

/** Intervals of about the same length, so that clients which came together do not come back together. */
export class SpreadInterval {
  readonly #shortestSec: number;
  readonly #choices: number;
  #random: number;

  /** Intervals of `intervalSec` +- 10 %. `seed` is any number; the same seed gives the same intervals. */
  constructor(intervalSec: number, seed: number) {
    const spreadSec = Math.floor(intervalSec / SPREAD_DIVISOR);
    this.#shortestSec = intervalSec - spreadSec;
    this.#choices = 2 * spreadSec + 1;
    // Xorshift never leaves zero.
    this.#random = seed | 0 || 1;
  }

  /** The next interval in seconds. */
  next(): number {
    let random = this.#random;
    random ^= random << 13;
    random ^= random >>> 17;
    random ^= random << 5;
    this.#random = random;
    // Not the remainder, which the processor takes ten times as long for.
    return this.#shortestSec + (((random >>> 0) * this.#choices / 2 ** 32) >>> 0);
  }
}
