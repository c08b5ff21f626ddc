/** What a scrape tells of one torrent. @module */

import { TORRENT_COMPLETED, TORRENT_LEECHERS, TORRENT_PAUSED, TORRENT_SEEDERS } from "./layout.ts";
import type { PeerTable } from "./table.ts";
import { findTorrent, lockShard, shardOf, unlockShard } from "./torrents.ts";

/** One torrent's counts over both families. One a thread, reused. */
export class ScrapeAnswer {
  seeders = 0;
  /** Paused peers included. */
  leechers = 0;
  completed = 0;
  /** Leechers that are not paused (BEP 21). */
  downloaders = 0;

  /** Tells of a torrent that is unknown. */
  clear(): void {
    this.seeders =
      this.leechers =
      this.completed =
      this.downloaders =
        0;
  }
}

/**
 * Fills `answer` with the counts of the torrent whose 20 hash bytes lie in `hash` from word `hashAt` on. Returns false,
 * and zeros, when it is unknown. Changes nothing in the table (BEP 48).
 */
export function scrape(table: PeerTable, hash: Uint32Array, hashAt: number, answer: ScrapeAnswer): boolean {
  const { torrents } = table;
  const shard = shardOf(hash[hashAt]);
  lockShard(table, shard);
  try {
    const line = findTorrent(table, shard, hash, hashAt);
    if (line === 0) {
      answer.clear();
      return false;
    }
    answer.seeders = torrents[line + TORRENT_SEEDERS] + torrents[line + TORRENT_SEEDERS + 1];
    answer.leechers = torrents[line + TORRENT_LEECHERS] + torrents[line + TORRENT_LEECHERS + 1];
    answer.completed = torrents[line + TORRENT_COMPLETED];
    answer.downloaders = answer.leechers - torrents[line + TORRENT_PAUSED];
    return true;
  } finally {
    unlockShard(table, shard);
  }
}
