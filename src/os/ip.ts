/**
 * IP addresses as bytes, and read from text; ip_text.ts writes them. Literals only: a name is never looked up.
 *
 * @module
 */

/** Bytes of an address of each family. */
export const IPV4_BYTES = 4;
export const IPV6_BYTES = 16;

const IPV4_PARTS = 4;
const IPV6_GROUPS = 8;
const GROUP_BYTES = 2;
/** Where the IPv4 address lies in an IPv4-mapped IPv6 address, ::ffff:a.b.c.d (RFC 4291, 2.5.5.2). */
const MAPPED_IPV4 = IPV6_BYTES - IPV4_BYTES;

/** The longest literal, as ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255. */
const TEXT_LENGTH_MAX = 45;

const DOT = 0x2e;
const COLON = 0x3a;
const DIGIT_ZERO = 0x30;
const LETTER_A = 0x61;
const LOWER_CASE = 0x20;
const ASCII_MAX = 0x7f;

/** Parses an IP literal without brackets or scope into its 4 or 16 bytes; null when the text is none. */
export function parseIp(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = new Uint8Array(IPV6_BYTES);
  const size = parseIpInto(text, bytes, 0);
  return size === 0 ? null : bytes.slice(0, size);
}

const textBytes = new Uint8Array(TEXT_LENGTH_MAX);

/**
 * Parses an IP literal into `target` from `at` on, where 16 bytes of room must be, without allocating. Returns how
 * many bytes the address has, 4 or 16; 0 when the text is no address, and then those bytes are scratch.
 */
export function parseIpInto(text: string, target: Uint8Array, at: number): number {
  if (text.length > TEXT_LENGTH_MAX) return 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > ASCII_MAX) return 0;
    textBytes[i] = code;
  }
  return parseIpBytes(textBytes, 0, text.length, target, at);
}

/** As `parseIpInto`, of the ASCII text in `source` from `start` to before `end`. */
export function parseIpBytes(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): number {
  for (let i = start; i < end; i++) {
    if (source[i] === COLON) return parseIpv6(source, start, end, target, at) ? IPV6_BYTES : 0;
  }
  return parseIpv4(source, start, end, target, at) ? IPV4_BYTES : 0;
}

/** Four decimal numbers. A leading zero is refused: some read it as octal. */
function parseIpv4(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): boolean {
  let index = start;
  for (let part = 0; part < IPV4_PARTS; part++) {
    if (part > 0 && (index >= end || source[index++] !== DOT)) return false;
    const first = index;
    let value = 0;
    for (; index < end; index++) {
      const digit = source[index] - DIGIT_ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      if (value > 255) return false;
    }
    const digits = index - first;
    if (digits === 0 || (digits > 1 && source[first] === DIGIT_ZERO)) return false;
    target[at + part] = value;
  }
  return index === end;
}

/** Groups of up to four hexadecimal digits; one `::` for at least one group of zeros; IPv4 in the last two groups. */
function parseIpv6(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): boolean {
  let groups = 0;
  let gap = -1;
  let index = start;
  if (end - start >= 2 && source[start] === COLON && source[start + 1] === COLON) {
    gap = 0;
    index += 2;
  }
  while (index < end) {
    if (groups === IPV6_GROUPS) return false;
    const first = index;
    let value = 0;
    for (; index < end; index++) {
      const digit = hexadecimalDigit(source[index]);
      if (digit < 0) break;
      value = value * 16 + digit;
      if (value > 0xffff) return false;
    }
    const target16 = at + groups * GROUP_BYTES;
    if (index < end && source[index] === DOT) {
      if (groups > IPV6_GROUPS - 2 || !parseIpv4(source, first, end, target, target16)) return false;
      groups += 2;
      break;
    }
    const digits = index - first;
    if (digits === 0 || digits > 4) return false;
    target[target16] = value >>> 8;
    target[target16 + 1] = value;
    groups++;
    if (index === end) break;
    if (source[index++] !== COLON || index === end) return false;
    if (source[index] === COLON) {
      if (gap >= 0) return false;
      gap = groups;
      index++;
    }
  }
  if (gap < 0) return groups === IPV6_GROUPS;
  if (groups === IPV6_GROUPS) return false;
  const gapAt = at + gap * GROUP_BYTES;
  const tailAt = at + IPV6_BYTES - (groups - gap) * GROUP_BYTES;
  target.copyWithin(tailAt, gapAt, at + groups * GROUP_BYTES);
  target.fill(0, gapAt, tailAt);
  return true;
}

function hexadecimalDigit(code: number): number {
  const decimal = code - DIGIT_ZERO;
  if (decimal >= 0 && decimal <= 9) return decimal;
  const letter = (code | LOWER_CASE) - LETTER_A;
  return letter >= 0 && letter <= 5 ? 10 + letter : -1;
}

/** Whether the 16 bytes at `at` are an IPv4 address in IPv6 clothes; its 4 bytes are then the last. */
export function isMappedIpv4(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < MAPPED_IPV4 - GROUP_BYTES; i++) {
    if (bytes[at + i] !== 0) return false;
  }
  return bytes[at + MAPPED_IPV4 - 2] === 0xff && bytes[at + MAPPED_IPV4 - 1] === 0xff;
}
