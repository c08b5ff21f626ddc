/**
 * The keyed hashes of the indexes and buckets. Clients choose info hashes, ports and ids, and must not be able to choose
 * ones that meet in one slot: whoever does not know the key finds two inputs with one hash no better than by a chance of 1 to 65536.
 *
 * Inputs are taken as 16-bit words in pairs, each word is added to its part of the key, and the products of the pairs are
 * summed (the NH hash of UMAC, RFC 4418). The sum is then stirred, so that each of its bits shows in each of the result's.
 *
 * @module
 */

/** Key words that are needed: one for each pair, the key's halves as the pair's. */
export const KEY_WORDS = 5;

/** Hashes the five words of `hash` from `at` on under `keys`, to 32 bits. */
export function hashWords(keys: Int32Array, hash: Uint32Array, at: number): number {
  let sum = pair(hash[at], keys[0]) + pair(hash[at + 1], keys[1]) | 0;
  sum = sum + pair(hash[at + 2], keys[2]) | 0;
  sum = sum + pair(hash[at + 3], keys[3]) | 0;
  return stir(sum + pair(hash[at + 4], keys[4]) | 0);
}

/** Hashes `count` halfwords of `values` from `at` on, an odd number up to 9, under `keys`, to 32 bits. */
export function hashHalfwords(keys: Int32Array, values: Uint16Array, at: number, count: number): number {
  let sum = pair(values[at + count - 1], keys[0]);
  for (let i = 0, key = 1; i < count - 1; i += 2, key++) {
    sum = sum + pair(values[at + i] | values[at + i + 1] << 16, keys[key]) | 0;
  }
  return stir(sum);
}

/** The same of a compact peer in bytes that need not be aligned: `addressBytes` of address from `at` on, then the port. */
export function hashRecord(keys: Int32Array, view: DataView, at: number, addressBytes: number): number {
  let sum = pair(view.getUint16(at + addressBytes, true), keys[0]);
  for (let byte = 0, key = 1; byte < addressBytes; byte += 4, key++) {
    sum = sum + pair(view.getUint32(at + byte, true), keys[key]) | 0;
  }
  return stir(sum);
}

/** Hashes the two words that a client's ids begin with under `keys`, to 32 bits. */
export function hashClient(keys: Int32Array, first: number, second: number): number {
  return stir(pair(first, keys[0]) + pair(second, keys[1]) | 0);
}

/**
 * Hashes an address, given by the first word or two of its bytes (`second` is 0 where there is one), under `keys`, to 32 bits.
 * A pair is 0 whatever its one half is when the other meets its key: so that no network has all of its addresses in one
 * bucket for that, each word is taken a second time, with other halves.
 */
export function hashAddress(keys: Int32Array, first: number, second: number): number {
  let sum = pair(first, keys[0]) + pair(second, keys[1]) | 0;
  sum = sum + pair(turn(first), keys[2]) | 0;
  return stir(sum + pair(turn(second), keys[3]) | 0);
}

/** A word with its bytes moved on by one. */
function turn(word: number): number {
  return word << 8 | word >>> 24;
}

/** The product of a word's halves, each with its half of the key added. */
function pair(word: number, key: number): number {
  return Math.imul((word + key) & 0xffff, ((word >>> 16) + (key >>> 16)) & 0xffff);
}

function stir(sum: number): number {
  sum = Math.imul(sum ^ sum >>> 16, 0x85ebca6b);
  sum = Math.imul(sum ^ sum >>> 13, 0xc2b2ae35);
  return sum ^ sum >>> 16;
}
