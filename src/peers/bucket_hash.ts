/**
 * Which bucket of a directory (directory.ts) a peer is in.
 *
 * Bucket b of n takes the peers whose hash ends in b, taking as many bits as n needs; those whose number is past the last
 * bucket take one bit less.
 *
 * @module
 */

import { hashAddress, hashHalfwords } from "./keyed_hash.ts";
import { COMPACT_HALFWORDS, IPV4 } from "./layout.ts";
import type { Family } from "./layout.ts";
import type { PeerTable } from "./table.ts";

/**
 * The keyed hash of the peer whose compact form begins at `keys[keyAt]`: nobody can choose ports that meet. Where the peers
 * of an address are bounded, all of them meet.
 */
export function hashPeer(table: PeerTable, family: Family, keys: Uint16Array, keyAt: number): number {
  if (table.maxPeersPerAddress > 0) {
    const first = keys[keyAt] | keys[keyAt + 1] << 16;
    return hashAddress(table.keys, first, family === IPV4 ? 0 : keys[keyAt + 2] | keys[keyAt + 3] << 16);
  }
  return hashHalfwords(table.keys, keys, keyAt, COMPACT_HALFWORDS[family]);
}

/** The bucket of `buckets` that a peer with this hash is in. */
export function bucketOf(hash: number, buckets: number): number {
  const mask = (1 << (32 - Math.clz32(buckets - 1))) - 1;
  const bucket = hash & mask;
  return bucket < buckets ? bucket : bucket & (mask >>> 1);
}
