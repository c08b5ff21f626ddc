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
import { peersOf, removePeer, shrinkBlock } from "./swarm.ts";
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

/** Peers looked at under one hold of a lock: a millisecond at most, when all of them go. */
const SLICE_PEERS = 2 ** 11;

/** The four runs that a torrent's peers stand in. */
const RUNS = [
  { family: IPV4, seeding: false },
  { family: IPV4, seeding: true },
  { family: IPV6, seeding: false },
  { family: IPV6, seeding: true },
] as const;

/**
 * Drops what is past its time, with a shard locked for one torrent, or a slice of a large one, at a time. Only a block that
 * shrinks or grows is moved in one go: some 50 ms for a torrent of a million peers, once in a long while.
 */
export function sweep(table: PeerTable, limits: SweepLimits): void {
  const { control, torrents } = table;
  for (let number = 1; number < control[CONTROL_SLOT_HIGH]; number++) {
    const line = number * LINE_WORDS;
    if (peersOf(table, line, IPV4) + peersOf(table, line, IPV6) > SLICE_PEERS) {
      for (const { family, seeding } of RUNS) sweepRunInSlices(table, line, family, seeding, limits);
    }
    withTorrent(table, line, (shard) => {
      if (peersOf(table, line, IPV4) + peersOf(table, line, IPV6) <= SLICE_PEERS) {
        for (const { family, seeding } of RUNS) {
          sweepRun(table, shard, line, family, seeding, 0, SLICE_PEERS, limits);
        }
      }
      shrinkBlock(table, line, IPV4);
      shrinkBlock(table, line, IPV6);
      if (peersOf(table, line, IPV4) + peersOf(table, line, IPV6) > 0) return;
      const idle = control[CONTROL_MINUTE] - torrents[line + TORRENT_TOUCHED];
      const wasCompleted = torrents[line + TORRENT_COMPLETED] > 0;
      if (idle >= (wasCompleted ? limits.completedTorrentMin : limits.emptyTorrentMin)) {
        removeTorrent(table, shard, line);
      }
    });
  }
}

/** Does `work` with the shard of the torrent at `line` locked, if there is a torrent. */
function withTorrent(table: PeerTable, line: number, work: (shard: number) => void): void {
  const { torrents } = table;
  // The line may be free or just being made: what counts is what the shard's index says under its lock.
  const shard = shardOf(torrents[line + TORRENT_HASH]);
  lockShard(table, shard);
  try {
    if (findTorrent(table, shard, torrents, line + TORRENT_HASH) === line) work(shard);
  } finally {
    unlockShard(table, shard);
  }
}

function sweepRunInSlices(
  table: PeerTable,
  line: number,
  family: Family,
  seeding: boolean,
  limits: SweepLimits,
): void {
  const length = table.torrents[line + (seeding ? TORRENT_SEEDERS : TORRENT_LEECHERS) + family];
  for (let end = length; end > 0; end -= SLICE_PEERS) {
    withTorrent(table, line, (shard) => {
      sweepRun(table, shard, line, family, seeding, Math.max(0, end - SLICE_PEERS), end, limits);
    });
  }
}

/**
 * Drops the expired ones among the peers of one run that are number `from` up to `to`, counted from the run's outer end. It
 * goes inwards to outwards: what takes a dropped peer's place has been looked at already.
 */
function sweepRun(
  table: PeerTable,
  shard: number,
  line: number,
  family: Family,
  seeding: boolean,
  from: number,
  to: number,
  limits: SweepLimits,
): void {
  const { torrents, control } = table;
  const { halfwords } = table.peers;
  const minute = control[CONTROL_MINUTE];
  const capacity = torrents[line + TORRENT_CAPACITY + family];
  const marks = marksAt(family, torrents[line + TORRENT_BLOCK + family], capacity);
  const length = torrents[line + (seeding ? TORRENT_SEEDERS : TORRENT_LEECHERS) + family];
  for (let number = Math.min(to, length) - 1; number >= from; number--) {
    const position = seeding ? capacity - 1 - number : number;
    if (ageOf(halfwords[marks + position], minute) > limits.peerTimeoutMin) {
      removePeer(table, shard, line, family, position);
    }
  }
}
