/** Expiry: peers that have not announced for too long, and torrents that nobody is in. The keeper's. @module */

import { ageOf, marksAt } from "./block.ts";
import {
  CONTROL_MINUTE,
  CONTROL_SLOT_HIGH,
  IPV4,
  IPV6,
  LINE_WORDS,
  TORRENT_BLOCK,
  TORRENT_CAPACITY,
  TORRENT_COMPLETED,
  TORRENT_HASH,
  TORRENT_LEECHERS,
  TORRENT_SEEDERS,
  TORRENT_TOUCHED,
} from "./layout.ts";
import type { Family } from "./layout.ts";
import { removePeer, shrinkBlock } from "./swarm.ts";
import type { PeerTable } from "./table.ts";
import { findTorrent, lockShard, removeTorrent, shardOf, unlockShard } from "./torrents.ts";

/** How long things stay, in minutes of the table's clock. */
export interface SweepLimits {
  /** A peer goes when this many whole minutes have passed since its last announce, and the next begun; at most PEER_AGE_MAX_MIN. */
  readonly peerTimeoutMin: number;
  /** A torrent without peers goes after this long when it was never completed, */
  readonly emptyTorrentMin: number;
  /** and after this long when it was. */
  readonly completedTorrentMin: number;
}

/** Drops what is past its time. A torrent's shard is locked while that torrent is looked at, no longer. */
export function sweep(table: PeerTable, limits: SweepLimits): void {
  const { control, torrents } = table;
  for (let number = 1; number < control[CONTROL_SLOT_HIGH]; number++) {
    const line = number * LINE_WORDS;
    // The line may be free or just being made: what counts is what the shard's index says under its lock.
    const shard = shardOf(torrents[line + TORRENT_HASH]);
    lockShard(table, shard);
    try {
      if (findTorrent(table, shard, torrents, line + TORRENT_HASH) === line) {
        sweepTorrent(table, shard, line, limits);
      }
    } finally {
      unlockShard(table, shard);
    }
  }
}

function sweepTorrent(table: PeerTable, shard: number, line: number, limits: SweepLimits): void {
  const { torrents } = table;
  const minute = table.control[CONTROL_MINUTE];
  const left = sweepFamily(table, shard, line, IPV4, minute, limits.peerTimeoutMin) +
    sweepFamily(table, shard, line, IPV6, minute, limits.peerTimeoutMin);
  if (left > 0) return;
  const idle = minute - torrents[line + TORRENT_TOUCHED];
  const limit = torrents[line + TORRENT_COMPLETED] === 0
    ? limits.emptyTorrentMin
    : limits.completedTorrentMin;
  if (idle >= limit) removeTorrent(table, shard, line);
}

/** Drops the family's peers that are past their time; returns how many are left. */
function sweepFamily(
  table: PeerTable,
  shard: number,
  line: number,
  family: Family,
  minute: number,
  timeout: number,
): number {
  const { torrents } = table;
  const { halfwords } = table.peers;
  const block = torrents[line + TORRENT_BLOCK + family];
  if (block === 0) return 0;
  const capacity = torrents[line + TORRENT_CAPACITY + family];
  const marks = marksAt(family, block, capacity);
  // From the gap outwards: what takes a dropped peer's place has been looked at already.
  for (let position = torrents[line + TORRENT_LEECHERS + family] - 1; position >= 0; position--) {
    if (ageOf(halfwords[marks + position], minute) > timeout) {
      removePeer(table, shard, line, family, position);
    }
  }
  for (let i = capacity - torrents[line + TORRENT_SEEDERS + family]; i < capacity; i++) {
    if (ageOf(halfwords[marks + i], minute) > timeout) removePeer(table, shard, line, family, i);
  }
  shrinkBlock(table, line, family);
  return torrents[line + TORRENT_LEECHERS + family] + torrents[line + TORRENT_SEEDERS + family];
}
