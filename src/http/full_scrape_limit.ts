/**
 * How often an address is given a full scrape: a table in memory that all threads share.
 *
 * ```
 *  at (words)   size        field
 *  0            2           random words that key the hash
 *  16           2^16        by hash of the address: the second of its last full scrape; 0 = none
 * ```
 *
 * Two addresses of one hash wait for each other; the key keeps everybody from working out which. IPv6 addresses count by
 * their first 8 bytes, the smallest network that is given to a customer: whoever has one has all of its addresses.
 *
 * @module
 */

import { type Family, IPV4 } from "../peers/mod.ts";

const KEY_WORDS = 2;
const SLOTS_AT = 16;
const SLOTS = 2 ** 16;

/** The table, empty. One for all threads. */
export function createFullScrapeTimes(): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer((SLOTS_AT + SLOTS) * Uint32Array.BYTES_PER_ELEMENT);
  new Uint32Array(buffer).set(crypto.getRandomValues(new Uint32Array(KEY_WORDS)));
  return buffer;
}

/** One thread's view of the table. */
export class FullScrapeLimit {
  readonly #words: Uint32Array;
  readonly #intervalSec: number;

  /** `times` comes from `createFullScrapeTimes`; an address waits `intervalSec`, 1 or more. */
  constructor(times: SharedArrayBuffer, intervalSec: number) {
    this.#words = new Uint32Array(times);
    this.#intervalSec = intervalSec;
  }

  /**
   * Returns 0 when the address may have a full scrape now, and enters that; else the seconds it has to wait. `address`
   * begins with its 4 or 16 bytes. `nowSec` is a whole number above 0, by a clock that all threads share. Where that was
   * set back, nobody waits.
   */
  claim(family: Family, address: Uint8Array, nowSec: number): number {
    const slot = SLOTS_AT + this.#hash(family, address) % SLOTS;
    const last = Atomics.load(this.#words, slot);
    const elapsedSec = nowSec - last;
    if (elapsedSec >= 0 && elapsedSec < this.#intervalSec) return this.#intervalSec - elapsedSec;
    const isOurs = Atomics.compareExchange(this.#words, slot, last, nowSec) === last;
    return isOurs ? 0 : this.#intervalSec;
  }

  #hash(family: Family, address: Uint8Array): number {
    let hash = this.#words[family];
    const size = family === IPV4 ? 4 : 8;
    for (let i = 0; i < size; i++) {
      hash = Math.imul(hash ^ address[i], 0x01000193);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash ^ hash >>> 16, 0x85ebca6b);
    return (hash ^ hash >>> 13) >>> 0;
  }
}
