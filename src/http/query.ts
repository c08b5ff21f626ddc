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
export const KEY_TRACKER_ID = 9;
export const KEY_MODE = 10;
export const KEY_FORMAT = 11;

/** The names of the keys, at the index of their constant. No segment is ever compared with the first. */
const KEY_NAMES = [
  "",
  "info_hash",
  "peer_id",
  "port",
  "left",
  "event",
  "numwant",
  "compact",
  "no_peer_id",
  "trackerid",
  "mode",
  "format",
].map(ascii);
const KEY_LENGTH_MAX = Math.max(...KEY_NAMES.map((name) => name.length));

/** The one key whose name has a length and a first byte, at `length << 8 | byte`; KEY_UNKNOWN where there is none. */
const KEYS_BY_HEAD = new Uint8Array((KEY_LENGTH_MAX + 1) << 8);
for (let key = KEY_INFO_HASH; key < KEY_NAMES.length; key++) {
  const name = KEY_NAMES[key];
  const head = name.length << 8 | name[0];
  if (KEYS_BY_HEAD[head] !== KEY_UNKNOWN) throw new RangeError("Two keys have one length and one first byte");
  KEYS_BY_HEAD[head] = key;
}

/** A value that is not percent-encoded rightly; a number that is none. */
export const INVALID = -1;

/** Worth of each byte as a hex digit, -1 for all that are none. */
const HEX_VALUES = new Int8Array(256).fill(INVALID);
for (let digit = 0; digit < 16; digit++) {
  const text = digit.toString(16);
  HEX_VALUES[text.charCodeAt(0)] = digit;
  HEX_VALUES[text.toUpperCase().charCodeAt(0)] = digit;
}

/** The largest number of 64 bits. */
const UINT64_MAX = ascii(String(2n ** 64n - 1n));

/** Goes through the segments of one query after another. One a thread, reused; it keeps no bytes of its own. */
export class QueryReader {
  #bytes: Uint8Array = new Uint8Array(0);
  #position = 0;
  #end = 0;
  /** The position is in a segment, behind its key: its value has not been read. */
  #isBehindKey = false;
  readonly #key = new Uint8Array(KEY_LENGTH_MAX);

  /** Starts on the query in `bytes` from `start` to before `end`. The bytes must stay as they are while it is read. */
  open(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#position = start;
    this.#end = end;
    this.#isBehindKey = false;
  }

  /** Goes to the next segment and returns its key: one of KEY_*, KEY_END behind the last. */
  next(): number {
    const bytes = this.#bytes;
    const queryEnd = this.#end;
    let start = this.#position;
    if (this.#isBehindKey) {
      while (start < queryEnd && bytes[start] !== AMPERSAND) start++;
    }
    while (start < queryEnd && bytes[start] === AMPERSAND) start++;
    if (start >= queryEnd) {
      this.#position = queryEnd;
      return KEY_END;
    }
    let isEscaped = false;
    let end = start;
    for (; end < queryEnd; end++) {
      const byte = bytes[end];
      if (byte === EQUALS || byte === AMPERSAND) break;
      if (byte === PERCENT) isEscaped = true;
    }
    const key = isEscaped ? this.#escapedKey(start, end) : keyOf(bytes, start, end);
    this.#position = end < queryEnd && bytes[end] === EQUALS ? end + 1 : end;
    this.#isBehindKey = true;
    return key;
  }

  /**
   * Decodes the value of the segment that `next` went to into `target`. To be called once a segment at most.
   *
   * Returns its length in bytes, which may be more than fits: `target` then holds the beginning. INVALID when the
   * value is not percent-encoded rightly.
   */
  value(target: Uint8Array): number {
    return this.#decode(this.#end, target);
  }

  #escapedKey(start: number, end: number): number {
    this.#position = start;
    const length = this.#decode(end, this.#key);
    return keyOf(this.#key, 0, length);
  }

  /** Decodes from the position up to `end` or an ampersand; what is behind an escape that is none stays unread. */
  #decode(end: number, target: Uint8Array): number {
    const bytes = this.#bytes;
    let length = 0;
    let at = this.#position;
    for (; at < end; at++) {
      let byte = bytes[at];
      if (byte === AMPERSAND) break;
      if (byte === PERCENT) {
        const high = at + 2 < end ? HEX_VALUES[bytes[at + 1]] : INVALID;
        const low = at + 2 < end ? HEX_VALUES[bytes[at + 2]] : INVALID;
        if (high < 0 || low < 0) {
          length = INVALID;
          break;
        }
        byte = high << 4 | low;
        at += 2;
      }
      if (length < target.length) target[length] = byte;
      length++;
    }
    this.#position = at;
    return length;
  }
}

/** The key whose name is in `bytes` from `start` to before `end`, which may be before `start`. */
function keyOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length < 1 || length > KEY_LENGTH_MAX) return KEY_UNKNOWN;
  const key = KEYS_BY_HEAD[length << 8 | bytes[start]];
  return key !== KEY_UNKNOWN && equalBytes(bytes, start, end, KEY_NAMES[key]) ? key : KEY_UNKNOWN;
}

/**
 * The decimal number in `text` from `start` to before `end`: digits and nothing else. INVALID when there are none, or
 * when the number needs more than 64 bits. Above 2^53 the result is rounded.
 */
export function readDecimal(text: Uint8Array, start: number, end: number): number {
  if (start >= end) return INVALID;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = text[i] - DIGIT_ZERO;
    if (digit < 0 || digit > 9) return INVALID;
    value = value * 10 + digit;
  }
  return value <= Number.MAX_SAFE_INTEGER || isUint64(text, start, end) ? value : INVALID;
}

/** Whether a number of digits alone, which is not 0, is below 2^64. */
function isUint64(text: Uint8Array, start: number, end: number): boolean {
  let first = start;
  while (text[first] === DIGIT_ZERO) first++;
  if (end - first !== UINT64_MAX.length) return end - first < UINT64_MAX.length;
  for (let i = 0; i < UINT64_MAX.length; i++) {
    if (text[first + i] !== UINT64_MAX[i]) return text[first + i] < UINT64_MAX[i];
  }
  return true;
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
