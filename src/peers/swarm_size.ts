/**
 * How much memory a torrent has for its peers of one family: a block that grows and shrinks with them, or, beyond SMALL_MAX
 * peers, directories of buckets. The torrent's shard is locked by the caller.
 *
 * @module
 */

import { allocateBlock, copyPeers, freeBlock, roomyCapacity } from "./block.ts";
import { bucketsOf, createDirectory, freeDirectory, shrinkBucket } from "./directory.ts";
import { joinWhenDue } from "./directory_size.ts";
import {
  DIRECTORIES,
  SMALL_MAX,
  TORRENT_BLOCK,
  TORRENT_CAPACITY,
  TORRENT_LEECHERS,
  TORRENT_SEEDERS,
} from "./layout.ts";
import type { Family } from "./layout.ts";
import { blockCapacity, directoryOf, hasDirectories, PeerRuns } from "./runs.ts";
import type { PeerTable } from "./table.ts";

/** Peers down to which a torrent keeps its directories, so that it does not go to and fro. */
const DIRECTORIES_MIN = SMALL_MAX / 2;

const runs = new PeerRuns();

/** Peers of the torrent in one family. */
export function peersOf(table: PeerTable, line: number, family: Family): number {
  return table.torrents[line + TORRENT_LEECHERS + family] + table.torrents[line + TORRENT_SEEDERS + family];
}

/**
 * Makes room for one peer more, be it in the block or by directories, whose buckets grow by themselves. False, and nothing
 * changed, when there is no memory.
 */
export function makeRoom(table: PeerTable, line: number, family: Family): boolean {
  if (hasDirectories(table, line, family)) return true;
  const count = peersOf(table, line, family);
  if (count < blockCapacity(table, line, family)) return true;
  if (count >= SMALL_MAX) return makeDirectories(table, line, family);
  return resizeBlock(table, line, family, Math.min(SMALL_MAX, roomyCapacity(count)));
}

/**
 * Makes the block, if the torrent is to have one, hold `more` further peers, and a few that may announce soon. It is the
 * caller's loss if it cannot.
 */
export function reservePeers(table: PeerTable, line: number, family: Family, more: number): void {
  if (hasDirectories(table, line, family)) return;
  const wanted = peersOf(table, line, family) + more;
  if (wanted > SMALL_MAX || wanted <= blockCapacity(table, line, family)) return;
  resizeBlock(table, line, family, Math.min(SMALL_MAX, wanted + (more >>> 4)));
}

/** Gives memory back that one of the runs (runs.ts) of a torrent with directories no longer needs. */
export function shrinkRun(
  table: PeerTable,
  line: number,
  family: Family,
  seeding: boolean,
  run: number,
): void {
  if (!hasDirectories(table, line, family)) return;
  shrinkBucket(table, family, directoryOf(table, line, family, seeding), run);
}

/**
 * Gives memory back that the torrent's peers no longer need, joining at most `joinsMax` buckets of each role. Returns
 * whether more can be given back.
 */
export function shrinkSwarm(table: PeerTable, line: number, family: Family, joinsMax: number): boolean {
  const { torrents } = table;
  const block = torrents[line + TORRENT_BLOCK + family];
  if (block === 0) return false;
  const count = peersOf(table, line, family);
  if (hasDirectories(table, line, family)) {
    const leechersLeft = joinBuckets(table, line, family, false, joinsMax);
    const seedersLeft = joinBuckets(table, line, family, true, joinsMax);
    if (leechersLeft || seedersLeft) return true;
    if (count <= DIRECTORIES_MIN) makeBlock(table, line, family);
    return false;
  }
  const capacity = blockCapacity(table, line, family);
  if (count === 0) {
    freeBlock(table, block);
    torrents[line + TORRENT_BLOCK + family] = torrents[line + TORRENT_CAPACITY + family] = 0;
  } else if (capacity > roomyCapacity(count + (count >>> 1) + 1)) {
    resizeBlock(table, line, family, roomyCapacity(count));
  }
  return false;
}

/** Joins buckets of one role while that is due; true when there may be more to join. */
function joinBuckets(
  table: PeerTable,
  line: number,
  family: Family,
  seeding: boolean,
  joinsMax: number,
): boolean {
  const directory = directoryOf(table, line, family, seeding);
  const peers = table.torrents[line + (seeding ? TORRENT_SEEDERS : TORRENT_LEECHERS) + family];
  for (let joins = 0; joins < joinsMax; joins++) {
    if (!joinWhenDue(table, family, directory, peers)) return false;
  }
  return bucketsOf(table, directory) > 1;
}

/** Moves the peers into a new block of `capacity`, which holds them all. False when there is no memory. */
function resizeBlock(table: PeerTable, line: number, family: Family, capacity: number): boolean {
  const { torrents } = table;
  const block = allocateBlock(table, family, capacity);
  if (block === 0) return false;
  const old = torrents[line + TORRENT_BLOCK + family];
  const oldCapacity = blockCapacity(table, line, family);
  const leechers = torrents[line + TORRENT_LEECHERS + family];
  const seeders = torrents[line + TORRENT_SEEDERS + family];
  copyPeers(table, family, old, oldCapacity, 0, block, capacity, 0, leechers);
  const firstSeeder = oldCapacity - seeders;
  copyPeers(table, family, old, oldCapacity, firstSeeder, block, capacity, capacity - seeders, seeders);
  torrents[line + TORRENT_BLOCK + family] = block;
  torrents[line + TORRENT_CAPACITY + family] = capacity * 2;
  freeBlock(table, old);
  return true;
}

/** Turns the block into directories. False, and nothing changed, when there is no memory. */
function makeDirectories(table: PeerTable, line: number, family: Family): boolean {
  const { torrents } = table;
  const block = torrents[line + TORRENT_BLOCK + family];
  const leechers = directoryFor(table, line, family, false);
  if (leechers === 0) return false;
  const seeders = directoryFor(table, line, family, true);
  if (seeders === 0) {
    freeDirectory(table, leechers);
    return false;
  }
  torrents[line + TORRENT_BLOCK + family] = leechers;
  torrents[line + TORRENT_CAPACITY + family] = seeders | DIRECTORIES;
  freeBlock(table, block);
  return true;
}

/** A directory of the peers of one role, which are still in the block; 0 when there is no memory. */
function directoryFor(table: PeerTable, line: number, family: Family, seeding: boolean): number {
  runs.open(table, line, family, seeding);
  return createDirectory(table, family, runs.block, runs.capacity, runs.first, runs.length);
}

/** Turns the directories into a block that holds all their peers, if there is memory. */
function makeBlock(table: PeerTable, line: number, family: Family): void {
  const { torrents } = table;
  const leechers = directoryOf(table, line, family, false);
  const seeders = directoryOf(table, line, family, true);
  const count = peersOf(table, line, family);
  if (count === 0) {
    torrents[line + TORRENT_BLOCK + family] = torrents[line + TORRENT_CAPACITY + family] = 0;
  } else {
    const capacity = roomyCapacity(count);
    const block = allocateBlock(table, family, capacity);
    if (block === 0) return;
    copyRuns(table, line, family, false, block, capacity, 0);
    const firstSeeder = capacity - torrents[line + TORRENT_SEEDERS + family];
    copyRuns(table, line, family, true, block, capacity, firstSeeder);
    torrents[line + TORRENT_BLOCK + family] = block;
    torrents[line + TORRENT_CAPACITY + family] = capacity * 2;
  }
  freeDirectory(table, leechers);
  freeDirectory(table, seeders);
}

/** Copies all peers of one role to a block, from `position` on. */
function copyRuns(
  table: PeerTable,
  line: number,
  family: Family,
  seeding: boolean,
  block: number,
  capacity: number,
  position: number,
): void {
  runs.open(table, line, family, seeding);
  for (let i = 0; i < runs.count; i++) {
    runs.turnTo(table, i);
    copyPeers(table, family, runs.block, runs.capacity, runs.first, block, capacity, position, runs.length);
    position += runs.length;
  }
}
