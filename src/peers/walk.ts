/**
 * Walking the table in ascending order of info hashes, one torrent at a time, while announces go on. Each torrent is
 * copied out under its shard's lock and so is as it was at one moment; one that is there from the walk's beginning to its
 * end is met exactly once. Only the keeper walks, and it does not sweep meanwhile: so no torrent goes away.
 *
 * @module
 */

import { ageOf, compactAt, makeMark, marksAt } from "./block.ts";
import { byteSwap, compareHashes } from "./hash_order.ts";
import {
  COMPACT_BYTES,
  COMPACT_HALFWORDS,
  CONTROL_MINUTE,
  CONTROL_WORDS,
  FLAGS_ODB,
  HASH_BYTES,
  HASH_WORDS,
  IPV4,
  IPV6,
  LINE_WORDS,
  SHARD_COUNT,
  TORRENT_COMPLETED,
  TORRENT_SEEDERS,
  TORRENT_TOUCHED,
} from "./layout.ts";
import type { Family } from "./layout.ts";
import { hasDirectories, PeerRuns } from "./runs.ts";
import { peersOf } from "./swarm_size.ts";
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
  readonly #raw4 = new RawPeers(IPV4);
  readonly #raw6 = new RawPeers(IPV6);

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
      const count = listTorrents(this.#table, shard, this.#numbers);
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
    this.#raw4.readAhead(table, line);
    this.#raw6.readAhead(table, line);
    while (!this.#copy(shard, line, snapshot)) {
      // Room is made without the lock; the torrent may grow on meanwhile, hence the slack and the loop.
      this.#raw4.makeRoom(snapshot.count4);
      this.#raw6.makeRoom(snapshot.count6);
    }
    const minute = table.control[CONTROL_MINUTE];
    snapshot.records4 = this.#raw4.writeRecords(snapshot.records4, snapshot.count4, minute);
    snapshot.records6 = this.#raw6.writeRecords(snapshot.records6, snapshot.count6, minute);
  }

  /** Copies the torrent as it is at this moment, with its shard locked; only its counts when there is no room for it. */
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
      return this.#raw4.copy(table, line) && this.#raw6.copy(table, line);
    } finally {
      unlockShard(table, shard);
    }
  }
}

/** The peers of one torrent in one family as they lie in the table: copied under a lock, so as fast as can be. */
class RawPeers {
  readonly #family: Family;
  readonly #runs = new PeerRuns();
  #compact = new Uint16Array(0);
  #marks = new Uint16Array(0);

  constructor(family: Family) {
    this.#family = family;
    this.makeRoom(64);
  }

  /** Makes room for `count` peers and some more. What was copied is lost then. */
  makeRoom(count: number): void {
    if (count <= this.#marks.length) return;
    const room = count + (count >>> 3);
    this.#compact = new Uint16Array(room * COMPACT_HALFWORDS[this.#family]);
    this.#marks = new Uint16Array(room);
  }

  /**
   * Reads the peers of a large torrent without its lock and believes nothing of it, so that copying them under the lock need
   * not wait for memory.
   */
  readAhead(table: PeerTable, line: number): void {
    const family = this.#family;
    if (!hasDirectories(table, line, family)) return;
    const { words } = table.peers;
    const runs = this.#runs;
    for (const seeding of [false, true]) {
      runs.open(table, line, family, seeding);
      const count = Math.min(runs.count, peersOf(table, line, family));
      for (let i = 0; i < count; i++) {
        runs.turnTo(table, i);
        const end = (runs.block + runs.capacity * RECORD_BYTES[family] / 4) >>> 0;
        for (let at = runs.block; at <= end; at += LINE_WORDS) table.touched ^= words[at];
      }
    }
  }

  /** Copies the peers of the torrent at `line`; false when there is no room for them. */
  copy(table: PeerTable, line: number): boolean {
    if (peersOf(table, line, this.#family) > this.#marks.length) return false;
    const leechers = this.#copyRole(table, line, false, 0);
    this.#copyRole(table, line, true, leechers);
    return true;
  }

  /** Copies the peers of one role behind the `done` ones copied, and returns how many are copied then. */
  #copyRole(table: PeerTable, line: number, seeding: boolean, done: number): number {
    const runs = this.#runs;
    const family = this.#family;
    const { halfwords } = table.peers;
    const stride = COMPACT_HALFWORDS[family];
    runs.open(table, line, family, seeding);
    for (let i = 0; i < runs.count; i++) {
      runs.turnTo(table, i);
      if (runs.length === 0) continue;
      const compact = compactAt(family, runs.block, runs.first);
      const marks = marksAt(family, runs.block, runs.capacity) + runs.first;
      this.#compact.set(halfwords.subarray(compact, compact + runs.length * stride), done * stride);
      this.#marks.set(halfwords.subarray(marks, marks + runs.length), done);
      done += runs.length;
    }
    return done;
  }

  /** Writes the `count` peers copied as ODB records into `records`, or into a larger array that it returns instead. */
  writeRecords(records: Uint8Array<ArrayBuffer>, count: number, minute: number): Uint8Array<ArrayBuffer> {
    const bytes = count * RECORD_BYTES[this.#family];
    const target = bytes <= records.length ? records : new Uint8Array(Math.ceil(bytes * 5 / 8) * 2);
    const halfwords = new Uint16Array(target.buffer);
    const stride = COMPACT_HALFWORDS[this.#family];
    let at = 0;
    let source = 0;
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < stride; j++) halfwords[at++] = this.#compact[source++];
      // Flags and age lie in the record as flags and minute lie in the mark.
      const mark = this.#marks[i];
      halfwords[at++] = makeMark(mark & FLAGS_ODB, ageOf(mark, minute));
    }
    return target;
  }
}

/** Places in a list of torrents that a sort key can tell apart: with 32 bits of hash it stays below 2^53. */
const PLACES = 2 ** 21;
