/**
 * Walking the table in ascending order of info hashes, one torrent at a time, while announces go on. Each torrent is
 * copied out under its shard's lock and so is as it was at one moment; one that is there from the walk's beginning to its
 * end is met exactly once. Only the keeper walks, and it does not sweep meanwhile: so no torrent goes away.
 *
 * @module
 */

import { byteSwap, compareHashes } from "./hash_order.ts";
import {
  CONTROL_MINUTE,
  CONTROL_WORDS,
  HASH_BYTES,
  HASH_WORDS,
  IPV4,
  IPV6,
  LINE_WORDS,
  RECORD_WORDS,
  SHARD_COUNT,
  TORRENT_COMPLETED,
  TORRENT_SEEDERS,
  TORRENT_TOUCHED,
} from "./layout.ts";
import { PeerCopy } from "./peer_copy.ts";
import { peersOf } from "./swarm_size.ts";
import type { PeerTable } from "./table.ts";
import { listTorrents, lockShard, unlockShard } from "./torrents.ts";
import { readAhead } from "./walk_ahead.ts";

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
  /**
   * The first `count4 * 2` words are IPv4 peer records (compact peer, ODB flags, age in minutes), in no order. Each has its
   * bytes in the opposite order: so it is one little-endian number, and the order of numbers is the order of records.
   */
  records4: Uint32Array<ArrayBuffer> = new Uint32Array(0);
  /** The first `count6 * 5` words are IPv6 peer records likewise. */
  records6: Uint32Array<ArrayBuffer> = new Uint32Array(0);
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
  /** Where those end that have been read ahead. */
  #readTo = 0;
  readonly #copy4 = new PeerCopy(IPV4);
  readonly #copy6 = new PeerCopy(IPV6);

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
    if (this.#next === this.#readTo) {
      this.#readTo = readAhead(this.#table, this.#numbers, this.#next, this.#end);
    }
    this.#read(this.#numbers[this.#next++] * LINE_WORDS, snapshot);
    return true;
  }

  #list(): void {
    const shard = CONTROL_WORDS + this.#shard * LINE_WORDS;
    for (;;) {
      const count = listTorrents(this.#table, shard, this.#numbers);
      if (count <= this.#numbers.length) {
        this.#next = this.#readTo = 0;
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
      numbers.subarray(0, count).sort((a, b) => compareHashes(torrents, a * LINE_WORDS, b * LINE_WORDS));
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
      if (compareHashes(torrents, numbers[i - 1] * LINE_WORDS, numbers[i] * LINE_WORDS) > 0) {
        numbers.subarray(0, count).sort((a, b) => compareHashes(torrents, a * LINE_WORDS, b * LINE_WORDS));
        return;
      }
    }
  }

  #read(line: number, snapshot: TorrentSnapshot): void {
    const table = this.#table;
    const { torrents } = table;
    for (let i = 0; i < HASH_WORDS; i++) snapshot.hashWords[i] = torrents[line + i];
    const shard = CONTROL_WORDS + this.#shard * LINE_WORDS;
    while (!this.#copy(shard, line, snapshot)) {
      this.#copy4.makeRoom();
      this.#copy6.makeRoom();
    }
    const minute = table.control[CONTROL_MINUTE];
    snapshot.records4 = withRoom(snapshot.records4, snapshot.count4 * RECORD_WORDS[IPV4]);
    snapshot.records6 = withRoom(snapshot.records6, snapshot.count6 * RECORD_WORDS[IPV6]);
    this.#copy4.writeRecords(snapshot.records4, minute);
    this.#copy6.writeRecords(snapshot.records6, minute);
  }

  /** Copies the torrent as it is at this moment, with its shard locked; false when there is no room for it. */
  #copy(shard: number, line: number, snapshot: TorrentSnapshot): boolean {
    const table = this.#table;
    const { torrents } = table;
    lockShard(table, shard);
    try {
      snapshot.completed = torrents[line + TORRENT_COMPLETED];
      snapshot.touchedMin = torrents[line + TORRENT_TOUCHED];
      snapshot.seeders4 = torrents[line + TORRENT_SEEDERS + IPV4];
      snapshot.seeders6 = torrents[line + TORRENT_SEEDERS + IPV6];
      snapshot.count4 = peersOf(table, line, IPV4);
      snapshot.count6 = peersOf(table, line, IPV6);
      const hasRoom4 = this.#copy4.copy(table, line);
      return this.#copy6.copy(table, line) && hasRoom4;
    } finally {
      unlockShard(table, shard);
    }
  }
}

/** `records`, or a new array when `size` words, and some more, do not fit into it. */
function withRoom(records: Uint32Array<ArrayBuffer>, size: number): Uint32Array<ArrayBuffer> {
  return size <= records.length ? records : new Uint32Array(size + (size >>> 3));
}

/** Places in a list of torrents that a sort key can tell apart: with 32 bits of hash it stays below 2^53. */
const PLACES = 2 ** 21;
