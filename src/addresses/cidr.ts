/** Networks, as text and as bytes (RFC 4632, RFC 4291 2.3). @module */

import { canonicalIp } from "./address.ts";

/** All addresses that begin with the same bits. Plain data, so that it can be posted to a worker. */
export interface Cidr {
  /** 4 bytes of an IPv4 network, 16 of an IPv6 one, in network order; those after the prefix are zero. */
  network: number[];
  /** How many bits, from the first byte's highest on, all addresses have in common; 0 to 32 or 128. */
  prefixBits: number;
}

/** What `parseCidr` accepts, for messages. */
export const CIDR_FORM =
  "an IP address or a network: 127.0.0.1, 10.0.0.0/8 or 2001:db8::/32, no bits set after " +
  "the prefix";

const BYTE_BITS = 8;
const IPV4_BITS = 32;
/** The network of the IPv4-mapped IPv6 addresses, ::ffff:0:0/96 (RFC 4291 2.5.5.2). */
const MAPPED_PREFIX = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
const IPV6_GROUPS = 8;

/**
 * `10.0.0.0/8`, `2001:db8::/32`, or an address alone for itself; null for anything else. Bits after the prefix are
 * refused, for such a text is a slip. IPv4 written as IPv6 becomes IPv4, as the addresses of clients do.
 */
export function parseCidr(text: string): Cidr | null {
  const [, addressText, bitsText] = /^([^/]*)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  const address = addressText === undefined ? null : canonicalIp(addressText);
  if (address === null) return null;
  const bytes = bytesOf(address);
  const addressBits = bytes.length * BYTE_BITS;
  const prefixBits = bitsText === undefined ? addressBits : Number(bitsText);
  if (prefixBits > addressBits || !bytes.every((byte, i) => (byte & ~maskOf(i, prefixBits)) === 0)) {
    return null;
  }
  const mapped = prefixBits >= addressBits - IPV4_BITS && MAPPED_PREFIX.every((byte, i) => bytes[i] === byte);
  if (!mapped) return { network: bytes, prefixBits };
  const skipped = MAPPED_PREFIX.length;
  return { network: bytes.slice(skipped), prefixBits: prefixBits - skipped * BYTE_BITS };
}

/** The bits of byte `index` that belong to a prefix of `prefixBits`. */
export function maskOf(index: number, prefixBits: number): number {
  const bits = Math.min(Math.max(prefixBits - index * BYTE_BITS, 0), BYTE_BITS);
  return 0xff << (BYTE_BITS - bits) & 0xff;
}

/** The bytes of an address in the form of `canonicalIp`. */
function bytesOf(address: string): number[] {
  if (!address.includes(":")) return address.split(".").map(Number);
  const [head, tail] = address.split("::").map((groups) => groups === "" ? [] : groups.split(":"));
  const gap = tail === undefined ? 0 : IPV6_GROUPS - head.length - tail.length;
  const groups = [...head, ...new Array<string>(gap).fill("0"), ...tail ?? []];
  return groups.map((group) => parseInt(group, 16)).flatMap((word) => [word >> BYTE_BITS, word & 0xff]);
}
