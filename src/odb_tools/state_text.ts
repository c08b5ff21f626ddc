/**
 * opentracker's newer state file: a line for each torrent, `INFO_HASH:BASE:DOWNLOADS`, the hash as 40 hexadecimal
 * digits, the others decimal. Torrents are gathered in typed arrays, 36 bytes each.
 *
 * @module
 */

import type { TorrentHead } from "../odb/mod.ts";
import { HASH_BYTES, TORRENTS_MAX } from "../peers/mod.ts";
import { compareBytes } from "./compare_bytes.ts";

const NEWLINE = 0x0a;
/** Longer than any line that makes sense: the hash, two numbers of 20 digits, and what an editor may leave behind. */
const LINE_BYTES_MAX = 128;
const LINE = /^([0-9a-fA-F]{40}):(\d{1,20}):(\d{1,20})\r?$/;

/** Reads the text piece by piece, then gives its torrents in order. */
export class StateText {
  /** Lines that are not of the form, or have a number above 2^53 - 1. */
  brokenLines = 0;
  readonly #onBroken: (line: number) => void;
  readonly #decoder = new TextDecoder("latin1");
  #hashes = new Uint8Array(0);
  #basesMin = new Float64Array(0);
  #completed = new Float64Array(0);
  #order = new Uint32Array(0);
  #count = 0;
  #next = 0;
  /** The line that is not at its end yet; one too long is cut, which breaks it. */
  readonly #line = new Uint8Array(LINE_BYTES_MAX);
  #lineBytes = 0;
  #lines = 0;

  /** `onBroken` is called with the number, from 1 up, of each line that is passed over; an empty one is not told. */
  constructor(onBroken: (line: number) => void) {
    this.#onBroken = onBroken;
  }

  /** Adds the next bytes of the text. Throws a RangeError for more torrents than a table takes. */
  add(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length;) {
      const newline = bytes.indexOf(NEWLINE, start);
      const end = newline < 0 ? bytes.length : newline;
      const piece = bytes.subarray(start, Math.min(end, start + LINE_BYTES_MAX - this.#lineBytes));
      this.#line.set(piece, this.#lineBytes);
      this.#lineBytes += piece.length;
      if (newline < 0) return;
      this.#endLine();
      start = newline + 1;
    }
  }

  /** To be called behind the last bytes: the last line needs no newline. */
  end(): void {
    if (this.#lineBytes > 0) this.#endLine();
  }

  /** Puts the torrents into order; `next` then gives them. */
  sort(): void {
    this.#order = Uint32Array.from({ length: this.#count }, (_, i) => i);
    // The files that opentracker writes are in order already.
    if (!this.#ascends()) this.#order.sort((left, right) => this.#compare(left, right));
  }

  /** Moves to the next torrent and makes it `head`, without peers; false when there are no more. */
  next(head: TorrentHead): boolean {
    if (this.#next === this.#count) return false;
    const index = this.#order[this.#next++];
    head.hash.set(this.#hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES));
    head.baseMin = this.#basesMin[index];
    head.completed = this.#completed[index];
    for (; this.#next < this.#count; this.#next++) {
      const same = this.#order[this.#next];
      if (this.#compare(index, same) !== 0) break;
      head.baseMin = Math.max(head.baseMin, this.#basesMin[same]);
      head.completed = Math.max(head.completed, this.#completed[same]);
    }
    head.seeders = 0;
    head.peers = 0;
    head.count = 0;
    return true;
  }

  #endLine(): void {
    this.#lines++;
    const text = this.#decoder.decode(this.#line.subarray(0, this.#lineBytes));
    this.#lineBytes = 0;
    const [, hash, base, completed] = LINE.exec(text) ?? [];
    const [baseMin, downloads] = [Number(base), Number(completed)];
    if (Number.isSafeInteger(baseMin) && Number.isSafeInteger(downloads)) {
      this.#addTorrent(hash, baseMin, downloads);
    } else if (text.trim() !== "") {
      this.brokenLines++;
      this.#onBroken(this.#lines);
    }
  }

  #addTorrent(hash: string, baseMin: number, completed: number): void {
    if (this.#count === TORRENTS_MAX) throw new RangeError(`it has more than ${TORRENTS_MAX} torrents`);
    if (this.#count === this.#basesMin.length) this.#grow();
    for (let i = 0; i < HASH_BYTES; i++) {
      this.#hashes[this.#count * HASH_BYTES + i] = parseInt(hash.slice(2 * i, 2 * i + 2), 16);
    }
    this.#basesMin[this.#count] = baseMin;
    this.#completed[this.#count] = completed;
    this.#count++;
  }

  #grow(): void {
    const length = Math.max(1024, 2 * this.#count);
    const hashes = new Uint8Array(length * HASH_BYTES);
    const basesMin = new Float64Array(length);
    const completed = new Float64Array(length);
    hashes.set(this.#hashes);
    basesMin.set(this.#basesMin);
    completed.set(this.#completed);
    this.#hashes = hashes;
    this.#basesMin = basesMin;
    this.#completed = completed;
  }

  #ascends(): boolean {
    for (let i = 1; i < this.#count; i++) if (this.#compare(i - 1, i) > 0) return false;
    return true;
  }

  #compare(left: number, right: number): number {
    return compareBytes(this.#hashes, left * HASH_BYTES, this.#hashes, right * HASH_BYTES, HASH_BYTES);
  }
}
