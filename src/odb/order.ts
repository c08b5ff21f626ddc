/**
 * Peer records in ascending order of address and port, as an ODB file has them. The table keeps them in no
 * order.
 *
 * @module
 */

import { type Family, IPV4, IPV6, RECORD_BYTES, RECORD_WORDS } from "../peers/mod.ts";
import { NumberSort } from "./number_sort.ts";

const WORD_BITS = 32;
// By themselves, because what is read from an array is read anew for each record.
const BYTES4 = RECORD_BYTES[IPV4];
const WORDS4 = RECORD_WORDS[IPV4];
const WORDS6 = RECORD_WORDS[IPV6];

/**
 * Sorts the records of one torrent in one family, and writes them out in pieces. Reused from torrent to
 * torrent.
 */
export interface RecordOrder {
  /** Takes the first `count` records of `records` and sorts them. `records` is neither kept nor changed. */
  sort(records: Uint8Array, count: number): void;
  /**
   * The same of records that have their bytes in the opposite order, as in a TorrentSnapshot. They are changed, and kept
   * until the next call.
   */
  sortWords(words: Uint32Array<ArrayBuffer>, count: number): void;
  /** Writes the records from position `start` up to `end`, in order, to `view` from `at` on. */
  write(view: DataView, at: number, start: number, end: number): void;
}

/** IPv4 records: with its bytes in the opposite order, each is one 64-bit number. */
export class Ipv4Order implements RecordOrder {
  readonly #numbers = new NumberSort();
  #turned = new Uint32Array(0);
  #sorted = new Uint32Array(0);

  sort(records: Uint8Array, count: number): void {
    this.#turned = turnRecords(records, count, IPV4, this.#turned);
    this.sortWords(this.#turned, count);
  }

  sortWords(words: Uint32Array<ArrayBuffer>, count: number): void {
    this.#sorted = this.#numbers.sort(words, count);
  }

  write(view: DataView, at: number, start: number, end: number): void {
    const words = this.#sorted;
    for (let i = start * WORDS4; i < end * WORDS4; i += WORDS4, at += BYTES4) {
      view.setUint32(at, words[i + 1]);
      view.setUint32(at + 4, words[i]);
    }
  }
}

/**
 * IPv6 records, sorted through numbers: what comes behind the bits that all addresses begin with, as much of it as 64 bits
 * hold beside the record's position. The records that this leaves equal, few in a real swarm, are compared.
 */
export class Ipv6Order implements RecordOrder {
  readonly #numbers = new NumberSort();
  #turned = new Uint32Array(0);
  #words = new Uint32Array(0);
  #keys = new Uint32Array(0);
  #positions = new Uint32Array(0);

  sort(records: Uint8Array, count: number): void {
    this.#turned = turnRecords(records, count, IPV6, this.#turned);
    this.sortWords(this.#turned, count);
  }

  sortWords(words: Uint32Array<ArrayBuffer>, count: number): void {
    this.#words = words;
    if (count > this.#positions.length) {
      const room = count + (count >>> 3);
      this.#keys = new Uint32Array(2 * room);
      this.#positions = new Uint32Array(room);
    }
    const keys = this.#keys;
    const positions = this.#positions;
    const positionMask = (2 ** (WORD_BITS - Math.clz32(count)) - 1) >>> 0;
    makeKeys(words, count, positionMask, keys);
    const sorted = this.#numbers.sort(keys, count);
    for (let i = 0; i < count; i++) positions[i] = sorted[2 * i] & positionMask;
    // Runs of equal keys, but for the positions in them.
    for (let start = 0, i = 1; i <= count; i++) {
      const isEqual = i < count && sorted[2 * i + 1] === sorted[2 * i - 1] &&
        ((sorted[2 * i] ^ sorted[2 * i - 2]) & ~positionMask) === 0;
      if (isEqual) continue;
      if (i - start > 1) positions.subarray(start, i).sort(this.#compare);
      start = i;
    }
  }

  write(view: DataView, at: number, start: number, end: number): void {
    const words = this.#words;
    const positions = this.#positions;
    for (let i = start; i < end; i++) {
      const first = positions[i] * WORDS6;
      for (let word = first + WORDS6 - 1; word >= first; word--, at += 4) view.setUint32(at, words[word]);
    }
  }

  readonly #compare = (left: number, right: number): number => {
    const words = this.#words;
    for (let word = WORDS6 - 1; word >= 0; word--) {
      const difference = words[left * WORDS6 + word] - words[right * WORDS6 + word];
      if (difference !== 0) return difference;
    }
    return 0;
  };
}

/** Writes the sort keys of IPv6 records to `keys`: the upper bits from their addresses, the lower ones their positions. */
function makeKeys(words: Uint32Array, count: number, positionMask: number, keys: Uint32Array): void {
  let top = WORDS6 - 1;
  let varying = 0;
  for (; top >= 0; top--) {
    for (let i = 0; i < count; i++) varying |= words[i * WORDS6 + top] ^ words[top];
    if (varying !== 0) break;
  }
  // Shifts count modulo 32, so 31 - skip and one more do as 32 - skip.
  const skip = Math.clz32(varying);
  for (let i = 0; i < count; i++) {
    const at = i * WORDS6 + top;
    const first = top < 0 ? 0 : words[at];
    const second = top < 1 ? 0 : words[at - 1];
    const third = top < 2 ? 0 : words[at - 2];
    keys[2 * i + 1] = first << skip | second >>> 1 >>> (31 - skip);
    keys[2 * i] = (second << skip | third >>> 1 >>> (31 - skip)) & ~positionMask | i;
  }
}

/** The records as words, with their bytes in the opposite order: in `target`, or in a new array if that is too small. */
function turnRecords(
  records: Uint8Array,
  count: number,
  family: Family,
  target: Uint32Array<ArrayBuffer>,
): Uint32Array<ArrayBuffer> {
  const recordWords = RECORD_WORDS[family];
  const size = count * recordWords;
  if (size > target.length) target = new Uint32Array(Math.max(size, 2 * target.length));
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  for (let first = 0, at = 0; first < size; first += recordWords) {
    for (let word = first + recordWords - 1; word >= first; word--, at += 4) {
      target[word] = view.getUint32(at);
    }
  }
  return target;
}
