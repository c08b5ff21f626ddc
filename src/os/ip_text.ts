/**
 * IP addresses from bytes to text, IPv6 in the canonical form of RFC 5952: lower case, no leading zeros, the longest
 * run of two or more groups of zeros, the first of several, as `::`.
 *
 * @module
 */

import { IPV4_BYTES, IPV6_BYTES, isMappedIpv4 } from "./ip.ts";

/** Bytes of the longest address as text, an IPv6 one of eight groups of four digits. */
export const IP_TEXT_BYTES_MAX = 39;

const IPV6_GROUPS = 8;
const GROUP_BYTES = 2;
/** Where the IPv4 address lies in an IPv4-mapped IPv6 address. */
const MAPPED_IPV4 = IPV6_BYTES - IPV4_BYTES;

const DOT = 0x2e;
const COLON = 0x3a;
const DIGIT_ZERO = 0x30;
const LETTER_A = 0x61;

const MAPPED_PREFIX = new TextEncoder().encode("::ffff:");

/** Writes the address of `size` bytes (4 or 16) at `at` as text. */
export function formatIp(bytes: Uint8Array, at: number, size: number): string {
  const text = new Uint8Array(IP_TEXT_BYTES_MAX);
  return new TextDecoder().decode(text.subarray(0, formatIpInto(bytes, at, size, text, 0)));
}

/**
 * Writes the address of `size` bytes (4 or 16) at `at` as ASCII text into `target` from `targetAt` on, where
 * IP_TEXT_BYTES_MAX bytes of room must be. Returns where the text ends. Allocates nothing.
 */
export function formatIpInto(
  bytes: Uint8Array,
  at: number,
  size: number,
  target: Uint8Array,
  targetAt: number,
): number {
  if (size === IPV4_BYTES) return writeIpv4(bytes, at, target, targetAt);
  if (isMappedIpv4(bytes, at)) {
    target.set(MAPPED_PREFIX, targetAt);
    return writeIpv4(bytes, at + MAPPED_IPV4, target, targetAt + MAPPED_PREFIX.length);
  }
  return writeIpv6(bytes, at, target, targetAt);
}

function writeIpv4(bytes: Uint8Array, at: number, target: Uint8Array, targetAt: number): number {
  let end = targetAt;
  for (let i = 0; i < IPV4_BYTES; i++) {
    if (i > 0) target[end++] = DOT;
    const value = bytes[at + i];
    if (value >= 100) target[end++] = DIGIT_ZERO + Math.floor(value / 100);
    if (value >= 10) target[end++] = DIGIT_ZERO + Math.floor(value / 10) % 10;
    target[end++] = DIGIT_ZERO + value % 10;
  }
  return end;
}

function writeIpv6(bytes: Uint8Array, at: number, target: Uint8Array, targetAt: number): number {
  let gap = IPV6_GROUPS;
  let gapGroups = 1;
  for (let start = 0; start < IPV6_GROUPS; start++) {
    const groups = zeroGroups(bytes, at, start);
    if (groups > gapGroups) {
      gap = start;
      gapGroups = groups;
    }
  }
  let end = targetAt;
  for (let group = 0; group < IPV6_GROUPS; group++) {
    if (group === gap) {
      // Two colons: what follows needs none of its own in front.
      target[end++] = COLON;
      target[end++] = COLON;
      group += gapGroups - 1;
      continue;
    }
    if (group > 0 && group !== gap + gapGroups) target[end++] = COLON;
    const groupAt = at + group * GROUP_BYTES;
    end = writeGroup(bytes[groupAt] << 8 | bytes[groupAt + 1], target, end);
  }
  return end;
}

/** How many groups of zeros follow each other from group `start` on. */
function zeroGroups(bytes: Uint8Array, at: number, start: number): number {
  let end = start;
  while (end < IPV6_GROUPS && (bytes[at + end * GROUP_BYTES] | bytes[at + end * GROUP_BYTES + 1]) === 0) {
    end++;
  }
  return end - start;
}

function writeGroup(value: number, target: Uint8Array, end: number): number {
  let shift = 12;
  while (shift > 0 && value >> shift === 0) shift -= 4;
  for (; shift >= 0; shift -= 4) {
    const digit = value >> shift & 0xf;
    target[end++] = digit < 10 ? DIGIT_ZERO + digit : LETTER_A + digit - 10;
  }
  return end;
}
