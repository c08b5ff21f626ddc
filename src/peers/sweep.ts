/** Expiry: peers that have not announced for too long, and torrents that nobody is in. The keeper's. @module */

import { ageOf, marksAt } from "./block.ts";
import {
  BUCKET_PEERS,
  CONTROL_MINUTE,
  CONTROL_SLOT_HIGH,
  FAMILIES,
  IPV4,
  IPV6,
  LINE_WORDS,
  ROLES,
  TORRENT_COMPLETED,
  TORRENT_HASH,
  TORRENT_TOUCHED,
} from "./layout.ts";
import type { Family } from "./layout.ts";
import { PeerRuns } from "./runs.ts";
import { removePeer } from "./swarm.ts";
import { peersOf, shrinkRun, shrinkSwarm } from "./swarm_size.ts";
import type { PeerTable } from "./table.ts";
import { removeTorrent, withTorrent } from "./torrents.ts";

/** How long things stay, in minutes of the table's clock. */
export interface SweepLimits {
  /** A peer goes when this many whole minutes have passed since its last announce, and the next begun; at most PEER_AGE_MAX_MIN. */
  readonly peerTimeoutMin: number;
  /** A torrent without peers goes after this long when it was never completed, */
  readonly emptyTorrentMin: number;
  /** and after this long when it was. */
  readonly completedTorrentMin: number;
}

/** Says of the info hash that begins at `hash[at]` whether its torrent is to go, whoever is in it. */
export type IsRefused = (hash: Uint32Array, at: number) => boolean;

/** Called between two holds of a lock, every few of them, so that a sweep need not take a core for itself. */
export type Rest = () => void;

/** Of a torrent that is to go. */
const AT_ONCE: SweepLimits = { peerTimeoutMin: -1, emptyTorrentMin: 0, completedTorrentMin: 0 };

/** Runs looked at, and buckets joined, under one hold of a lock: a millisecond at most, when all their peers go. */
const SLICE_RUNS = Math.floor(2 ** 11 / BUCKET_PEERS);
/** Slices between two rests. */
const SLICES_A_REST = 4;

const runs = new PeerRuns();

/**
 * Drops what is past its time, and all torrents that are refused, with a shard locked for one torrent, or a slice of a large
 * one, at a time.
 */
export function sweep(
  table: PeerTable,
  limits: SweepLimits,
  isRefused: IsRefused = () => false,
  rest: Rest = () => {},
): void {
  const { torrents } = table;
  sweepBy(table, (line) => isRefused(torrents, line + TORRENT_HASH) ? AT_ONCE : limits, rest);
}

/** Drops the torrents that are refused in the same way, and nothing else. */
export function dropRefused(table: PeerTable, isRefused: IsRefused, rest: Rest = () => {}): void {
  const { torrents } = table;
  sweepBy(table, (line) => isRefused(torrents, line + TORRENT_HASH) ? AT_ONCE : null, rest);
}

/** Sweeps by the limits that the torrent at a line has; null leaves it as it is. They are asked for with its shard locked. */
function sweepBy(table: PeerTable, limitsOf: (line: number) => SweepLimits | null, rest: Rest): void {
  const { control } = table;
  let slices = 0;
  const restWhenDue = () => {
    if (++slices % SLICES_A_REST === 0) rest();
  };
  for (let number = 1; number < control[CONTROL_SLOT_HIGH]; number++) {
    const line = number * LINE_WORDS;
    let from = 0;
    const sweepNext = (shard: number) => {
      const limits = limitsOf(line);
      return limits !== null && sweepSlice(table, shard, line, from, limits);
    };
    const shrinkNext = (shard: number) => {
      const limits = limitsOf(line);
      return limits !== null && shrink(table, shard, line, limits);
    };
    while (withTorrent(table, line, sweepNext)) {
      from += SLICE_RUNS;
      restWhenDue();
    }
    while (withTorrent(table, line, shrinkNext)) restWhenDue();
    restWhenDue();
  }
}

/** Sweeps the runs of each family and role from number `from` on, a slice of them; whether there are further ones. */
function sweepSlice(
  table: PeerTable,
  shard: number,
  line: number,
  from: number,
  limits: SweepLimits,
): boolean {
  let isMore = false;
  for (const family of FAMILIES) {
    for (const seeding of ROLES) {
      runs.open(table, line, family, seeding);
      const until = Math.min(runs.count, from + SLICE_RUNS);
      for (let run = from; run < until; run++) sweepRun(table, shard, line, family, seeding, run, limits);
      if (until < runs.count) isMore = true;
    }
  }
  return isMore;
}

/**
 * Drops the expired ones among the peers of one run. It goes from the innermost outwards: what takes a dropped peer's place
 * has been looked at already.
 */
function sweepRun(
  table: PeerTable,
  shard: number,
  line: number,
  family: Family,
  seeding: boolean,
  run: number,
  limits: SweepLimits,
): void {
  runs.turnTo(table, run);
  const { place, control } = table;
  const { halfwords } = table.peers;
  const minute = control[CONTROL_MINUTE];
  const { block, capacity, length, isFromFront } = runs;
  const marks = marksAt(family, block, capacity);
  for (let left = length - 1; left >= 0; left--) {
    const position = isFromFront ? left : capacity - 1 - left;
    if (ageOf(halfwords[marks + position], minute) <= limits.peerTimeoutMin) continue;
    place.stand(block, capacity, position, seeding, run);
    removePeer(table, shard, line, family);
  }
  shrinkRun(table, line, family, seeding, run);
}

/** Gives back what the torrent no longer needs, and the torrent when it is due; whether there is more to give back. */
function shrink(table: PeerTable, shard: number, line: number, limits: SweepLimits): boolean {
  const { control, torrents } = table;
  const isMore4 = shrinkSwarm(table, line, IPV4, SLICE_RUNS);
  const isMore6 = shrinkSwarm(table, line, IPV6, SLICE_RUNS);
  if (isMore4 || isMore6) return true;
  if (peersOf(table, line, IPV4) + peersOf(table, line, IPV6) > 0) return false;
  const idle = control[CONTROL_MINUTE] - torrents[line + TORRENT_TOUCHED];
  const wasCompleted = torrents[line + TORRENT_COMPLETED] > 0;
  if (idle >= (wasCompleted ? limits.completedTorrentMin : limits.emptyTorrentMin)) {
    removeTorrent(table, shard, line);
  }
  return false;
}
