/**
 * Peer records in ascending order of address and port, as an ODB file has them. The table keeps them in no
 * order.
 *
 * @module
 */

import { IPV4, IPV6, RECORD_BYTES } from "../peers/mod.ts";

/** Where the halves of a 64-bit number lie on this machine. */
const HIGH = new Uint32Array(new BigUint64Array([1n]).buffer)[0] === 1 ? 1 : 0;
const LOW = 1 - HIGH;

/** 32-bit words of an IPv6 record. */
const RECORD_WORDS = RECORD_BYTES[IPV6] / Uint32Array.BYTES_PER_ELEMENT;

/**
 * Sorts the records of one torrent in one family, and writes them out in pieces. Reused from torrent to
 * torrent.
 */
export interface RecordOrder {
  /** Takes the first `count` records of `records` and sorts them. `records` is neither kept nor changed. */
  sort(records: Uint8Array, count: number): void;
  /** Writes the records from position `start` up to `end`, in order, to `view` from `at` on. */
  write(view: DataView, at: number, start: number, end: number): void;
}

/**
 * IPv4 records, 8 bytes each: read big-endian, a record is one 64-bit number whose order is the order of the
 * bytes. The numbers are put together from two 32-bit halves and sorted by the native sort of 64-bit arrays,
 * so that no BigInt is ever made.
 */
export class Ipv4Order implements RecordOrder {
  #keys = new BigUint64Array(0);
  #halves = new Uint32Array(0);

  sort(records: Uint8Array, count: number): void {
    if (count > this.#keys.length) {
      this.#keys = new BigUint64Array(Math.max(count, 2 * this.#keys.length));
      this.#halves = new Uint32Array(this.#keys.buffer);
    }
    const halves = this.#halves;
    const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
    for (let i = 0, at = 0; i < count; i++, at += RECORD_BYTES[IPV4]) {
      halves[2 * i + HIGH] = view.getUint32(at);
      halves[2 * i + LOW] = view.getUint32(at + 4);
    }
    if (count > 1) this.#keys.subarray(0, count).sort();
  }

  write(view: DataView, at: number, start: number, end: number): void {
    const halves = this.#halves;
    for (let i = start; i < end; i++, at += RECORD_BYTES[IPV4]) {
      view.setUint32(at, halves[2 * i + HIGH]);
      view.setUint32(at + 4, halves[2 * i + LOW]);
    }
  }
}

/** IPv6 records, 20 bytes each: five big-endian words, sorted through an index of positions. */
export class Ipv6Order implements RecordOrder {
  #words = new Uint32Array(0);
  #positions = new Uint32Array(0);
  readonly #compare = (left: number, right: number): number => {
    const words = this.#words;
    left *= RECORD_WORDS;
    right *= RECORD_WORDS;
    for (let i = 0; i < RECORD_WORDS; i++) {
      const difference = words[left + i] - words[right + i];
      if (difference !== 0) return difference;
    }
    return 0;
  };

  sort(records: Uint8Array, count: number): void {
    if (count > this.#positions.length) {
      this.#positions = new Uint32Array(Math.max(count, 2 * this.#positions.length));
      this.#words = new Uint32Array(this.#positions.length * RECORD_WORDS);
    }
    const words = this.#words;
    const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
    for (let i = 0; i < count * RECORD_WORDS; i++) words[i] = view.getUint32(4 * i);
    for (let i = 0; i < count; i++) this.#positions[i] = i;
    if (count > 1) this.#positions.subarray(0, count).sort(this.#compare);
  }

  write(view: DataView, at: number, start: number, end: number): void {
    const words = this.#words;
    for (let i = start; i < end; i++) {
      const from = this.#positions[i] * RECORD_WORDS;
      for (let j = 0; j < RECORD_WORDS; j++, at += 4) view.setUint32(at, words[from + j]);
    }
  }
}
