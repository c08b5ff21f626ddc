/**
 * Restoring all peers of a torrent at once. When a file has them whole and ascending, and the table nobody of their family in
 * that torrent, then how many there are of each role is known before the first is stored: memory is taken once and
 * at its final size, nobody is searched for, and what is counted is counted once a torrent.
 *
 * The peers go into runs as runs.ts has them: in a small torrent the leechers at the front of the block are run 0 and
 * the seeders at its back run 1; in a large one the leechers' buckets are the first runs, the seeders' those behind.
 *
 * @module
 */

import { compactAt, makeMark, marksAt } from "./block.ts";
import { bucketOf } from "./bucket_hash.ts";
import { blockOf, capacityOf, createEmptyDirectory, freeDirectory, layOutBucket } from "./directory.ts";
import { hashRecord } from "./keyed_hash.ts";
import {
  ADDRESS_HALFWORDS,
  BUCKET_PEERS,
  COMPACT_BYTES,
  CONTROL_MINUTE,
  DIRECTORIES,
  FLAG_COMPLETED,
  FLAG_SEEDING,
  FLAGS_ODB,
  LINE_WORDS,
  PEER_AGE_MAX_MIN,
  RECORD_BYTES,
  SHARD_LEECHERS,
  SHARD_SEEDERS,
  SMALL_MAX,
  TORRENT_BLOCK,
  TORRENT_CAPACITY,
  TORRENT_HASH,
  TORRENT_LEECHERS,
  TORRENT_SEEDERS,
} from "./layout.ts";
import type { Family } from "./layout.ts";
import { writeNoId } from "./peer_ids.ts";
import { blockCapacity } from "./runs.ts";
import { reservePeers } from "./swarm_size.ts";
import { countPeers, uncountPeers } from "./table.ts";
import type { PeerTable } from "./table.ts";
import { lockShard, shardOf, unlockShard } from "./torrents.ts";

/** Shifts that make a flag 0 or 1. Adding that up is faster than to branch by what nobody can predict. */
const SEEDING_SHIFT = 31 - Math.clz32(FLAG_SEEDING);
const COMPLETED_SHIFT = 31 - Math.clz32(FLAG_COMPLETED);

/** Restores whole torrents of one family; one thread restores at a time. */
export class WholeRestore {
  /** Of the peers restored last, those that have completed their download. */
  finished = 0;
  readonly #table: PeerTable;
  readonly #family: Family;
  /** Offset of the port in a record, and so the bytes of the address before it. */
  readonly #portAt: number;
  /** Offset of the flags in a record, the bytes of a compact peer. The age follows. */
  readonly #flagsAt: number;
  readonly #recordBytes: number;
  /** Bytes of what counts as one address. */
  readonly #addressBytes: number;
  #leechers = 0;
  #seeders = 0;
  /** The run of each peer of a large torrent. */
  #runOf = new Uint32Array(1024);
  /** Peers of each run. */
  #runPeers = new Uint32Array(64);
  /** Where in the table's halfwords the next peer of each run is written, and its mark. */
  #nextCompact = new Uint32Array(64);
  #nextMark = new Uint32Array(64);

  constructor(table: PeerTable, family: Family) {
    this.#table = table;
    this.#family = family;
    this.#portAt = COMPACT_BYTES[family] - 2;
    this.#flagsAt = COMPACT_BYTES[family];
    this.#recordBytes = RECORD_BYTES[family];
    this.#addressBytes = ADDRESS_HALFWORDS[family] * 2;
  }

  /**
   * Restores the torrent in `slot`, just returned by restoreTorrent(), with the `count` records in `view` from `at` on.
   * False, and nothing changed, when they are not to be had at once: they do not ascend, one has port 0, there are
   * peers already, there are too many of an address, or the table has no room for all of them. restorePeers() takes them
   * then.
   */
  restore(slot: number, view: DataView<ArrayBuffer>, at: number, count: number): boolean {
    const line = slot * LINE_WORDS;
    const table = this.#table;
    if (!this.#survey(view, at, count) || this.#isCrowded(view, at, count)) return false;
    if (!countPeers(table, count)) return false;
    const shard = shardOf(table.torrents[line + TORRENT_HASH]);
    lockShard(table, shard);
    try {
      if (this.#open(line, view, at, count)) {
        this.#write(view, at, count);
        this.#setCounts(shard, line);
        return true;
      }
      uncountPeers(table, count);
      return false;
    } finally {
      unlockShard(table, shard);
    }
  }

  /** Counts roles; false when the records do not ascend or one has port 0. */
  #survey(view: DataView<ArrayBuffer>, at: number, count: number): boolean {
    const portAt = this.#portAt;
    const flagsAt = this.#flagsAt;
    const recordBytes = this.#recordBytes;
    let seeders = 0;
    let finished = 0;
    for (let i = 0; i < count; i++, at += recordBytes) {
      if (view.getUint16(at + portAt) === 0) return false;
      if (i > 0 && !isAbove(view, at, at - recordBytes, portAt)) return false;
      const flags = view.getUint8(at + flagsAt);
      seeders += (flags & FLAG_SEEDING) >>> SEEDING_SHIFT;
      finished += (flags & FLAG_COMPLETED) >>> COMPLETED_SHIFT;
    }
    this.#leechers = count - seeders;
    this.#seeders = seeders;
    this.finished = finished;
    return true;
  }

  /** Whether more of the records, which ascend, are of one address than the table takes. */
  #isCrowded(view: DataView<ArrayBuffer>, at: number, count: number): boolean {
    const max = this.#table.maxPeersPerAddress;
    if (max === 0) return false;
    const apart = max * this.#recordBytes;
    const last = at + (count - 1) * this.#recordBytes;
    for (let first = at; first + apart <= last; first += this.#recordBytes) {
      let same = 0;
      while (
        same < this.#addressBytes && view.getUint8(first + same) === view.getUint8(first + apart + same)
      ) same++;
      if (same === this.#addressBytes) return true;
    }
    return false;
  }

  /** Gives the torrent memory for its peers; false, and nothing changed, when it has some already or there is none. */
  #open(line: number, view: DataView<ArrayBuffer>, at: number, count: number): boolean {
    if (this.#table.torrents[line + TORRENT_BLOCK + this.#family] !== 0) return false;
    return count <= SMALL_MAX ? this.#openBlock(line) : this.#openDirectories(line, view, at);
  }

  /** Gives the torrent a block; false when there is no memory. */
  #openBlock(line: number): boolean {
    const table = this.#table;
    reservePeers(table, line, this.#family, this.#leechers + this.#seeders);
    const block = table.torrents[line + TORRENT_BLOCK + this.#family];
    if (block === 0) return false;
    const capacity = blockCapacity(table, line, this.#family);
    this.#openRun(0, block, capacity, 0, this.#leechers);
    this.#openRun(1, block, capacity, capacity - this.#seeders, this.#seeders);
    return true;
  }

  /** Gives the torrent directories of as many buckets as it is to have; false when there is no memory. */
  #openDirectories(line: number, view: DataView<ArrayBuffer>, at: number): boolean {
    const { torrents } = this.#table;
    const leecherBuckets = bucketsFor(this.#leechers);
    const seederBuckets = bucketsFor(this.#seeders);
    this.#sortIntoRuns(leecherBuckets, seederBuckets, view, at);
    const leechers = this.#openDirectory(leecherBuckets, 0);
    if (leechers === 0) return false;
    const seeders = this.#openDirectory(seederBuckets, leecherBuckets);
    if (seeders === 0) {
      freeDirectory(this.#table, leechers);
      return false;
    }
    torrents[line + TORRENT_BLOCK + this.#family] = leechers;
    torrents[line + TORRENT_CAPACITY + this.#family] = seeders | DIRECTORIES;
    return true;
  }

  /** A directory with the memory for its peers, whose runs begin with `firstRun`; 0 when there is no memory. */
  #openDirectory(buckets: number, firstRun: number): number {
    const table = this.#table;
    const directory = createEmptyDirectory(table, buckets);
    if (directory === 0) return 0;
    for (let bucket = 0; bucket < buckets; bucket++) {
      const run = firstRun + bucket;
      const count = this.#runPeers[run];
      if (count === 0) continue;
      if (!layOutBucket(table, this.#family, directory, bucket, count)) {
        freeDirectory(table, directory);
        return 0;
      }
      const capacity = capacityOf(table, directory, bucket);
      this.#openRun(run, blockOf(table, directory, bucket), capacity, 0, count);
    }
    return directory;
  }

  /** Finds out each peer's run, and how many peers each run has. */
  #sortIntoRuns(
    leecherBuckets: number,
    seederBuckets: number,
    view: DataView<ArrayBuffer>,
    at: number,
  ): void {
    const count = this.#leechers + this.#seeders;
    this.#makeRoom(count, leecherBuckets + seederBuckets);
    const runOf = this.#runOf;
    const runPeers = this.#runPeers;
    const { keys } = this.#table;
    const portAt = this.#portAt;
    const flagsAt = this.#flagsAt;
    const recordBytes = this.#recordBytes;
    runPeers.fill(0, 0, leecherBuckets + seederBuckets);
    for (let i = 0; i < count; i++, at += recordBytes) {
      const hash = hashRecord(keys, view, at, portAt);
      const run = (view.getUint8(at + flagsAt) & FLAG_SEEDING) === 0
        ? bucketOf(hash, leecherBuckets)
        : leecherBuckets + bucketOf(hash, seederBuckets);
      runOf[i] = run;
      runPeers[run]++;
    }
  }

  #makeRoom(peers: number, runs: number): void {
    if (peers > this.#runOf.length) this.#runOf = new Uint32Array(peers + (peers >>> 2));
    if (runs <= this.#runPeers.length) return;
    const room = runs + (runs >>> 2);
    this.#runPeers = new Uint32Array(room);
    this.#nextCompact = new Uint32Array(room);
    this.#nextMark = new Uint32Array(room);
  }

  /** Says where the peers of a run, and their marks, are to be written: from position `first` of a block on. */
  #openRun(run: number, block: number, capacity: number, first: number, count: number): void {
    this.#nextCompact[run] = compactAt(this.#family, block, first);
    this.#nextMark[run] = marksAt(this.#family, block, capacity) + first;
    if (this.#table.ids === null) return;
    for (let i = 0; i < count; i++) writeNoId(this.#table, block, first + i);
  }

  /** Writes all peers to where their runs say. */
  #write(view: DataView<ArrayBuffer>, at: number, count: number): void {
    const { halfwords } = this.#table.peers;
    const minute = this.#table.control[CONTROL_MINUTE];
    const runOf = this.#runOf;
    const nextCompact = this.#nextCompact;
    const nextMark = this.#nextMark;
    const flagsAt = this.#flagsAt;
    const recordBytes = this.#recordBytes;
    const isSmall = count <= SMALL_MAX;
    for (let i = 0; i < count; i++, at += recordBytes) {
      const flags = view.getUint8(at + flagsAt) & FLAGS_ODB;
      const age = Math.min(view.getUint8(at + flagsAt + 1), PEER_AGE_MAX_MIN);
      const run = isSmall ? (flags & FLAG_SEEDING) >>> SEEDING_SHIFT : runOf[i];
      let compact = nextCompact[run];
      for (let byte = 0; byte < flagsAt; byte += 2) {
        halfwords[compact] = view.getUint16(at + byte, true);
        compact = (compact + 1) >>> 0;
      }
      nextCompact[run] = compact;
      const mark = nextMark[run];
      halfwords[mark] = makeMark(flags, minute - age);
      nextMark[run] = mark + 1;
    }
  }

  #setCounts(shard: number, line: number): void {
    const { torrents, control } = this.#table;
    torrents[line + TORRENT_LEECHERS + this.#family] = this.#leechers;
    torrents[line + TORRENT_SEEDERS + this.#family] = this.#seeders;
    control[shard + SHARD_LEECHERS] += this.#leechers;
    control[shard + SHARD_SEEDERS] += this.#seeders;
  }
}

/** Buckets that so many peers are to have. */
function bucketsFor(peers: number): number {
  return Math.max(1, Math.ceil(peers / BUCKET_PEERS));
}

/** Whether the compact peer at `at`, whose address has `addressBytes` bytes, comes after the one at `before`. */
function isAbove(view: DataView<ArrayBuffer>, at: number, before: number, addressBytes: number): boolean {
  for (let byte = 0; byte < addressBytes; byte += 4) {
    const word = view.getUint32(at + byte);
    const wordBefore = view.getUint32(before + byte);
    if (word !== wordBefore) return word > wordBefore;
  }
  return view.getUint16(at + addressBytes) > view.getUint16(before + addressBytes);
}
