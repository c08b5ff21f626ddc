/**
 * The peers of one role and family of a torrent as stretches of peer blocks: one run in a torrent without directories, one
 * a bucket in a torrent with them. The torrent's shard is locked by the caller for as long as a run is looked at.
 *
 * @module
 */

import { blockOf, bucketsOf, capacityOf, countOf } from "./directory.ts";
import { DIRECTORIES, TORRENT_BLOCK, TORRENT_CAPACITY, TORRENT_LEECHERS, TORRENT_SEEDERS } from "./layout.ts";
import type { Family } from "./layout.ts";
import type { PeerTable } from "./table.ts";

/** Whether the torrent keeps its peers of a family in directories. */
export function hasDirectories(table: PeerTable, line: number, family: Family): boolean {
  return (table.torrents[line + TORRENT_CAPACITY + family] & DIRECTORIES) !== 0;
}

/** Positions of the block of a torrent without directories; 0 when it has no block. */
export function blockCapacity(table: PeerTable, line: number, family: Family): number {
  return table.torrents[line + TORRENT_CAPACITY + family] >>> 1;
}

/** The directory of one role of a torrent that has directories. */
export function directoryOf(table: PeerTable, line: number, family: Family, seeding: boolean): number {
  const { torrents } = table;
  return seeding
    ? (torrents[line + TORRENT_CAPACITY + family] & ~DIRECTORIES) >>> 0
    : torrents[line + TORRENT_BLOCK + family];
}

/** Goes through the runs of one role. One object serves one torrent after another. */
export class PeerRuns {
  /** Runs that there are. */
  count = 0;
  /** The current run: `length` peers from position `first` on of a block with `capacity` positions. */
  block = 0;
  capacity = 0;
  first = 0;
  length = 0;
  /** Whether runs grow from their first peer on; else from their last one backwards. */
  isFromFront = true;
  #directory = 0;

  /** Turns to the peers of one role of the torrent at `line`. The first run is the current one. */
  open(table: PeerTable, line: number, family: Family, seeding: boolean): void {
    const { torrents } = table;
    this.isFromFront = true;
    if (hasDirectories(table, line, family)) {
      this.#directory = directoryOf(table, line, family, seeding);
      this.count = bucketsOf(table, this.#directory);
      this.first = 0;
      this.turnTo(table, 0);
      return;
    }
    this.#directory = 0;
    this.count = 1;
    this.block = torrents[line + TORRENT_BLOCK + family];
    this.capacity = blockCapacity(table, line, family);
    this.length = torrents[line + (seeding ? TORRENT_SEEDERS : TORRENT_LEECHERS) + family];
    this.first = seeding ? this.capacity - this.length : 0;
    this.isFromFront = !seeding;
  }

  /** Makes run `index`, 0 to `count` - 1, the current one. */
  turnTo(table: PeerTable, index: number): void {
    if (this.#directory === 0) return;
    this.block = blockOf(table, this.#directory, index);
    this.capacity = capacityOf(table, this.#directory, index);
    this.length = countOf(table, this.#directory, index);
  }
}
