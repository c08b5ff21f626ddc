/**
 * What the kernel threw away because the receive buffer of a UDP socket was full: the last column of /proc/net/udp and
 * /proc/net/udp6, which have a line for every UDP socket of the machine.
 *
 * @module
 */

import { IPV4_BYTES, IPV6_BYTES, parseIp } from "./ip.ts";
import { openLibc } from "./libc.ts";
import type { SocketAddress } from "./socket_address.ts";
import { readSystemFile } from "./system_file.ts";

/** Each file, and how long the addresses in it are. */
const FILES = [
  { path: "/proc/net/udp", ipBytes: IPV4_BYTES },
  { path: "/proc/net/udp6", ipBytes: IPV6_BYTES },
];

/** Columns between spaces; some of the names in the files' first line stand for one column together. */
const LOCAL_ADDRESS = 1;
const INODE = 9;
const DROPS = 12;

/** The kernel prints an address in words of this size, each as a little-endian number. */
const WORD_BYTES = 4;

/**
 * How many datagrams the sockets that are bound to `addresses` have dropped since they were opened; sockets that share
 * an address are summed. Addresses without an open socket count 0. Null where the system does not tell: without the C
 * library, or when the files cannot be read. Throws a TypeError when a hostname is no IP literal.
 */
export function readUdpDrops(addresses: readonly SocketAddress[]): number | null {
  const { libc } = openLibc();
  if (libc === null) return null;
  let sum = 0;
  for (const { path, ipBytes } of FILES) {
    const ofFile = addresses.filter(({ hostname }) => ipOf(hostname).length === ipBytes);
    if (ofFile.length === 0) continue;
    let text: string;
    try {
      text = readSystemFile(libc, path);
    } catch {
      return null;
    }
    sum += sumDrops(text, ofFile);
  }
  return sum;
}

/**
 * The drops of the sockets in `text`, which is one of the files, that are bound to exactly one of `addresses`. The kernel
 * gives out the file in pieces and may repeat a line while sockets come and go, so a socket counts once, by its inode.
 */
export function sumDrops(text: string, addresses: readonly SocketAddress[]): number {
  const wanted = new Set(addresses.map(kernelAddress));
  const dropsByInode = new Map<string, number>();
  for (const line of text.split("\n")) {
    const columns = line.trim().split(/\s+/);
    if (wanted.has(columns[LOCAL_ADDRESS])) dropsByInode.set(columns[INODE], Number(columns[DROPS]));
  }
  return [...dropsByInode.values()].reduce((sum, drops) => sum + drops, 0);
}

/** An address as the files have it: `0100007F:1B39` is 127.0.0.1:6969. */
function kernelAddress({ hostname, port }: SocketAddress): string {
  const ip = new DataView(ipOf(hostname).buffer);
  let text = "";
  for (let at = 0; at < ip.byteLength; at += WORD_BYTES) text += hexadecimal(ip.getUint32(at, true), 8);
  return `${text}:${hexadecimal(port, 4)}`;
}

function hexadecimal(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}

function ipOf(hostname: string): Uint8Array<ArrayBuffer> {
  const ip = parseIp(hostname);
  if (ip === null) throw new TypeError(`Cannot use as an IP address: ${hostname}`);
  return ip;
}
