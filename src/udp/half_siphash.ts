/**
 * HalfSipHash-2-4 with 64 bits of output: the keyed hash of Aumasson and Bernstein in its form for 32-bit machines,
 * which is also the form for JavaScript, whose fast integers have 32 bits.
 *
 * @module
 */

const INITIAL_V2 = 0x6c796765;
const INITIAL_V3 = 0x74656462;
/** Mixed in for an output of 64 bits, so that it does not begin with the output of 32 bits. */
const WIDE_START = 0xee;
const WIDE_FIRST = 0xee;
const WIDE_SECOND = 0xdd;

const COMPRESSION_ROUNDS = 2;
const FINAL_ROUNDS = 4;

/** The four words of the state; each thread has its own, and no hash outlives its call. */
const state = new Int32Array(4);

/**
 * Hashes the first `byteLength` bytes of `message` under a key of two words into the two words of `digest`. Words
 * are little-endian; in a last word that is not full, the bytes beyond the length must be zero.
 */
export function halfSipHash(
  key: Uint32Array,
  message: Uint32Array,
  byteLength: number,
  digest: Uint32Array,
): void {
  state[0] = key[0];
  state[1] = key[1] ^ WIDE_START;
  state[2] = key[0] ^ INITIAL_V2;
  state[3] = key[1] ^ INITIAL_V3;
  const wholeWords = byteLength >>> 2;
  for (let i = 0; i < wholeWords; i++) compress(message[i]);
  const tail = (byteLength & 3) === 0 ? 0 : message[wholeWords];
  compress(byteLength << 24 | tail);
  state[2] ^= WIDE_FIRST;
  mix(FINAL_ROUNDS);
  digest[0] = state[1] ^ state[3];
  state[1] ^= WIDE_SECOND;
  mix(FINAL_ROUNDS);
  digest[1] = state[1] ^ state[3];
}

function compress(word: number): void {
  state[3] ^= word;
  mix(COMPRESSION_ROUNDS);
  state[0] ^= word;
}

function mix(rounds: number): void {
  let v0 = state[0];
  let v1 = state[1];
  let v2 = state[2];
  let v3 = state[3];
  for (let round = 0; round < rounds; round++) {
    v0 = v0 + v1 | 0;
    v1 = (v1 << 5 | v1 >>> 27) ^ v0;
    v0 = v0 << 16 | v0 >>> 16;
    v2 = v2 + v3 | 0;
    v3 = (v3 << 8 | v3 >>> 24) ^ v2;
    v0 = v0 + v3 | 0;
    v3 = (v3 << 7 | v3 >>> 25) ^ v0;
    v2 = v2 + v1 | 0;
    v1 = (v1 << 13 | v1 >>> 19) ^ v2;
    v2 = v2 << 16 | v2 >>> 16;
  }
  state[0] = v0;
  state[1] = v1;
  state[2] = v2;
  state[3] = v3;
}
