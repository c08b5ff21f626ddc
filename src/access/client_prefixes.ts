/** Clients by what their peer ids begin with (BEP 20: `-XL0012-`, `M4-3-6--`). @module */

import { HASH_BYTES, HASH_WORDS } from "../peers/mod.ts";

/** Beginnings of peer ids. One a thread; a search looks at each, so some dozens are enough. */
export class ClientPrefixes {
  readonly #count: number;
  /** Of each prefix the five words of an id that begins so, and which of their bits count. */
  readonly #words: Uint32Array;
  readonly #masks: Uint32Array;

  /** `prefixes` are 1 to 20 ASCII characters each. */
  constructor(prefixes: readonly string[]) {
    this.#count = prefixes.length;
    const ids = new Uint8Array(prefixes.length * HASH_BYTES);
    const masks = new Uint8Array(ids.length);
    for (const [index, prefix] of prefixes.entries()) {
      new TextEncoder().encodeInto(prefix, ids.subarray(index * HASH_BYTES));
      masks.fill(0xff, index * HASH_BYTES, index * HASH_BYTES + prefix.length);
    }
    this.#words = new Uint32Array(ids.buffer);
    this.#masks = new Uint32Array(masks.buffer);
  }

  /** Whether the 20 bytes of the peer id that begins at `id[at]` begin with one of them. */
  has(id: Uint32Array, at: number): boolean {
    for (let prefix = 0; prefix < this.#count; prefix++) if (this.#matches(prefix, id, at)) return true;
    return false;
  }

  #matches(prefix: number, id: Uint32Array, at: number): boolean {
    const words = this.#words;
    const masks = this.#masks;
    for (let i = 0, own = prefix * HASH_WORDS; i < HASH_WORDS; i++, own++) {
      if (((id[at + i] ^ words[own]) & masks[own]) !== 0) return false;
    }
    return true;
  }
}
