/**
 * Writes bencoding (BEP 3) into a buffer that is kept and grows.
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

const CAPACITY_START = 4096;
/** Decimal digits of the largest safe integer. */
const DIGITS_MAX = 16;

/** One document at a time. The order of keys in a dictionary is the caller's duty. */
export class BencodeWriter {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(CAPACITY_START);
  #length = 0;

  /** Begins a new document over the old one. */
  clear(): void {
    this.#length = 0;
  }

  /** What was written, as a view of the writer's own buffer: good until the next call that writes or clears. */
  document(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Begins a dictionary: key, value, key, value, and then `end`. */
  beginDictionary(): void {
    this.#byte(BEGIN_DICTIONARY);
  }

  /** Begins a list: its items, and then `end`. */
  beginList(): void {
    this.#byte(BEGIN_LIST);
  }

  /** Ends the innermost list or dictionary. */
  end(): void {
    this.#byte(END);
  }

  /** `value` is a whole number from 0 to 2^53 - 1. */
  integer(value: number): void {
    this.#byte(BEGIN_INTEGER);
    this.#digits(value);
    this.#byte(END);
  }

  /** A string of ASCII characters, a key for example. */
  text(text: string): void {
    this.#beginString(text.length);
    for (let i = 0; i < text.length; i++) this.#bytes[this.#length++] = text.charCodeAt(i);
  }

  /** The bytes of `source` from `start` to before `end` as a string. */
  bytes(source: Uint8Array, start: number, end: number): void {
    this.#beginString(end - start);
    this.#bytes.set(source.subarray(start, end), this.#length);
    this.#length += end - start;
  }

  /** Writes a string's head and makes room for its bytes. */
  #beginString(length: number): void {
    this.#digits(length);
    this.#byte(COLON);
    this.#reserve(length);
  }

  #digits(value: number): void {
    this.#reserve(DIGITS_MAX);
    let count = 1;
    for (let bound = 10; bound <= value; bound *= 10) count++;
    let rest = value;
    for (let i = this.#length + count - 1; i >= this.#length; i--) {
      this.#bytes[i] = DIGIT_ZERO + rest % 10;
      rest = Math.floor(rest / 10);
    }
    this.#length += count;
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = byte;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
