/**
 * What proxies say in a header about whose request they forward, read from its raw bytes: the list of
 * `X-Forwarded-For`, and that of `Forwarded` (RFC 7239).
 *
 * ```
 * X-Forwarded-For  = node *( "," node )
 * Forwarded        = element *( "," element )      empty elements of both lists are skipped (RFC 9110 5.6.1)
 * element          = [ pair ] *( ";" [ pair ] )    blanks around pairs are taken, though RFC 7239 has none
 * pair             = token "=" ( value | quoted )  quoted in double quotes, "\" before a character of it
 * node             = IPv4 [ ":" port ] / IPv6 / "[" IPv6 "]" [ ":" port ]
 * port             = 1 to 5 digits / "_" token
 * ```
 *
 * Each proxy adds to the right end. What stands further left may be a client's invention, so lists are read from the
 * right, and nothing in them changes what an element right of it means.
 *
 * @module
 */

import { IPV6_BYTES, parseIpBytes } from "../os/mod.ts";
import { COLON, COMMA, EQUALS, equalsIgnoringCase, IS_TOKEN, isBlank, isDigit, SEMICOLON } from "./octets.ts";
import { ascii } from "./query.ts";

const QUOTE = 0x22;
const BRACKET_OPEN = 0x5b;
const BACKSLASH = 0x5c;
const BRACKET_CLOSE = 0x5d;
const UNDERSCORE = 0x5f;

const PORT_DIGITS_MAX = 5;
/** The name of the pair that tells the client. */
const FOR = ascii("for");

/** Goes through the elements of one list from the right. One a thread, reused; it keeps no bytes of its own. */
export class ForwardedList {
  /** Where the element lies that `previous` went to; within a quoted value, once `findFor` found that. */
  elementStart = 0;
  elementEnd = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;

  /** Starts behind the last element in `bytes` from `start` to before `end`; they must stay while the list is read. */
  open(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  /** Goes to the next element to the left that is not empty; false when there is none. */
  previous(): boolean {
    while (this.#end > this.#start) {
      const commaAt = this.#commaBefore(this.#end);
      this.elementStart = commaAt + 1;
      this.elementEnd = this.#end;
      this.#end = commaAt;
      this.#trim();
      if (this.elementStart < this.elementEnd) return true;
    }
    return false;
  }

  /**
   * Narrows the element, as one of `Forwarded`, to the value of its `for`. False when it has none or more than one, or
   * is no element by the grammar above.
   */
  findFor(): boolean {
    const bytes = this.#bytes;
    const end = this.elementEnd;
    let forStart = -1;
    let forEnd = -1;
    for (let at = this.elementStart; at < end; at++) {
      const nameStart = this.#skipBlanks(at, end);
      if (nameStart === end || bytes[nameStart] === SEMICOLON) {
        at = nameStart;
        continue;
      }
      const nameEnd = this.#endOfName(nameStart, end);
      if (nameEnd === nameStart || nameEnd === end || bytes[nameEnd] !== EQUALS) return false;
      const valueStart = nameEnd + 1;
      const valueEnd = this.#endOfValue(valueStart, end);
      at = this.#skipBlanks(valueEnd, end);
      if (valueEnd === valueStart || at < end && bytes[at] !== SEMICOLON) return false;
      if (!equalsIgnoringCase(bytes, nameStart, nameEnd, FOR)) continue;
      if (forStart >= 0) return false;
      const quoted = bytes[valueStart] === QUOTE ? 1 : 0;
      forStart = valueStart + quoted;
      forEnd = valueEnd - quoted;
    }
    this.elementStart = forStart;
    this.elementEnd = forEnd;
    return forStart >= 0;
  }

  /** The comma between elements that is next to the left of `end`, or the place before the list. */
  #commaBefore(end: number): number {
    let isQuoted = false;
    for (let at = end - 1; at >= this.#start; at--) {
      const byte = this.#bytes[at];
      if (byte === QUOTE && !(isQuoted && this.#isEscaped(at))) isQuoted = !isQuoted;
      if (byte === COMMA && !isQuoted) return at;
    }
    return this.#start - 1;
  }

  /** Whether an odd number of backslashes stands before `at`. */
  #isEscaped(at: number): boolean {
    let first = at;
    while (first > this.#start && this.#bytes[first - 1] === BACKSLASH) first--;
    return (at - first) % 2 === 1;
  }

  #trim(): void {
    this.elementStart = this.#skipBlanks(this.elementStart, this.elementEnd);
    while (this.elementEnd > this.elementStart && isBlank(this.#bytes[this.elementEnd - 1])) {
      this.elementEnd--;
    }
  }

  #skipBlanks(at: number, end: number): number {
    while (at < end && isBlank(this.#bytes[at])) at++;
    return at;
  }

  #endOfName(start: number, end: number): number {
    let at = start;
    while (at < end && IS_TOKEN[this.#bytes[at]] === 1) at++;
    return at;
  }

  /** Behind the value that begins at `start`; `start` itself when there is none. */
  #endOfValue(start: number, end: number): number {
    let at = start;
    if (at < end && this.#bytes[at] === QUOTE) {
      at++;
      while (at < end && this.#bytes[at] !== QUOTE) at += this.#bytes[at] === BACKSLASH ? 2 : 1;
      return at < end ? at + 1 : start;
    }
    while (at < end && !isBlank(this.#bytes[at]) && this.#bytes[at] !== SEMICOLON) {
      if (this.#bytes[at] === QUOTE) return start;
      at++;
    }
    return at;
  }
}

/**
 * Reads the address of the node in `bytes` from `start` to before `end` into `target`, which has room for 16 bytes.
 * Returns how many it has, 4 or 16; 0 when it is no address, as `unknown` and names are not. A port is not kept.
 */
export function readNode(bytes: Uint8Array, start: number, end: number, target: Uint8Array): number {
  if (start < end && bytes[start] === BRACKET_OPEN) {
    const close = find(BRACKET_CLOSE, bytes, start, end);
    if (close === end || !isPortOrNothing(bytes, close + 1, end)) return 0;
    return parseIpBytes(bytes, start + 1, close, target, 0) === IPV6_BYTES ? IPV6_BYTES : 0;
  }
  // One colon is before a port; IPv6 has two at least, and no port unless it is in brackets.
  const colon = find(COLON, bytes, start, end);
  const hasPort = colon < end && find(COLON, bytes, colon + 1, end) === end;
  if (!hasPort) return parseIpBytes(bytes, start, end, target, 0);
  return isPortOrNothing(bytes, colon, end) ? parseIpBytes(bytes, start, colon, target, 0) : 0;
}

/** Where `byte` is from `start` on; `end` when it is nowhere. */
function find(byte: number, bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== byte) at++;
  return at;
}

/** Whether there is nothing from `start` to before `end`, or a colon and a port. */
function isPortOrNothing(bytes: Uint8Array, start: number, end: number): boolean {
  if (start === end) return true;
  if (bytes[start] !== COLON || start + 1 === end) return false;
  const isLabel = bytes[start + 1] === UNDERSCORE;
  if (isLabel ? start + 2 === end : end - start - 1 > PORT_DIGITS_MAX) return false;
  for (let at = start + 1; at < end; at++) {
    if (isLabel ? IS_TOKEN[bytes[at]] === 0 : !isDigit(bytes[at])) return false;
  }
  return true;
}
