/**
 * How often an address is given a full scrape: a table in memory that all threads share.
 *
 * ```
 *  at (words)   size        field
 *  0            2           random words that key the hash
 *  16           2^16        by hash of the address: the second at which it last took its turn; 0 = none
 * ```
 *
 * A turn is taken, and given back, by `Atomics.compareExchange`: of threads that take one at the same moment, one does.
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

/** That an address has taken its turn. Plain data and shared memory: another thread can give it back. */
export interface FullScrapeTurn {
  /** The one word of the table that says so. */
  readonly word: Uint32Array;
  /** What was entered there. */
  readonly takenSec: number;
}

/** Gives back the turn of an address that is not given its full scrape after all; null = it took none. */
export function giveBackTurn(turn: FullScrapeTurn | null): void {
  // No other than this one: its interval may be over, and the next one taken.
  if (turn !== null) Atomics.compareExchange(turn.word, 0, turn.takenSec, 0);
}

/** One thread's view of the table. */
export class FullScrapeLimit {
  /** What the last `claim` took; null = nothing. */
  turn: FullScrapeTurn | null = null;
  readonly #words: Uint32Array;
  readonly #intervalSec: number;

  /** `times` comes from `createFullScrapeTimes`; an address waits `intervalSec`, 1 or more. */
  constructor(times: SharedArrayBuffer, intervalSec: number) {
    this.#words = new Uint32Array(times);
    this.#intervalSec = intervalSec;
  }

  /**
   * Returns 0 when the address may have a full scrape now, and with `takes` enters that; else the seconds it has to wait.
   * `address` begins with its 4 or 16 bytes. `nowSec` is a whole number above 0, by a clock that all threads share. Where
   * that was set back, by more than a second, nobody waits.
   */
  claim(family: Family, address: Uint8Array, nowSec: number, takes: boolean): number {
    this.turn = null;
    const slot = SLOTS_AT + this.#hash(family, address) % SLOTS;
    const last = Atomics.load(this.#words, slot);
    const elapsedSec = nowSec - last;
    // -1: another thread has read the clock a moment later, and was faster here.
    if (elapsedSec >= -1 && elapsedSec < this.#intervalSec) return this.#intervalSec - elapsedSec;
    if (!takes) return 0;
    if (Atomics.compareExchange(this.#words, slot, last, nowSec) !== last) {
      // Another thread has taken it, or given it back, since it was read.
      return this.claim(family, address, nowSec, takes);
    }
    this.turn = { word: this.#words.subarray(slot, slot + 1), takenSec: nowSec };
    return 0;
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
