/**
 * Walking the table in ascending order of info hashes, one torrent at a time, while announces go on. Each torrent is
 * copied out as it was at one moment; one that is there from the walk's beginning to its end is met exactly once. Nobody may
 * sweep meanwhile, so that no torrent goes away: see walk_lock.ts.
 *
 * Torrents are listed and read without their shard's lock, and anew if that was taken meanwhile: so announces never wait for
 * a walk, wherever the system may stop it. Where there are too many announces for that, the torrent is frozen (frozen.ts).
 * The lock is held for longer only to list a shard that is never left alone, and where memory is too scarce to freeze one.
 *
 * @module
 */

import { freeze, thaw } from "./frozen.ts";
import { byteSwap, compareHashes } from "./hash_order.ts";
import {
  CONTROL_MINUTE,
  CONTROL_WORDS,
  FROZEN_LINE,
  HASH_BYTES,
  HASH_WORDS,
  IPV4,
  IPV6,
  LINE_WORDS,
  RECORD_WORDS,
  SHARD_COUNT,
  SHARD_LOCK,
  TORRENT_COMPLETED,
  TORRENT_SEEDERS,
  TORRENT_TOUCHED,
} from "./layout.ts";
import { isUnchanged, lock, unlock, whenFree } from "./lock.ts";
import { readRecords } from "./peer_records.ts";
import { peersOf } from "./swarm_size.ts";
import type { PeerTable } from "./table.ts";
import { readTorrents } from "./torrents.ts";
import { readAhead } from "./walk_ahead.ts";

/** How often a shard's torrents are listed without its lock before that is taken. */
const LIST_TRIES = 32;
/** How often a torrent is read, as it is announced to, before it is frozen. */
const READ_TRIES = 3;

/** One torrent, copied out of the table. Reused: what it holds is good until the next torrent is read into it. */
export class TorrentSnapshot {
  readonly hash: Uint8Array<ArrayBuffer> = new Uint8Array(HASH_BYTES);
  readonly hashWords: Uint32Array<ArrayBuffer> = new Uint32Array(this.hash.buffer);
  completed = 0;
  /** Minute of the table's clock in which the torrent was last announced. */
  touchedMin = 0;
  /** Minute from which the ages of the peers count back. */
  minute = 0;
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
  /** The lock's word of the current shard as it was before the reading. */
  #lockWord = 0;
  /** What is read now, and into what. */
  #line = 0;
  #isFrozen = false;
  #snapshot = new TorrentSnapshot();

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
    for (;;) {
      if (!this.#readAtOneMoment(this.#readNumbers, LIST_TRIES)) this.#readLocked(this.#readNumbers);
      const count = this.#end;
      if (count <= this.#numbers.length) {
        this.#next = this.#readTo = 0;
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
    const { torrents } = this.#table;
    for (let i = 0; i < HASH_WORDS; i++) snapshot.hashWords[i] = torrents[line + i];
    this.#line = line;
    this.#snapshot = snapshot;
    if (this.#readAtOneMoment(this.#copy, READ_TRIES) || this.#readFrozen()) return;
    this.#readLocked(this.#copy);
  }

  /** Does `read` until all that it reads of the current shard is of one moment, at most `tries` times; whether it was. */
  #readAtOneMoment(read: () => boolean, tries: number): boolean {
    const { control } = this.#table;
    const lockAt = this.#lockAt;
    for (let i = 0; i < tries; i++) {
      this.#lockWord = whenFree(control, lockAt);
      if (read() && this.#isUnchanged()) return true;
    }
    return false;
  }

  /** Reads the torrent while it is frozen; false when it could not be, or has not stayed so. */
  #readFrozen(): boolean {
    const line = this.#line;
    if (!freeze(this.#table, this.#shardLine, line)) return false;
    this.#line = FROZEN_LINE;
    this.#isFrozen = true;
    let isRead = false;
    let isWhole = false;
    try {
      isRead = this.#copy();
    } finally {
      this.#line = line;
      this.#isFrozen = false;
      isWhole = thaw(this.#table, this.#shardLine);
    }
    return isRead && isWhole;
  }

  #readLocked(read: () => boolean): void {
    const { control } = this.#table;
    const lockAt = this.#lockAt;
    lock(control, lockAt);
    try {
      this.#lockWord = control[lockAt];
      read();
    } finally {
      unlock(control, lockAt);
    }
  }

  /** Lists the current shard's torrents as they seem to be at this moment, as far as there is room. */
  readonly #readNumbers = (): boolean => {
    this.#end = readTorrents(this.#table, this.#shardLine, this.#numbers);
    return true;
  };

  /** Copies the torrent as it seems to be at this moment; false when it was seen to change meanwhile. */
  readonly #copy = (): boolean => {
    const line = this.#line;
    const snapshot = this.#snapshot;
    const table = this.#table;
    const { torrents } = table;
    snapshot.completed = torrents[line + TORRENT_COMPLETED];
    snapshot.touchedMin = torrents[line + TORRENT_TOUCHED];
    snapshot.seeders4 = torrents[line + TORRENT_SEEDERS + IPV4];
    snapshot.seeders6 = torrents[line + TORRENT_SEEDERS + IPV6];
    const count4 = snapshot.count4 = peersOf(table, line, IPV4);
    const count6 = snapshot.count6 = peersOf(table, line, IPV6);
    snapshot.records4 = withRoom(snapshot.records4, count4 * RECORD_WORDS[IPV4]);
    snapshot.records6 = withRoom(snapshot.records6, count6 * RECORD_WORDS[IPV6]);
    const minute = snapshot.minute = table.control[CONTROL_MINUTE];
    return readRecords(table, line, IPV4, snapshot.records4, count4, minute, this.#isUnchanged) &&
      readRecords(table, line, IPV6, snapshot.records6, count6, minute, this.#isUnchanged);
  };

  /** Whether nobody has announced to the shard since its lock's word was read, or the torrent read is frozen. */
  readonly #isUnchanged = (): boolean =>
    this.#isFrozen || isUnchanged(this.#table.control, this.#lockAt, this.#lockWord);

  /** The word in `control` where the line of the current shard begins. */
  get #shardLine(): number {
    return CONTROL_WORDS + this.#shard * LINE_WORDS;
  }

  get #lockAt(): number {
    return this.#shardLine + SHARD_LOCK;
  }
}

/** `records`, or a new array when `size` words, and some more, do not fit into it. */
function withRoom(records: Uint32Array<ArrayBuffer>, size: number): Uint32Array<ArrayBuffer> {
  return size <= records.length ? records : new Uint32Array(size + (size >>> 3));
}

/** Places in a list of torrents that a sort key can tell apart: with 32 bits of hash it stays below 2^53. */
const PLACES = 2 ** 21;
