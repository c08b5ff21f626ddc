/** The order of info hashes: that of their bytes, which lie in memory as little-endian words. @module */

import { HASH_WORDS } from "./layout.ts";

/** Below 0 when the hash from `words[a]` on comes before that from `words[b]` on, 0 when they are one. */
export function compareHashes(words: Uint32Array, a: number, b: number): number {
  for (let i = 0; i < HASH_WORDS; i++) {
    const wordA = words[a + i];
    const wordB = words[b + i];
    if (wordA !== wordB) return byteSwap(wordA) - byteSwap(wordB);
  }
  return 0;
}

/** The word with its bytes in the opposite order. */
export function byteSwap(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}
