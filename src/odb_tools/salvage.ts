/**
 * Which parts of a damaged ODB file are whole torrents.
 *
 * A torrent is taken when all of these hold:
 *
 * - Its records fit into the file.
 * - Its records are sound: as many as the head says twice, as many seeders as it says, no unknown flags, and in order,
 *   unless there are so many that opentracker sorts them in parts, or the file's first torrent has them in no order
 *   either.
 * - What follows confirms that it ends there: the end of the file, or something that resembles the head of a torrent.
 *   For that all of these four must hold, or three if its base is near the torrent's own and not 0, so that most wrong
 *   bytes in the next torrent do not cost this one: its opcode is that of a torrent, its two numbers of peers are the
 *   same, there are no more seeders than peers, the completed count is below 2^32.
 *
 * Where none is taken, the next one is searched byte by byte. There all four of these must hold for the torrent itself
 * as well, its base must be near that of the last one taken or near our time, and its hash must be between its
 * neighbours' if the hashes of those taken ascend.
 *
 * So bytes that are put in, taken out or overwritten do not move the bounds of records, and no peer is made up. It would
 * take a byte 0xfe or 0xff within a record where the torrent seems to end, and in the records moved by that the right
 * number of seeders, no unknown flag and the right order. What cannot be told, but by a checksum, is a byte within a hash
 * or a record that is changed to another one that makes sense, a stretch that is missing from within one torrent to
 * the same place in another one of the same size, and records that took the place of a large torrent's, as when blocks
 * of a disk are confused, if there are as many seeders among them.
 *
 * @module
 */

import {
  decodeTorrentHead,
  OPCODE_END,
  OPCODE_TORRENT,
  TORRENT_HEAD_BYTES,
  TorrentHead,
} from "../odb/mod.ts";
import { type Family, HASH_BYTES, RECORD_BYTES } from "../peers/mod.ts";
import { compareBytes } from "./compare_bytes.ts";
import { FileWindow, type SeekableFile } from "./file_window.ts";
import { RecordCheck } from "./record_check.ts";

/** Our time: 2027. */
const BASE_TYPICAL_MIN = 30_000_000;
/** Bases that are further from each other, 16 years, are not of one file. */
const BASE_DISTANCE_MAX_MIN = 2 ** 23;
const COMPLETED_MAX = 2 ** 32 - 1;
const SIGNS_MIN = 3;
const SIGNS_ALL = 4;
/** opentracker sorts the peers of larger torrents in parts. */
const SORTED_PEERS_MAX = 256;
/**
 * Bytes of records that may be looked at in vain, as a multiple of the file's: an evil file could claim torrents that
 * overlap without end.
 */
const EFFORT_PER_BYTE = 16;

/** Bytes of the file from `start` to before `end`. */
export interface Extent {
  start: number;
  end: number;
}

/** A stretch of whole torrents that follow each other, or one that is lost. */
export interface Stretch extends Extent {
  isLost: boolean;
  /** Torrents and peers in it; 0 when it is lost. */
  torrents: number;
  peers: number;
}

/** Goes through a file once, from the first torrent on. */
export class Salvager {
  readonly #size: number;
  readonly #recordBytes: number;
  /** Torrents at hand, what follows them, and their records: each read from another part of the file. */
  readonly #here: FileWindow;
  readonly #next: FileWindow;
  readonly #records: FileWindow;
  readonly #head = new TorrentHead();
  readonly #nextHead = new TorrentHead();
  readonly #check: RecordCheck;
  readonly #lastHash = new Uint8Array(HASH_BYTES);
  #taken = 0;
  #lastBaseMin = BASE_TYPICAL_MIN;
  /** Whether the hashes of the torrents taken ascend. */
  #ascends = true;
  /** Whether the file's peers are in order; null until a torrent has told. */
  #sorts: boolean | null = null;
  #effort: number;

  /** `file` has `size` bytes and stays the caller's; its peers are of `family`. */
  constructor(file: SeekableFile, size: number, family: Family) {
    this.#size = size;
    this.#recordBytes = RECORD_BYTES[family];
    this.#here = new FileWindow(file);
    this.#next = new FileWindow(file);
    this.#records = new FileWindow(file);
    this.#check = new RecordCheck(family);
    this.#effort = size * EFFORT_PER_BYTE;
  }

  /** The file from `start` on, in stretches without gaps; the end mark in its place belongs to none. */
  *stretches(start: number): Generator<Stretch> {
    for (let offset = start; offset < this.#size;) {
      const whole = this.#takeTorrents(offset);
      if (whole.torrents > 0) yield whole;
      offset = whole.end;
      if (this.#isEnd(offset)) return;
      const found = this.#search(offset);
      if (found > offset) yield { start: offset, end: found, isLost: true, torrents: 0, peers: 0 };
      offset = found;
    }
  }

  /** The torrents from `offset` on, as long as nothing is wrong. */
  #takeTorrents(offset: number): Stretch {
    const whole = { start: offset, end: offset, isLost: false, torrents: 0, peers: 0 };
    while (this.#isTaken(whole.end)) {
      const { hash, count, baseMin } = this.#head;
      if (this.#taken > 0 && compareBytes(this.#lastHash, 0, hash, 0, HASH_BYTES) >= 0) this.#ascends = false;
      this.#lastHash.set(hash);
      this.#lastBaseMin = baseMin;
      this.#taken++;
      whole.torrents++;
      whole.peers += count;
      whole.end = this.#endOf(whole.end);
    }
    return whole;
  }

  /** Whether the torrent at `offset`, which follows good ones, is whole; `#head` is then its head. */
  #isTaken(offset: number): boolean {
    return this.#readHead(offset) && this.#isConfirmed(this.#endOf(offset)) && this.#isSound(offset);
  }

  /**
   * Where, behind `offset`, at which no torrent can be taken, the first one that is whole beyond doubt begins; the
   * file's size if there is none. An opcode that follows another one within a hash's length is passed over: it may be
   * in the hash of a torrent, which with bytes put in would go on from there under a wrong hash.
   */
  #search(offset: number): number {
    let last = this.#byteAt(offset) === OPCODE_TORRENT ? offset : -Infinity;
    for (let found = offset + 1; found < this.#size && this.#effort > 0; found++) {
      const at = this.#here.at(found, 1);
      if (at < 0) break; // Somebody has cut the file short meanwhile.
      const count = this.#here.countFrom(found);
      const skipped = this.#here.bytes.subarray(at, at + count).indexOf(OPCODE_TORRENT);
      found += skipped < 0 ? count - 1 : skipped;
      if (skipped < 0) continue;
      if (found - last > HASH_BYTES && this.#isBeyondDoubt(found)) return found;
      last = found;
    }
    return this.#size;
  }

  #isBeyondDoubt(offset: number): boolean {
    if (!this.#readHead(offset)) return false;
    const { baseMin } = this.#head;
    const isNear = isNearBase(baseMin, this.#lastBaseMin) || isNearBase(baseMin, BASE_TYPICAL_MIN);
    if (!isNear || signsOf(this.#head, true) < SIGNS_ALL) return false;
    const end = this.#endOf(offset);
    return this.#isConfirmed(end) && this.#isInOrder(end) && this.#isSound(offset);
  }

  /** Whether the hash of `#head` is between that of the last torrent and that of the next one, if torrents ascend. */
  #isInOrder(end: number): boolean {
    const { hash } = this.#head;
    if (!this.#ascends || this.#taken === 0) return true;
    if (compareBytes(this.#lastHash, 0, hash, 0, HASH_BYTES) >= 0) return false;
    const isLast = this.#next.at(end, TORRENT_HEAD_BYTES) < 0;
    return isLast || compareBytes(hash, 0, this.#nextHead.hash, 0, HASH_BYTES) < 0;
  }

  /** Reads the head of the torrent at `offset`; false when there is none whose records fit into the file. */
  #readHead(offset: number): boolean {
    const at = this.#here.at(offset, TORRENT_HEAD_BYTES);
    if (at < 0 || this.#here.bytes[at] !== OPCODE_TORRENT) return false;
    decodeTorrentHead(this.#head, this.#here.bytes, this.#here.view, at);
    return this.#endOf(offset) <= this.#size;
  }

  /** Where the torrent that begins at `offset` and has the head `#head` ends. */
  #endOf(offset: number): number {
    return offset + TORRENT_HEAD_BYTES + this.#head.count * this.#recordBytes;
  }

  /** Whether nothing but the end mark is at `offset`, or nothing at all. */
  #isEnd(offset: number): boolean {
    if (offset === this.#size) return true;
    return offset + 1 === this.#size && this.#byteAt(offset) === OPCODE_END;
  }

  /** Whether what is at `offset` confirms that the torrent with the head `#head` ends there. */
  #isConfirmed(offset: number): boolean {
    const opcode = this.#byteAt(offset);
    // Even if something stands behind it.
    if (opcode === OPCODE_END) return true;
    const at = this.#next.at(offset, TORRENT_HEAD_BYTES);
    if (at >= 0) {
      decodeTorrentHead(this.#nextHead, this.#next.bytes, this.#next.view, at);
      const { baseMin } = this.#nextHead;
      // Zeros are three signs, too: what a disk has lost often reads as such.
      const isNear = baseMin > 0 && isNearBase(baseMin, this.#head.baseMin);
      return signsOf(this.#nextHead, opcode === OPCODE_TORRENT) >= (isNear ? SIGNS_MIN : SIGNS_ALL);
    }
    // The file may be cut there, or in the next head; but one that has an end mark is not.
    return (opcode === OPCODE_TORRENT || opcode < 0) && this.#byteAt(this.#size - 1) !== OPCODE_END;
  }

  /** The byte at `offset`; -1 behind the end of the file. */
  #byteAt(offset: number): number {
    const at = this.#next.at(offset, 1);
    return at < 0 ? -1 : this.#next.bytes[at];
  }

  /** Whether the records of the torrent at `offset`, whose head is `#head`, are as the head says. */
  #isSound(offset: number): boolean {
    const check = this.#check;
    const perWindow = Math.floor(this.#records.bytes.length / this.#recordBytes);
    let record = offset + TORRENT_HEAD_BYTES;
    check.begin();
    for (let left = this.#head.count; left > 0;) {
      const count = Math.min(left, perWindow);
      const at = this.#records.at(record, count * this.#recordBytes);
      if (at < 0) return false;
      check.add(this.#records.bytes, at, count);
      record += count * this.#recordBytes;
      left -= count;
      this.#effort -= count * this.#recordBytes;
      if (check.unknownFlags > 0) return false;
    }
    const { count, peers, seeders } = this.#head;
    if (count !== peers || check.seeders !== seeders || check.repeated > 0) return false;
    if (check.records <= 1 || check.records > SORTED_PEERS_MAX) return true;
    this.#sorts ??= check.disordered === 0;
    return check.disordered === 0 || !this.#sorts;
  }
}

/** How many of the four signs of a torrent's head there are. */
function signsOf({ seeders, peers, completed, count }: TorrentHead, isTorrent: boolean): number {
  const signs = [isTorrent, peers === count, seeders <= Math.max(peers, count), completed <= COMPLETED_MAX];
  return signs.filter((sign) => sign).length;
}

function isNearBase(baseMin: number, otherMin: number): boolean {
  return Math.abs(baseMin - otherMin) <= BASE_DISTANCE_MAX_MIN;
}
