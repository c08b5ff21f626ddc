/**
 * The values of fields that are lists (RFC 9110 5.6.1): `Connection` and `Accept-Encoding`.
 *
 * @module
 */

import { COMMA, DIGIT_ZERO, equalsIgnoringCase, isBlank, SEMICOLON } from "./octets.ts";
import { ascii } from "./query.ts";

const DOT = 0x2e;
const GZIP = ascii("gzip");
const X_GZIP = ascii("x-gzip");
const WEIGHT = ascii("q=");

/** Goes through the elements of one list after another, without what is blank around them. One a thread. */
export class FieldList {
  /** Where the element is that `next` went to. */
  start = 0;
  end = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #position = 0;
  #listEnd = 0;

  /** Starts on the list in `bytes` from `start` to before `end`. The bytes must stay as they are. */
  open(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#position = start;
    this.#listEnd = end;
  }

  /** Goes to the next element, which may be empty. False behind the last. */
  next(): boolean {
    const bytes = this.#bytes;
    if (this.#position > this.#listEnd) return false;
    let end = this.#position;
    while (end < this.#listEnd && bytes[end] !== COMMA) end++;
    this.start = skipBlanks(bytes, this.#position, end);
    this.#position = end + 1;
    while (end > this.start && isBlank(bytes[end - 1])) end--;
    this.end = end;
    return true;
  }
}

const codings = new FieldList();

/** Whether the value of `Accept-Encoding` from `start` to before `end` allows gzip by its name (RFC 9110 12.5.3). */
export function acceptsGzip(bytes: Uint8Array, start: number, end: number): boolean {
  codings.open(bytes, start, end);
  while (codings.next()) {
    let nameEnd = codings.start;
    while (nameEnd < codings.end && bytes[nameEnd] !== SEMICOLON && !isBlank(bytes[nameEnd])) nameEnd++;
    const isGzip = equalsIgnoringCase(bytes, codings.start, nameEnd, GZIP) ||
      equalsIgnoringCase(bytes, codings.start, nameEnd, X_GZIP);
    if (isGzip && !isForbidden(bytes, nameEnd, codings.end)) return true;
  }
  return false;
}

/** Whether what follows a coding is `;q=0` or the same in more digits. */
function isForbidden(bytes: Uint8Array, start: number, end: number): boolean {
  const semicolon = skipBlanks(bytes, start, end);
  if (semicolon === end || bytes[semicolon] !== SEMICOLON) return false;
  const weight = skipBlanks(bytes, semicolon + 1, end);
  const digits = weight + WEIGHT.length;
  if (digits >= end || !equalsIgnoringCase(bytes, weight, digits, WEIGHT)) return false;
  for (let i = digits; i < end; i++) {
    if (bytes[i] !== DIGIT_ZERO && bytes[i] !== DOT) return false;
  }
  return true;
}

function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let position = start;
  while (position < end && isBlank(bytes[position])) position++;
  return position;
}
