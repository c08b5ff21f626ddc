/**
 * Walking the table in ascending order of info hashes, one torrent at a time, while announces go on. Each torrent is
 * copied out under its shard's lock and so is as it was at one moment; one that is there from the walk's beginning to its
 * end is met exactly once. Only the keeper walks, and it does not sweep meanwhile: so no torrent goes away.
 *
 * @module
 */

import { ageOf, compactAt, marksAt } from "./block.ts";
import {
  COMPACT_BYTES,
  CONTROL_MINUTE,
  CONTROL_WORDS,
  FLAGS_ODB,
  HASH_BYTES,
  HASH_WORDS,
  IPV4,
  IPV6,
  LINE_WORDS,
  SHARD_COUNT,
  TORRENT_BLOCK,
  TORRENT_CAPACITY,
  TORRENT_COMPLETED,
  TORRENT_LEECHERS,
  TORRENT_SEEDERS,
  TORRENT_TOUCHED,
} from "./layout.ts";
import type { Family } from "./layout.ts";
import { peersOf } from "./swarm.ts";
import type { PeerTable } from "./table.ts";
import { listTorrents, lockShard, unlockShard } from "./torrents.ts";

/** Bytes of an ODB peer record by family: the compact peer, its flags, its age in minutes. */
export const RECORD_BYTES = [COMPACT_BYTES[IPV4] + 2, COMPACT_BYTES[IPV6] + 2] as const;

/** One torrent, copied out of the table. Reused: what it holds is good until the next torrent is read into it. */
export class TorrentSnapshot {
  readonly hash: Uint8Array<ArrayBuffer> = new Uint8Array(HASH_BYTES);
  readonly hashWords: Uint32Array<ArrayBuffer> = new Uint32Array(this.hash.buffer);
  completed = 0;
  /** Minute of the table's clock in which the torrent was last announced. */
  touchedMin = 0;
  count4 = 0;
  seeders4 = 0;
  count6 = 0;
  seeders6 = 0;
  /** The first `count4 * 8` bytes are IPv4 peer records, in no order: compact peer, ODB flags, age in minutes. */
  records4: Uint8Array<ArrayBuffer> = new Uint8Array(RECORD_BYTES[IPV4] * 64);
  /** The first `count6 * 20` bytes are IPv6 peer records likewise. */
  records6: Uint8Array<ArrayBuffer> = new Uint8Array(RECORD_BYTES[IPV6] * 64);
}

/** One walk through the table. */
export class TableWalk {
  readonly #table: PeerTable;
  #shard = -1;
  /** Torrent lines of the current shard, ascending by hash, from #next to #end. */
  #numbers = new Uint32Array(1024);
  #sortKeys = new Float64Array(1024);
  #next = 0;
  #end = 0;

  constructor(table: PeerTable) {
    this.#table = table;
  }

  /** Reads the next torrent into `snapshot`; false when there is none. */
  next(snapshot: TorrentSnapshot): boolean {
    while (this.#next === this.#end) {
      if (this.#shard === SHARD_COUNT - 1) return false;
      this.#shard++;
      this.#list();
    }
    this.#read(this.#numbers[this.#next++] * LINE_WORDS, snapshot);
    return true;
  }

  #list(): void {
    const shard = CONTROL_WORDS + this.#shard * LINE_WORDS;
    for (;;) {
      lockShard(this.#table, shard);
      let count: number;
      try {
        count = listTorrents(this.#table, shard, this.#numbers);
      } finally {
        unlockShard(this.#table, shard);
      }
      if (count <= this.#numbers.length) {
        this.#next = 0;
        this.#end = count;
        this.#sort();
        return;
      }
      this.#numbers = new Uint32Array(count * 2);
      this.#sortKeys = new Float64Array(count * 2);
    }
  }

  /** Sorts the shard's lines by hash. Hashes do not change, so no lock is needed. */
  #sort(): void {
    const { torrents } = this.#table;
    const numbers = this.#numbers;
    const keys = this.#sortKeys;
    const count = this.#end;
    if (count > PLACES) {
      numbers.subarray(0, count).sort((a, b) => compareHashes(torrents, a, b));
      return;
    }
    // The first 32 bits and the place in the list make one exact number: sorting those needs no comparing function.
    for (let i = 0; i < count; i++) {
      keys[i] = byteSwap(torrents[numbers[i] * LINE_WORDS]) * PLACES + i;
    }
    const sorted = keys.subarray(0, count).sort();
    const unsorted = numbers.slice(0, count);
    for (let i = 0; i < count; i++) numbers[i] = unsorted[sorted[i] % PLACES];
    // What 32 bits did not tell apart: neighbours, and very few unless somebody makes such hashes.
    for (let i = 1; i < count; i++) {
      if (compareHashes(torrents, numbers[i - 1], numbers[i]) > 0) {
        numbers.subarray(0, count).sort((a, b) => compareHashes(torrents, a, b));
        return;
      }
    }
  }

  #read(line: number, snapshot: TorrentSnapshot): void {
    const table = this.#table;
    const { torrents } = table;
    for (let i = 0; i < HASH_WORDS; i++) snapshot.hashWords[i] = torrents[line + i];
    const shard = CONTROL_WORDS + this.#shard * LINE_WORDS;
    for (;;) {
      lockShard(table, shard);
      try {
        snapshot.count4 = peersOf(table, line, IPV4);
        snapshot.count6 = peersOf(table, line, IPV6);
        if (
          snapshot.count4 * RECORD_BYTES[IPV4] <= snapshot.records4.length &&
          snapshot.count6 * RECORD_BYTES[IPV6] <= snapshot.records6.length
        ) {
          snapshot.completed = torrents[line + TORRENT_COMPLETED];
          snapshot.touchedMin = torrents[line + TORRENT_TOUCHED];
          snapshot.seeders4 = torrents[line + TORRENT_SEEDERS + IPV4];
          snapshot.seeders6 = torrents[line + TORRENT_SEEDERS + IPV6];
          copyRecords(table, line, IPV4, snapshot.records4);
          copyRecords(table, line, IPV6, snapshot.records6);
          return;
        }
      } finally {
        unlockShard(table, shard);
      }
      // Room is made without the lock; the torrent may grow on meanwhile, hence the quarter more and the loop.
      snapshot.records4 = roomFor(snapshot.records4, snapshot.count4 * RECORD_BYTES[IPV4]);
      snapshot.records6 = roomFor(snapshot.records6, snapshot.count6 * RECORD_BYTES[IPV6]);
    }
  }
}

/** Places in a list of torrents that a sort key can tell apart: with 32 bits of hash it stays below 2^53. */
const PLACES = 2 ** 21;

function byteSwap(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}

function compareHashes(torrents: Uint32Array, a: number, b: number): number {
  for (let i = 0; i < HASH_WORDS; i++) {
    const wordA = torrents[a * LINE_WORDS + i];
    const wordB = torrents[b * LINE_WORDS + i];
    if (wordA !== wordB) return byteSwap(wordA) - byteSwap(wordB);
  }
  return 0;
}

function roomFor(records: Uint8Array<ArrayBuffer>, bytes: number): Uint8Array<ArrayBuffer> {
  return bytes <= records.length ? records : new Uint8Array(bytes + (bytes >>> 2));
}

function copyRecords(table: PeerTable, line: number, family: Family, target: Uint8Array): void {
  const block = table.torrents[line + TORRENT_BLOCK + family];
  if (block === 0) return;
  const capacity = table.torrents[line + TORRENT_CAPACITY + family];
  const leechers = table.torrents[line + TORRENT_LEECHERS + family];
  const seeders = table.torrents[line + TORRENT_SEEDERS + family];
  copyRun(table, family, block, capacity, 0, leechers, target, 0);
  copyRun(table, family, block, capacity, capacity - seeders, capacity, target, leechers);
}

/** Copies the peers at `from` up to `to` as records behind the first `done` in `target`. */
function copyRun(
  table: PeerTable,
  family: Family,
  block: number,
  capacity: number,
  from: number,
  to: number,
  target: Uint8Array,
  done: number,
): void {
  const { bytes, halfwords } = table.peers;
  const minute = table.control[CONTROL_MINUTE];
  const stride = COMPACT_BYTES[family];
  const marks = marksAt(family, block, capacity);
  let source = compactAt(family, block, from) * 2;
  let at = done * RECORD_BYTES[family];
  for (let position = from; position < to; position++) {
    for (let i = 0; i < stride; i++) target[at++] = bytes[source++];
    const mark = halfwords[marks + position];
    target[at++] = mark & FLAGS_ODB;
    target[at++] = ageOf(mark, minute);
  }
}
