/**
 * The torrents with the most peers and those with the most seeders. The keeper's, so that no torrent of some age goes away
 * meanwhile.
 *
 * The lines of all torrents are read one after the other without a lock, which memory likes best, and most of them are
 * seen to be not among the best. Only of a torrent that seems to be is the shard locked, for as long as it takes to read
 * its line again. So nothing is locked for long, and each torrent's counts are of one moment.
 *
 * @module
 */

import {
  CONTROL_SLOT_HIGH,
  HASH_BYTES,
  HASH_WORDS,
  IPV4,
  IPV6,
  LINE_WORDS,
  TORRENT_COMPLETED,
  TORRENT_HASH,
  TORRENT_SEEDERS,
} from "./layout.ts";
import { peersOf } from "./swarm_size.ts";
import type { PeerTable } from "./table.ts";
import { withTorrent } from "./torrents.ts";

/** A torrent's place among the others. Plain data, so that a message carries it. */
export interface TorrentStanding {
  /** 40 hexadecimal digits, lower case. */
  infoHash: string;
  seeders: number;
  leechers: number;
  completed: number;
}

/** The best torrents, the best one first; of equal ones the one with the smaller hash. */
export interface TopTorrents {
  byPeers: TorrentStanding[];
  bySeeders: TorrentStanding[];
}

/** Up to `count` torrents of each kind, 1 or more. A torrent without peers is not among them, nor is one without seeders. */
export function topTorrents(table: PeerTable, count: number): TopTorrents {
  const byPeers = new Ranking(count);
  const bySeeders = new Ranking(count);
  let line = 0;
  const add = () => {
    byPeers.add(peersAt(table, line), table, line);
    bySeeders.add(seedersAt(table, line), table, line);
    return true;
  };
  const end = table.control[CONTROL_SLOT_HIGH] * LINE_WORDS;
  for (line = LINE_WORDS; line < end; line += LINE_WORDS) {
    if (peersAt(table, line) > byPeers.floor || seedersAt(table, line) > bySeeders.floor) {
      withTorrent(table, line, add);
    }
  }
  return { byPeers: byPeers.standings(), bySeeders: bySeeders.standings() };
}

function peersAt(table: PeerTable, line: number): number {
  return peersOf(table, line, IPV4) + peersOf(table, line, IPV6);
}

function seedersAt({ torrents }: PeerTable, line: number): number {
  return torrents[line + TORRENT_SEEDERS + IPV4] + torrents[line + TORRENT_SEEDERS + IPV6];
}

// Words of an entry: the hash as it lies in memory, and counts.
const ENTRY_RANKED = HASH_WORDS;
const ENTRY_SEEDERS = ENTRY_RANKED + 1;
const ENTRY_LEECHERS = ENTRY_SEEDERS + 1;
const ENTRY_COMPLETED = ENTRY_LEECHERS + 1;
const ENTRY_WORDS = ENTRY_COMPLETED + 1;

/** The torrents that are best by one number. */
class Ranking {
  /** A torrent whose number is not above this one is not among the best. */
  floor = 0;
  readonly #entries: Uint32Array;
  readonly #capacity: number;
  #count = 0;
  /** The entry with the smallest number: the one that a better torrent replaces, when all are taken. */
  #least = 0;

  constructor(capacity: number) {
    this.#entries = new Uint32Array(capacity * ENTRY_WORDS);
    this.#capacity = capacity;
  }

  /** Adds the torrent at `line`, if its number is above the floor. Its shard is locked. */
  add(number: number, table: PeerTable, line: number): void {
    if (number <= this.floor) return;
    const { torrents } = table;
    const entries = this.#entries;
    const at = (this.#count < this.#capacity ? this.#count++ : this.#least) * ENTRY_WORDS;
    for (let word = 0; word < HASH_WORDS; word++) entries[at + word] = torrents[line + TORRENT_HASH + word];
    entries[at + ENTRY_RANKED] = number;
    entries[at + ENTRY_SEEDERS] = seedersAt(table, line);
    entries[at + ENTRY_LEECHERS] = peersAt(table, line) - entries[at + ENTRY_SEEDERS];
    entries[at + ENTRY_COMPLETED] = torrents[line + TORRENT_COMPLETED];
    if (this.#count === this.#capacity) this.#findLeast();
  }

  /** What was added and not replaced since, in order. */
  standings(): TorrentStanding[] {
    const numbers = this.#entries.subarray(0, this.#count * ENTRY_WORDS);
    const found = Array.from({ length: this.#count }, (_, entry) => ({
      number: numbers[entry * ENTRY_WORDS + ENTRY_RANKED],
      standing: this.#standing(entry * ENTRY_WORDS),
    }));
    found.sort((a, b) => b.number - a.number || (a.standing.infoHash < b.standing.infoHash ? -1 : 1));
    return found.map(({ standing }) => standing);
  }

  /** There are few entries, and ever fewer torrents that replace one: looking at all is quicker than keeping them sorted. */
  #findLeast(): void {
    const entries = this.#entries;
    let least = 0;
    for (let entry = 1; entry < this.#capacity; entry++) {
      if (entries[entry * ENTRY_WORDS + ENTRY_RANKED] < entries[least * ENTRY_WORDS + ENTRY_RANKED]) {
        least = entry;
      }
    }
    this.#least = least;
    this.floor = entries[least * ENTRY_WORDS + ENTRY_RANKED];
  }

  #standing(at: number): TorrentStanding {
    const entries = this.#entries;
    const hash = new Uint8Array(entries.buffer, at * Uint32Array.BYTES_PER_ELEMENT, HASH_BYTES);
    return {
      infoHash: hash.toHex(),
      seeders: entries[at + ENTRY_SEEDERS],
      leechers: entries[at + ENTRY_LEECHERS],
      completed: entries[at + ENTRY_COMPLETED],
    };
  }
}
