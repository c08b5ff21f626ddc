/**
 * What a file is known by: its size and its digest, which is XXH64 with seed 0 as the xxHash specification has it. It
 * tells of damage, not of forgery.
 *
 * A module that imports this one waits for WebAssembly before it runs. The messages that a worker is sent meanwhile are
 * lost, so a worker imports it with `import()`.
 *
 * @module
 */

import xxhash from "xxhash-wasm";

/** The program that checks such digests, of Debian's package `xxhash` for example. */
export const DIGEST_PROGRAM = "xxh64sum";
/** Hexadecimal digits of a digest, which begins with its highest bits. */
export const DIGEST_DIGITS = 16;

const SEED = 0n;

const { create64 } = await xxhash();

/** What a file is known by. */
export interface Checksum {
  /** Bytes of the file. */
  size: number;
  /** DIGEST_DIGITS lower-case hexadecimal digits. */
  digest: string;
}

/** Makes the checksum of bytes that come piece by piece. */
export class Digest {
  readonly #hash = create64(SEED);
  #size = 0;

  /** Takes the next bytes; they are not kept. */
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#size += bytes.length;
  }

  /** The checksum of all that was given. To be called once. */
  finish(): Checksum {
    return { size: this.#size, digest: this.#hash.digest().toString(16).padStart(DIGEST_DIGITS, "0") };
  }
}
