/**
 * The head of an HTTP/1 request (RFC 9112), read strictly: what it does not understand it refuses, because a proxy before
 * the tracker might understand something else.
 *
 * ```
 * head     = [ CRLF ] method SP target SP "HTTP/1." ( "0" / "1" ) CRLF *( field CRLF ) CRLF
 * field    = name ":" blanks value blanks            no blank before the colon, no folded lines
 * target   = "/" ... | "http://" host [ "/" ... ] | "*" (OPTIONS)      visible ASCII
 * CRLF     = CR LF                                   LF alone, which RFC 9112 2.2 lets one take, is refused, CR alone too
 * ```
 *
 * A request has no body: `Content-Length: 0` is all it may say of one. HTTP/1.1 needs one `Host`, HTTP/1.0 may have one.
 *
 * @module
 */

import { HeadFields } from "./head_fields.ts";
import {
  ASTERISK,
  COLON,
  CR,
  DIGIT_ZERO,
  equalsIgnoringCase,
  IS_TARGET,
  IS_TOKEN,
  IS_VALUE,
  isBlank,
  isDigit,
  LF,
  QUESTION_MARK,
  SLASH,
  SPACE,
} from "./octets.ts";
import { ascii, equalBytes } from "./query.ts";
import {
  BAD_REQUEST,
  HEAD_TOO_LARGE,
  METHOD_NOT_ALLOWED,
  TARGET_TOO_LONG,
  VERSION_NOT_SUPPORTED,
} from "./refusal.ts";
import { type HttpMethod, METHOD_GET, METHOD_HEAD, METHOD_OPTIONS } from "./request.ts";

/** Longest head taken, in bytes. */
export const HEAD_BYTES_MAX = 16 * 1024;
/** Longest request target taken, in bytes: room for a scrape of 100 torrents with every byte escaped. */
export const TARGET_BYTES_MAX = 8192;
/** Most fields taken, as many as Deno.serve takes: a head that comes in pieces is read anew with each of them. */
export const FIELDS_MAX = 128;

/** What `HeadParser.parse` came to: more bytes are needed; the head is whole; or the status that refuses it. */
export const HEAD_INCOMPLETE = 0;
export const HEAD_COMPLETE = 200;

/** The steps of parsing return where they ended, or one of the above below zero. */
const INCOMPLETE = -1;
const refused = (status: number) => -status;

const METHODS: readonly { name: Uint8Array; method: HttpMethod }[] = [
  { name: ascii("GET"), method: METHOD_GET },
  { name: ascii("HEAD"), method: METHOD_HEAD },
  { name: ascii("OPTIONS"), method: METHOD_OPTIONS },
];
const SCHEMES = [ascii("http://"), ascii("https://")];
const HTTP = ascii("HTTP/");
const DOT = 0x2e;
const VERSION_BYTES = "HTTP/1.1".length;

/** Reads one head after another. One a thread. */
export class HeadParser {
  /** What the fields say that came; those before the one that a head is refused for. */
  readonly fields: HeadFields = new HeadFields(HEAD_BYTES_MAX);
  method: HttpMethod = METHOD_GET;
  /** Where the path and query lie in the bytes given. */
  targetStart = 0;
  targetEnd = 0;
  /** Where the head ends: the first byte of what follows. */
  end = 0;
  /** The client speaks HTTP/1.0 and must be told when the connection stays open. */
  isHttp10 = false;
  /** The connection is to stay open. */
  keepAlive = false;

  /**
   * Reads the head that begins at `start`, of which the bytes up to before `end` are there. Returns HEAD_COMPLETE, with
   * the fields set; HEAD_INCOMPLETE, when it is to be called again with more bytes, from the same start; or the status
   * to refuse the request by, after which nothing on the connection can be understood. The same bytes give the same
   * result in whatever pieces they come.
   */
  parse(bytes: Uint8Array, start: number, end: number): number {
    const limit = Math.min(end, start + HEAD_BYTES_MAX);
    const result = this.#parseHead(bytes, start, limit);
    if (result >= 0) {
      this.end = result;
      return HEAD_COMPLETE;
    }
    if (result !== INCOMPLETE) return -result;
    return end - start >= HEAD_BYTES_MAX ? HEAD_TOO_LARGE : HEAD_INCOMPLETE;
  }

  #parseHead(bytes: Uint8Array, start: number, end: number): number {
    this.fields.clear();
    // Old clients send an empty line behind a request, and RFC 9112 2.2 asks for patience with one.
    let at = start < end && bytes[start] === CR ? lineEnd(bytes, start, end) : start;
    if (at >= 0) at = this.#parseRequestLine(bytes, at, end);
    for (let fields = 0; at >= 0; fields++) {
      if (at === end) return INCOMPLETE;
      if (bytes[at] === CR) return this.#finish(lineEnd(bytes, at, end));
      if (fields === FIELDS_MAX) return refused(HEAD_TOO_LARGE);
      at = this.#parseField(bytes, at, end);
    }
    return at;
  }

  #finish(at: number): number {
    if (at >= 0 && !this.fields.hasHost && !this.isHttp10) return refused(BAD_REQUEST);
    this.keepAlive = !this.fields.saysClose && (!this.isHttp10 || this.fields.saysKeepAlive);
    return at;
  }

  #parseRequestLine(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && IS_TOKEN[bytes[at]] === 1) at++;
    if (at === end) return INCOMPLETE;
    if (at === start || bytes[at] !== SPACE) return refused(BAD_REQUEST);
    const isServed = this.#readMethod(bytes, start, at);

    const targetStart = ++at;
    while (at < end && IS_TARGET[bytes[at]] === 1) at++;
    if (at - targetStart > TARGET_BYTES_MAX) return refused(TARGET_TOO_LONG);
    if (at === end) return INCOMPLETE;
    if (at === targetStart || bytes[at] !== SPACE) return refused(BAD_REQUEST);
    if (isServed && !this.#readTarget(bytes, targetStart, at)) return refused(BAD_REQUEST);

    const version = at + 1;
    at = version + VERSION_BYTES;
    if (at >= end) return INCOMPLETE;
    if (!isVersion(bytes, version)) return refused(BAD_REQUEST);
    const next = lineEnd(bytes, at, end);
    if (next < 0) return next;
    const minor = bytes[at - 1] - DIGIT_ZERO;
    if (bytes[at - 3] !== DIGIT_ZERO + 1 || minor > 1) return refused(VERSION_NOT_SUPPORTED);
    this.isHttp10 = minor === 0;
    return isServed ? next : refused(METHOD_NOT_ALLOWED);
  }

  #readMethod(bytes: Uint8Array, start: number, end: number): boolean {
    for (let i = 0; i < METHODS.length; i++) {
      if (!equalBytes(bytes, start, end, METHODS[i].name)) continue;
      this.method = METHODS[i].method;
      return true;
    }
    return false;
  }

  #readTarget(bytes: Uint8Array, start: number, end: number): boolean {
    this.targetStart = start;
    this.targetEnd = end;
    if (bytes[start] === SLASH) return true;
    if (bytes[start] === ASTERISK) return this.method === METHOD_OPTIONS && end - start === 1;
    for (let i = 0; i < SCHEMES.length; i++) {
      const authority = start + SCHEMES[i].length;
      if (authority >= end || !equalsIgnoringCase(bytes, start, authority, SCHEMES[i])) continue;
      let path = authority;
      while (path < end && bytes[path] !== SLASH && bytes[path] !== QUESTION_MARK) path++;
      this.targetStart = path;
      return path > authority;
    }
    return false;
  }

  #parseField(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && IS_TOKEN[bytes[at]] === 1) at++;
    if (at === end) return INCOMPLETE;
    if (at === start || bytes[at] !== COLON) return refused(BAD_REQUEST);
    const nameEnd = at++;
    while (at < end && isBlank(bytes[at])) at++;
    const value = at;
    while (at < end && IS_VALUE[bytes[at]] === 1) at++;
    const next = lineEnd(bytes, at, end);
    if (next < 0) return next;
    while (at > value && isBlank(bytes[at - 1])) at--;
    return this.fields.read(bytes, start, nameEnd, value, at) ? next : refused(BAD_REQUEST);
  }
}

/** Where the line ends whose CR should be at `at`. */
function lineEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return INCOMPLETE;
  if (bytes[at] !== CR) return refused(BAD_REQUEST);
  if (at + 1 === end) return INCOMPLETE;
  return bytes[at + 1] === LF ? at + 2 : refused(BAD_REQUEST);
}

function isVersion(bytes: Uint8Array, at: number): boolean {
  const major = at + HTTP.length;
  return equalBytes(bytes, at, major, HTTP) && isDigit(bytes[major]) && bytes[major + 1] === DOT &&
    isDigit(bytes[major + 2]);
}
