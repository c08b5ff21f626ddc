/**
 * The query of a tracker request, read from its raw bytes.
 *
 * Values are decoded to bytes and nothing else: an info hash is no text, and URLSearchParams would turn its `%FF`
 * into a replacement character and its `+` into a space. Here `+` is a plus sign.
 *
 * ```
 * query    = segment *( "&" segment )      empty segments are skipped
 * segment  = key [ "=" value ]             split at the first "="; no "=" is an empty value
 * %XX      in key and value, either case of hex, decoded once
 * ```
 *
 * @module
 */

const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const PERCENT = 0x25;
const DIGIT_ZERO = 0x30;

/** What `QueryReader.next` met: the end, a key nobody asks for, or one of the keys below. */
export const KEY_END = -1;
export const KEY_UNKNOWN = 0;
export const KEY_INFO_HASH = 1;
export const KEY_PEER_ID = 2;
export const KEY_PORT = 3;
export const KEY_LEFT = 4;
export const KEY_EVENT = 5;
export const KEY_NUMWANT = 6;
export const KEY_COMPACT = 7;
export const KEY_NO_PEER_ID = 8;

/** The names of the keys, at the index of their constant. No segment is ever compared with the first. */
const KEY_NAMES = ["", "info_hash", "peer_id", "port", "left", "event", "numwant", "compact", "no_peer_id"]
  .map(ascii);
const KEY_LENGTH_MAX = Math.max(...KEY_NAMES.map((name) => name.length));

/** A value that is not percent-encoded rightly; a number that is none. */
export const INVALID = -1;

/** Worth of each byte as a hex digit, -1 for all that are none. */
const HEX_VALUES = new Int8Array(256).fill(INVALID);
for (let digit = 0; digit < 16; digit++) {
  const text = digit.toString(16);
  HEX_VALUES[text.charCodeAt(0)] = digit;
  HEX_VALUES[text.toUpperCase().charCodeAt(0)] = digit;
}

/** Goes through the segments of one query after another. One a thread, reused; it keeps no bytes of its own. */
export class QueryReader {
  #bytes: Uint8Array = new Uint8Array(0);
  #position = 0;
  #end = 0;
  #valueStart = 0;
  #valueEnd = 0;
  readonly #key = new Uint8Array(KEY_LENGTH_MAX);

  /** Starts on the query in `bytes` from `start` to before `end`. The bytes must stay as they are while it is read. */
  open(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#position = start;
    this.#end = end;
  }

  /** Goes to the next segment and returns its key: one of KEY_*, KEY_END behind the last. */
  next(): number {
    const bytes = this.#bytes;
    while (this.#position < this.#end && bytes[this.#position] === AMPERSAND) this.#position++;
    if (this.#position >= this.#end) return KEY_END;

    const start = this.#position;
    let end = start;
    let equals = -1;
    while (end < this.#end && bytes[end] !== AMPERSAND) {
      if (equals < 0 && bytes[end] === EQUALS) equals = end;
      end++;
    }
    this.#position = end;
    this.#valueStart = equals < 0 ? end : equals + 1;
    this.#valueEnd = end;
    return this.#keyOf(start, equals < 0 ? end : equals);
  }

  /**
   * Decodes the value of the segment that `next` went to into `target`.
   *
   * Returns its length in bytes, which may be more than fits: `target` then holds the beginning. INVALID when the
   * value is not percent-encoded rightly.
   */
  value(target: Uint8Array): number {
    return decodePercent(this.#bytes, this.#valueStart, this.#valueEnd, target);
  }

  #keyOf(start: number, end: number): number {
    const length = decodePercent(this.#bytes, start, end, this.#key);
    if (length > KEY_LENGTH_MAX) return KEY_UNKNOWN;
    for (let key = KEY_INFO_HASH; key <= KEY_NO_PEER_ID; key++) {
      if (equalBytes(this.#key, 0, length, KEY_NAMES[key])) return key;
    }
    return KEY_UNKNOWN;
  }
}

/** Decodes `%XX` in `source` from `start` to before `end`; see `QueryReader.value` for `target` and the result. */
export function decodePercent(source: Uint8Array, start: number, end: number, target: Uint8Array): number {
  let length = 0;
  for (let i = start; i < end; i++) {
    let byte = source[i];
    if (byte === PERCENT) {
      if (end - i < 3) return INVALID;
      const high = HEX_VALUES[source[i + 1]];
      const low = HEX_VALUES[source[i + 2]];
      if (high < 0 || low < 0) return INVALID;
      byte = high << 4 | low;
      i += 2;
    }
    if (length < target.length) target[length] = byte;
    length++;
  }
  return length;
}

/**
 * The decimal number in `text` from `start` to before `end`: digits and nothing else. INVALID when there are none,
 * or when the number needs more than 64 bits. Above 2^53 the result is rounded, and so is the bound.
 */
export function readDecimal(text: Uint8Array, start: number, end: number): number {
  if (start >= end) return INVALID;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = text[i] - DIGIT_ZERO;
    if (digit < 0 || digit > 9) return INVALID;
    value = value * 10 + digit;
  }
  return value <= 2 ** 64 ? value : INVALID;
}

/** Whether `bytes` from `start` to before `end` are `expected`. */
export function equalBytes(bytes: Uint8Array, start: number, end: number, expected: Uint8Array): boolean {
  if (end - start !== expected.length) return false;
  for (let i = 0; i < expected.length; i++) {
    if (bytes[start + i] !== expected[i]) return false;
  }
  return true;
}

/** The bytes of an ASCII text. */
export function ascii(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
