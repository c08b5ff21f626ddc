/** Filling the table from records as a file holds them. @module */

import { isCrowded } from "./address_peers.ts";
import { makeMark } from "./block.ts";
import {
  COMPACT_BYTES,
  CONTROL_MINUTE,
  FLAG_SEEDING,
  FLAGS_ODB,
  IPV4,
  LINE_WORDS,
  PEER_AGE_MAX_MIN,
  RECORD_BYTES,
  TORRENT_COMPLETED,
  TORRENT_HASH,
  TORRENT_TOUCHED,
} from "./layout.ts";
import type { Family } from "./layout.ts";
import { addCompleted, addPeer, findPeer, updatePeer } from "./swarm.ts";
import { peersOf, reservePeers } from "./swarm_size.ts";
import type { PeerTable } from "./table.ts";
import { findTorrent, insertTorrent, lockShard, shardOf, unlockShard } from "./torrents.ts";

/** Compact form of the peer that is or was last restored; one thread restores at a time. */
const key = new Uint16Array(9);
const keyBytes = new Uint8Array(key.buffer);
/**
 * The torrent whose peers of a family have all come in ascending order, and into an empty one: as long as they do, none can
 * be there already. 0 = there is none.
 */
let ascendingLine = 0;
let ascendingFamily: Family = IPV4;
/** Files hold no peer ids. */
const noId = new Uint32Array(5);

/**
 * Finds or makes the torrent whose 20 hash bytes lie in `hash` from word `hashAt` on, and raises its completed count to
 * `completed` when that is larger. Returns its slot for {@linkcode restorePeers}, or 0 when the table is full.
 */
export function restoreTorrent(
  table: PeerTable,
  hash: Uint32Array,
  hashAt: number,
  completed: number,
): number {
  const shard = shardOf(hash[hashAt]);
  lockShard(table, shard);
  try {
    const line = findTorrent(table, shard, hash, hashAt) || insertTorrent(table, shard, hash, hashAt);
    if (line === 0) return 0;
    const more = completed - table.torrents[line + TORRENT_COMPLETED];
    if (more > 0) addCompleted(table, shard, line, more);
    table.torrents[line + TORRENT_TOUCHED] = table.control[CONTROL_MINUTE];
    return line / LINE_WORDS;
  } finally {
    unlockShard(table, shard);
  }
}

/**
 * To be called before the `count` peers of a file are restored into the torrent in `slot`, just returned by
 * {@linkcode restoreTorrent}: makes room for them, and for a few that may announce soon, and for peers in ascending order
 * spares the search for each. Without that much memory there is no room made, and restoring goes as far as it can.
 */
export function reserveRestored(table: PeerTable, slot: number, family: Family, count: number): void {
  const line = slot * LINE_WORDS;
  const shard = shardOf(table.torrents[line + TORRENT_HASH]);
  lockShard(table, shard);
  try {
    // The peers of a torrent that has some need not have come in order, or by restorePeers() at all.
    ascendingLine = peersOf(table, line, family) === 0 ? line : 0;
    ascendingFamily = family;
    keyBytes.fill(0);
    reservePeers(table, line, family, count);
  } finally {
    unlockShard(table, shard);
  }
}

/**
 * Adds `count` peers to the torrent in `slot`, just returned by {@linkcode restoreTorrent}. `records` holds them from
 * `at` on as in the ODB: compact peer, flags, age in minutes at the table's clock. A peer that is there already is
 * replaced; one with port 0, or too many of an address, are left out. Returns how many were added; those that have too many
 * of their address there are counted in `table.restoreCrowded`, those that the table has no room for in `restoreRefused`.
 */
export function restorePeers(
  table: PeerTable,
  slot: number,
  family: Family,
  records: Uint8Array,
  at: number,
  count: number,
): number {
  const line = slot * LINE_WORDS;
  const shard = shardOf(table.torrents[line + TORRENT_HASH]);
  lockShard(table, shard);
  try {
    const end = at + count * RECORD_BYTES[family];
    let added = 0;
    for (let record = at; record < end; record += RECORD_BYTES[family]) {
      added += restorePeer(table, shard, line, family, records, record);
    }
    return added;
  } finally {
    unlockShard(table, shard);
  }
}

function restorePeer(
  table: PeerTable,
  shard: number,
  line: number,
  family: Family,
  records: Uint8Array,
  at: number,
): number {
  const stride = COMPACT_BYTES[family];
  if (records[at + stride - 2] === 0 && records[at + stride - 1] === 0) return 0;
  let isAscending = line === ascendingLine && family === ascendingFamily;
  if (isAscending && !isAboveKey(records, at, stride)) {
    isAscending = false;
    ascendingLine = 0;
  }
  for (let i = 0; i < stride; i++) keyBytes[i] = records[at + i];
  const flags = records[at + stride] & FLAGS_ODB;
  const age = Math.min(records[at + stride + 1], PEER_AGE_MAX_MIN);
  const mark = makeMark(flags, table.control[CONTROL_MINUTE] - age);
  if (!isAscending && findPeer(table, line, family, key, 0, (flags & FLAG_SEEDING) !== 0)) {
    updatePeer(table, shard, line, family, key, 0, mark);
    return 0;
  }
  if (isCrowded(table, line, family, key, 0)) {
    table.restoreCrowded++;
    return 0;
  }
  if (addPeer(table, shard, line, family, key, 0, mark, noId, 0)) return 1;
  table.restoreRefused++;
  return 0;
}

/** Whether the record's compact peer comes after the one restored last. */
function isAboveKey(records: Uint8Array, at: number, bytes: number): boolean {
  for (let i = 0; i < bytes; i++) {
    if (records[at + i] !== keyBytes[i]) return records[at + i] > keyBytes[i];
  }
  return false;
}
