/** XXH64 in one piece, beside which the tracker's digests, made piece by piece, are held. */

import xxhash from "xxhash-wasm";

const { h64Raw } = await xxhash();

/** The digest of `bytes` as `xxh64sum` writes it. */
export function xxh64(bytes: Uint8Array): string {
  return h64Raw(bytes).toString(16).padStart(16, "0");
}
