/**
 * The bound on peers of one address in one torrent. An IPv6 address counts by its first 8 bytes, the smallest network that is
 * given to a customer: whoever has one has all of its addresses.
 *
 * @module
 */

import { compactAt } from "./block.ts";
import { bucketOf, hashPeer } from "./bucket_hash.ts";
import { ADDRESS_HALFWORDS, COMPACT_HALFWORDS } from "./layout.ts";
import type { Family } from "./layout.ts";
import { PeerRuns } from "./runs.ts";
import type { PeerTable } from "./table.ts";

const runs = new PeerRuns();

/**
 * Whether the torrent at `line`, whose shard is locked, has as many peers as it may of the address of the peer whose compact
 * form begins at `keys[keyAt]`. It looks at no more than two buckets, one of each role: with a bound, all of an address are
 * in one.
 */
export function isCrowded(
  table: PeerTable,
  line: number,
  family: Family,
  keys: Uint16Array,
  keyAt: number,
): boolean {
  if (table.maxPeersPerAddress === 0) return false;
  const hash = hashPeer(table, family, keys, keyAt);
  const leechers = countInRole(table, line, family, false, hash, keys, keyAt);
  const seeders = countInRole(table, line, family, true, hash, keys, keyAt);
  return leechers + seeders >= table.maxPeersPerAddress;
}

function countInRole(
  table: PeerTable,
  line: number,
  family: Family,
  seeding: boolean,
  hash: number,
  keys: Uint16Array,
  keyAt: number,
): number {
  const { halfwords } = table.peers;
  const stride = COMPACT_HALFWORDS[family];
  const size = ADDRESS_HALFWORDS[family];
  runs.open(table, line, family, seeding);
  runs.turnTo(table, bucketOf(hash, runs.count));
  let at = compactAt(family, runs.block, runs.first);
  let count = 0;
  for (let left = runs.length; left > 0; left--, at = (at + stride) >>> 0) {
    let same = 0;
    while (same < size && halfwords[(at + same) >>> 0] === keys[keyAt + same]) same++;
    if (same === size) count++;
  }
  return count;
}
