/**
 * Packet info: the control message that tells where a received datagram was sent to, and chooses where one that is
 * sent comes from. Its layout depends on the family of the socket; on an IPv6 socket that takes IPv4 too, the IPv4
 * addresses in it are mapped ones. Before it is the header of message_header.ts.
 *
 * | offset | IP_PKTINFO (28 bytes)                     | IPV6_PKTINFO (36 bytes)                  |
 * |--------|-------------------------------------------|------------------------------------------|
 * | 16     | i32 interface, 0 = whichever the route says | our address[16]                        |
 * | 20     | our address[4]                            |                                          |
 * | 24     | destination[4], read only when receiving  |                                          |
 * | 32     |                                           | i32 interface, 0 = as for IPv4           |
 *
 * @module
 */

import { errnoName } from "./errno.ts";
import type { Libc } from "./libc.ts";
import {
  MESSAGE_BODY_WORD,
  MESSAGE_LEVEL_WORD,
  MESSAGE_SIZE_WORD,
  MESSAGE_TYPE_WORD,
} from "./message_header.ts";
import { decodeSocketAddress, SOCKADDR_IN6_BYTES } from "./socket_address.ts";

const IPPROTO_IP = 0;
const IP_PKTINFO = 8;
const IPPROTO_IPV6 = 41;
const IPV6_RECVPKTINFO = 49;

const IPV4_ANY = "0.0.0.0";
const IPV6_ANY = "::";

const INTERFACE4_WORD = MESSAGE_BODY_WORD;
const ADDRESS4_WORD = INTERFACE4_WORD + 1;
const DESTINATION4_WORD = ADDRESS4_WORD + 1;
const ADDRESS6_WORD = MESSAGE_BODY_WORD;
const INTERFACE6_WORD = ADDRESS6_WORD + 4;

/** Bytes of an IPv4 message. */
export const PACKET_INFO4_BYTES = 28;
/** Room for a message of either family, rounded up to 8 bytes as the kernel does it. */
export const PACKET_INFO_BYTES = 40;
export const PACKET_INFO_WORDS = PACKET_INFO_BYTES / 4;

/** The first ten bits of fe80::/10, in a word as it lies in memory. */
const LINK_LOCAL_MASK = 0xc0ff;
const LINK_LOCAL_BITS = 0x80fe;

/**
 * Has a socket that is bound to a wildcard address tell where each datagram was sent to, to those who receive with
 * room for it. Returns whether the socket is such a one; any other has only one address to answer from. Throws when
 * the socket is not open.
 */
export function receivePacketInfo(libc: Libc, fd: number): boolean {
  const bytes = new Uint8Array(SOCKADDR_IN6_BYTES);
  const size = new Uint32Array([bytes.length]);
  if (libc.calls.getsockname(fd, bytes, size) < 0) throw failed(libc, "getsockname");
  const { hostname } = decodeSocketAddress(bytes);
  if (hostname !== IPV4_ANY && hostname !== IPV6_ANY) return false;
  const on = new Int32Array([1]);
  const result = hostname === IPV4_ANY
    ? libc.calls.setsockopt(fd, IPPROTO_IP, IP_PKTINFO, on, on.byteLength)
    : libc.calls.setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, on, on.byteLength);
  if (result < 0) throw failed(libc, "setsockopt");
  return true;
}

function failed(libc: Libc, call: string): Error {
  return new Error(`Cannot learn where datagrams are sent to: ${call} failed with ${errnoName(libc.errno)}`);
}

/** Writes, from word `at` on, an IPv4 message that chooses the source which `setSource4` then sets. */
export function initPacketInfo4(words: Uint32Array, at: number): void {
  words[at + MESSAGE_SIZE_WORD] = PACKET_INFO4_BYTES;
  words[at + MESSAGE_LEVEL_WORD] = IPPROTO_IP;
  words[at + MESSAGE_TYPE_WORD] = IP_PKTINFO;
}

/** Sets the source, an address as it lies in memory, in the IPv4 message from word `at` on. */
export function setSource4(words: Uint32Array, at: number, source: number): void {
  words[at + ADDRESS4_WORD] = source;
}

/**
 * Turns the message received from word `at` on into the one for the reply: its source is the address that was asked.
 * Returns the size in bytes.
 */
export function turnPacketInfo(words: Uint32Array, at: number): number {
  // The reply goes through the interface that the route says, which need not be the one the request came through.
  if (words[at + MESSAGE_LEVEL_WORD] === IPPROTO_IP) {
    words[at + INTERFACE4_WORD] = 0;
    // Our address is missing in what arrived before the socket was told to note it.
    if (words[at + ADDRESS4_WORD] === 0) words[at + ADDRESS4_WORD] = words[at + DESTINATION4_WORD];
  } else if ((words[at + ADDRESS6_WORD] & LINK_LOCAL_MASK) !== LINK_LOCAL_BITS) {
    // A link-local address says nothing without its interface, so there it stays.
    words[at + INTERFACE6_WORD] = 0;
  }
  return words[at + MESSAGE_SIZE_WORD];
}
