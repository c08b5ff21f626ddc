/**
 * The fields of a request's head that matter to a tracker, out of all that clients send.
 *
 * @module
 */

import { acceptsGzip, FieldList } from "./field_list.ts";
import { DIGIT_ZERO, equalsIgnoringCase, IS_HOST } from "./octets.ts";
import { ascii } from "./query.ts";
import type { RequestFields } from "./request.ts";

const HOST = ascii("host");
const CONNECTION = ascii("connection");
const CONTENT_LENGTH = ascii("content-length");
const ACCEPT_ENCODING = ascii("accept-encoding");
const TRANSFER_ENCODING = ascii("transfer-encoding");
const AUTHORIZATION = ascii("authorization");
/** Of the same length. */
const IF_NONE_MATCH = ascii("if-none-match");
const CLOSE = ascii("close");
const KEEP_ALIVE = ascii("keep-alive");
const SEPARATOR = ascii(", ");

/** What the fields of one head say. One a thread, reused. */
export class HeadFields implements RequestFields {
  hasHost = false;
  /** What `Connection` says. */
  saysClose = false;
  saysKeepAlive = false;
  acceptsGzip = false;
  /** The values of the field that `collect` named, all its lines joined by ", ", up to before `valuesEnd`. */
  readonly values: Uint8Array<ArrayBuffer>;
  valuesEnd = 0;

  readonly #list = new FieldList();
  #collected: Uint8Array | null = null;
  /** What the fields were read from, and where in it the values of two lie; the end is 0 where there is none. */
  #bytes: Uint8Array = new Uint8Array(0);
  #authorization = 0;
  #authorizationEnd = 0;
  #ifNoneMatch = 0;
  #ifNoneMatchEnd = 0;

  /** For heads of up to `headBytesMax`. */
  constructor(headBytesMax: number) {
    // A separator is shorter than the name, colon and line end that stand between two values in a head.
    this.values = new Uint8Array(headBytesMax);
  }

  /** Sets which field's values are wanted, by its lower-case name; null = none. */
  collect(name: Uint8Array | null): void {
    this.#collected = name;
  }

  /** Forgets all fields. */
  clear(): void {
    this.hasHost = false;
    this.saysClose = false;
    this.saysKeepAlive = false;
    this.acceptsGzip = false;
    this.valuesEnd = 0;
    this.#authorizationEnd = 0;
    this.#ifNoneMatchEnd = 0;
  }

  authorization(): string {
    return latin1(this.#bytes, this.#authorization, this.#authorizationEnd);
  }

  ifNoneMatch(): string {
    return latin1(this.#bytes, this.#ifNoneMatch, this.#ifNoneMatchEnd);
  }

  /**
   * Notes one field: its name from `name` to before `nameEnd`, its value from `value` to before `valueEnd`, without
   * blanks around it. False when the request cannot be served with it: a second or unusable `Host`, or a body.
   */
  read(bytes: Uint8Array, name: number, nameEnd: number, value: number, valueEnd: number): boolean {
    const collected = this.#collected;
    if (collected !== null && equalsIgnoringCase(bytes, name, nameEnd, collected)) {
      this.#append(bytes, value, valueEnd);
    }
    switch (nameEnd - name) {
      case HOST.length:
        return !equalsIgnoringCase(bytes, name, nameEnd, HOST) || this.#readHost(bytes, value, valueEnd);
      case CONNECTION.length:
        if (equalsIgnoringCase(bytes, name, nameEnd, CONNECTION)) this.#readTokens(bytes, value, valueEnd);
        return true;
      case CONTENT_LENGTH.length:
        return !equalsIgnoringCase(bytes, name, nameEnd, CONTENT_LENGTH) || isZero(bytes, value, valueEnd);
      case ACCEPT_ENCODING.length:
        if (equalsIgnoringCase(bytes, name, nameEnd, ACCEPT_ENCODING)) {
          this.acceptsGzip ||= acceptsGzip(bytes, value, valueEnd);
        }
        return true;
      case TRANSFER_ENCODING.length:
        return !equalsIgnoringCase(bytes, name, nameEnd, TRANSFER_ENCODING);
      case AUTHORIZATION.length:
        this.#noteValue(bytes, name, nameEnd, value, valueEnd);
        return true;
      default:
        return true;
    }
  }

  /** Of lines with one name the last one counts. */
  #noteValue(bytes: Uint8Array, name: number, nameEnd: number, value: number, valueEnd: number): void {
    this.#bytes = bytes;
    if (equalsIgnoringCase(bytes, name, nameEnd, AUTHORIZATION)) {
      this.#authorization = value;
      this.#authorizationEnd = valueEnd;
    } else if (equalsIgnoringCase(bytes, name, nameEnd, IF_NONE_MATCH)) {
      this.#ifNoneMatch = value;
      this.#ifNoneMatchEnd = valueEnd;
    }
  }

  #readHost(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.hasHost) return false;
    this.hasHost = true;
    for (let i = start; i < end; i++) {
      if (IS_HOST[bytes[i]] !== 1) return false;
    }
    return true;
  }

  #readTokens(bytes: Uint8Array, start: number, end: number): void {
    const list = this.#list;
    list.open(bytes, start, end);
    while (list.next()) {
      this.saysClose ||= equalsIgnoringCase(bytes, list.start, list.end, CLOSE);
      this.saysKeepAlive ||= equalsIgnoringCase(bytes, list.start, list.end, KEEP_ALIVE);
    }
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    if (this.valuesEnd > 0) {
      for (let i = 0; i < SEPARATOR.length; i++) this.values[this.valuesEnd++] = SEPARATOR[i];
    }
    for (let i = start; i < end; i++) this.values[this.valuesEnd++] = bytes[i];
  }
}

/** The bytes from `start` to before `end` as characters; "" when `end` is 0. */
function latin1(bytes: Uint8Array, start: number, end: number): string {
  return end === 0 ? "" : String.fromCharCode(...bytes.subarray(start, end));
}

function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if (bytes[i] !== DIGIT_ZERO) return false;
  }
  return end > start;
}
