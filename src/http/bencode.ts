/**
 * Writes bencoding (BEP 3) into a buffer of fixed size, without allocating.
 *
 * ```
 * string      <length>:<bytes>
 * integer     i<decimal>e
 * list        l ... e
 * dictionary  d <key string> <value> ... e      keys in the order of their raw bytes, each once
 * ```
 *
 * @module
 */

const BEGIN_DICTIONARY = 0x64;
const BEGIN_LIST = 0x6c;
const BEGIN_INTEGER = 0x69;
const END = 0x65;
const COLON = 0x3a;
const DIGIT_ZERO = 0x30;

/** Documents of up to this many bytes get a view that is kept: most answers have one of few lengths. */
const KEPT_VIEW_BYTES_MAX = 4096;

/** One document at a time. The order of keys in a dictionary is the caller's duty. */
export class BencodeWriter {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #capacity: number;
  #length = 0;
  readonly #views: (Uint8Array<ArrayBuffer> | null)[];

  /** The document is written to the first `capacity` bytes of `memory`; what lies behind them stays the caller's. */
  constructor(memory: ArrayBuffer, capacity: number) {
    this.#bytes = new Uint8Array(memory);
    this.#capacity = capacity;
    this.#views = new Array(Math.min(capacity, KEPT_VIEW_BYTES_MAX) + 1).fill(null);
  }

  /** Bytes of the document so far. */
  get length(): number {
    return this.#length;
  }

  /** Begins a new document over the old one. */
  clear(): void {
    this.#length = 0;
  }

  /**
   * What was written, as a view of the memory: good until the next call that writes or clears. Throws a RangeError when
   * it was more than the capacity.
   */
  document(): Uint8Array<ArrayBuffer> {
    const length = this.#length;
    if (length > this.#capacity) {
      throw new RangeError(`A document of ${length} bytes, room for ${this.#capacity}`);
    }
    if (length >= this.#views.length) return this.#bytes.subarray(0, length);
    return this.#views[length] ??= this.#bytes.subarray(0, length);
  }

  /** Begins a dictionary: key, value, key, value, and then `end`. */
  beginDictionary(): void {
    this.#bytes[this.#length++] = BEGIN_DICTIONARY;
  }

  /** Begins a list: its items, and then `end`. */
  beginList(): void {
    this.#bytes[this.#length++] = BEGIN_LIST;
  }

  /** Ends the innermost list or dictionary. */
  end(): void {
    this.#bytes[this.#length++] = END;
  }

  /** `value` is a whole number from 0 to 2^53 - 1. */
  integer(value: number): void {
    this.#bytes[this.#length++] = BEGIN_INTEGER;
    this.#digits(value);
    this.#bytes[this.#length++] = END;
  }

  /** What is encoded already, by `encodeText` for example: a key, or a whole value. */
  encoded(encoded: Uint8Array): void {
    const bytes = this.#bytes;
    const at = this.#length;
    for (let i = 0; i < encoded.length; i++) bytes[at + i] = encoded[i];
    this.#length = at + encoded.length;
  }

  /** The bytes of `source` from `start` to before `end`, some dozens at most, as a string. */
  bytes(source: Uint8Array, start: number, end: number): void {
    this.#beginString(end - start);
    const bytes = this.#bytes;
    const shift = this.#length - start;
    for (let i = start; i < end; i++) bytes[i + shift] = source[i];
    this.#length += end - start;
  }

  /** The bytes of the memory from `start`, which lies behind the capacity, to before `end` as a string. */
  ownBytes(start: number, end: number): void {
    this.#beginString(end - start);
    this.#bytes.copyWithin(this.#length, start, end);
    this.#length += end - start;
  }

  #beginString(length: number): void {
    this.#digits(length);
    this.#bytes[this.#length++] = COLON;
  }

  #digits(value: number): void {
    const bytes = this.#bytes;
    if (value < 10) {
      bytes[this.#length++] = DIGIT_ZERO + value;
      return;
    }
    let end = this.#length + 2;
    for (let bound = 100; bound <= value; bound *= 10) end++;
    this.#length = end;
    let rest = value;
    while (rest >= 10) {
      const tenth = Math.floor(rest / 10);
      bytes[--end] = DIGIT_ZERO + (rest - tenth * 10);
      rest = tenth;
    }
    bytes[--end] = DIGIT_ZERO + rest;
  }
}

/** A text, in UTF-8, as a bencoded string. */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  return encoder.encode(`${encoder.encode(text).length}:${text}`);
}
