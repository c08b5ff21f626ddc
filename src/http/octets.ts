/**
 * The bytes of which the head of a request consists, by what may stand where (RFC 9110 5.6, RFC 9112).
 *
 * @module
 */

import { ascii } from "./query.ts";

export const HTAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const ASTERISK = 0x2a;
export const COMMA = 0x2c;
export const SLASH = 0x2f;
export const DIGIT_ZERO = 0x30;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const EQUALS = 0x3d;
export const QUESTION_MARK = 0x3f;

const ALPHANUMERIC = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
/** The bit in which a lower-case letter differs from its capital. */
const LOWER_CASE = 0x20;

/** 1 for each byte of a token: a method, the name of a field. */
export const IS_TOKEN = setOf("!#$%&'*+-.^_`|~" + ALPHANUMERIC);
/** 1 for each byte of a host and port: RFC 3986 3.2.2. */
export const IS_HOST = setOf("-._~%!$&'()*+,;=:[]" + ALPHANUMERIC);
/** 1 for each byte of a request target: whatever is visible. */
export const IS_TARGET = range(0x21, 0x7e);
/** 1 for each byte of a field's value: visible ones, those beyond ASCII, space and tab. */
export const IS_VALUE = range(0x80, 0xff).map((is, byte) => is | IS_TARGET[byte]);
IS_VALUE[SPACE] = 1;
IS_VALUE[HTAB] = 1;

/** Whether the bytes from `start` to before `end`, all of tokens, are `name`, which is lower case, in any case. */
export function equalsIgnoringCase(bytes: Uint8Array, start: number, end: number, name: Uint8Array): boolean {
  if (end - start !== name.length) return false;
  for (let i = 0; i < name.length; i++) {
    if ((bytes[start + i] | LOWER_CASE) !== name[i]) return false;
  }
  return true;
}

/** Whether the byte is a decimal digit. */
export function isDigit(byte: number): boolean {
  return byte >= DIGIT_ZERO && byte < DIGIT_ZERO + 10;
}

/** Whether the byte is what may stand around the parts of a field's value: a space or a tab. */
export function isBlank(byte: number): boolean {
  return byte === SPACE || byte === HTAB;
}

function setOf(text: string): Uint8Array {
  const set = new Uint8Array(256);
  for (const byte of ascii(text)) set[byte] = 1;
  return set;
}

function range(first: number, last: number): Uint8Array {
  return new Uint8Array(256).fill(1, first, last + 1);
}
