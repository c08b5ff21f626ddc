/**
 * What an address may announce: a token bucket each, in a table of fixed size that all threads share.
 *
 * ```
 *  at (words)   size        field
 *  0            KEY_WORDS   random words that key the hash
 *  16           2^20        by hash of the IPv4 address: the time at which its bucket will be full again, milliseconds modulo
 *                           2^32; 0 = nobody has announced yet
 *  16 + 2^20    2^20        by hash of the IPv6 address likewise
 * ```
 *
 * That one time says it all (the generic cell rate algorithm, ITU-T I.371): each announce moves it on by what one costs,
 * and must not move it further ahead of now than a whole bucket takes to fill.
 *
 * IPv6 addresses count by their first 8 bytes, the smallest network that is given to a customer. Two addresses of one hash
 * share a bucket; the key keeps everybody from working out which. An ordinary client announces twice an hour, so one that
 * shares its bucket with another does not notice; but whoever shares it with one that announces all the time is kept out
 * with it: one address in a million for each of those. Whoever has many IPv6 networks keeps out many: 2^16 of them, one
 * address in 16. Hence a table for each family: IPv4 addresses are dear.
 *
 * @module
 */

import type { AnnounceBudgetRule } from "../config/mod.ts";
import { type Family, hashAddress, IPV4, KEY_WORDS } from "../peers/mod.ts";

const BUCKETS_AT = 16;
const BUCKETS = 2 ** 20;
const WORD_BYTES = 4;
const UNUSED = 0;
/** How far apart the threads' readings of the clock may be: a batch of requests is answered by one of them. */
const READINGS_APART_MS = 10_000;

/** Buckets for all addresses, all full. One for all threads. */
export function createBudgets(): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer((BUCKETS_AT + 2 * BUCKETS) * WORD_BYTES);
  new Int32Array(buffer).set(crypto.getRandomValues(new Int32Array(KEY_WORDS)));
  return buffer;
}

/** One thread's view of the buckets. */
export class AnnounceBudget {
  readonly #words: Int32Array;
  readonly #keys: Int32Array;
  readonly #clockMs: () => number;
  #nowMs = 0;
  /** Milliseconds that an announce costs, and that a bucket holds. */
  readonly #costMs: number;
  readonly #fullMs: number;

  /**
   * `buckets` come from `createBudgets`. `clockMs` gives the milliseconds of a clock that all threads share, modulo 2^32 and
   * signed.
   */
  constructor(buckets: SharedArrayBuffer, { count, seconds }: AnnounceBudgetRule, clockMs: () => number) {
    this.#words = new Int32Array(buckets);
    this.#keys = this.#words.slice(0, KEY_WORDS);
    this.#clockMs = clockMs;
    this.#costMs = Math.round(seconds * 1000 / count);
    this.#fullMs = this.#costMs * count;
  }

  /** Takes the time for the claims that follow: each reading costs memory, so one is for a batch of them. */
  readClock(): void {
    this.#nowMs = this.#clockMs();
  }

  /**
   * Takes one announce from the address's bucket and returns 0; or takes nothing, and returns the milliseconds until one
   * is there. `address` begins with its 4 or 16 bytes.
   */
  claim(family: Family, address: Uint32Array): number {
    // As signed words: unsigned ones above 2^31 would each take memory, where the compiler makes a call of the hash.
    const hash = hashAddress(this.#keys, address[0] | 0, family === IPV4 ? 0 : address[1] | 0);
    const bucket = BUCKETS_AT + family * BUCKETS + (hash & (BUCKETS - 1));
    const nowMs = this.#nowMs;
    for (;;) {
      const fullAtMs = Atomics.load(this.#words, bucket);
      const aheadMs = (fullAtMs - nowMs) | 0;
      // A time ahead of any that another thread may just have set is one long past, or of a clock that was set back.
      const isFull = fullAtMs === UNUSED || aheadMs < 0 || aheadMs > this.#fullMs + READINGS_APART_MS;
      const missingMs = isFull ? 0 : aheadMs;
      const waitMs = missingMs + this.#costMs - this.#fullMs;
      if (waitMs > 0) return waitMs;
      const nextMs = (nowMs + missingMs + this.#costMs) | 0 || UNUSED + 1;
      if (Atomics.compareExchange(this.#words, bucket, fullAtMs, nextMs) === fullAtMs) return 0;
    }
  }
}
