/**
 * The bytes of an ODB file, the dump format of opentracker's persistence. No files and no table here.
 *
 * ```
 * at        size  field                                              unit, byte order
 *  0        11    "OPENTRACKER"                                      ASCII
 * 11        4     version: "0001" IPv4 peers, "0006" IPv6 peers      ASCII
 *
 * then for each torrent, ascending by info hash:
 *  0        1     opcode 0xFE
 *  1        20    info hash
 * 21        8     base: when the torrent was last touched            minutes since 1970, u64 little-endian
 * 29        8     seeding peers                                      u64 little-endian
 * 37        8     all peers                                          u64 little-endian
 * 45        8     completed downloads                                u64 little-endian
 * 53        4     n, the number of peer records that follow          u32 little-endian
 * 57        8n    peer records of IPv4, 20n of IPv6, ascending by address and port
 *
 * after the last torrent:
 *  0        1     opcode 0xFF
 *
 * a peer record (a is 4 for IPv4, 16 for IPv6):
 *  0        a     address                                            network order
 *  a        2     port                                               big-endian
 *  a + 2    1     flags: 0x80 seeding, 0x40 completed, 0x20 stopped, 0x10 from live sync
 *  a + 3    1     age: from the peer's last announce to base         minutes
 * ```
 *
 * The IPv4 file is opentracker's own, byte for byte. Version 0006 is ours: opentracker writes no IPv6 dump.
 *
 * @module
 */

import {
  COMPACT_BYTES,
  type Family,
  HASH_BYTES,
  HASH_WORDS,
  IPV4,
  IPV6,
  RECORD_BYTES,
} from "../peers/mod.ts";

const MAGIC = "OPENTRACKER";
const VERSION_BYTES = 4;
/** Versions by family, as they are written. */
export const VERSIONS = ["0001", "0006"] as const;
/**
 * What the format's own note shows in its hex dump where it says 0001 in words. Read as 0001, never written.
 */
export const VERSION_MISPRINTED = "0003";
/** Bytes of the file header. */
export const HEADER_BYTES = MAGIC.length + VERSION_BYTES;

/** Opcodes: what comes next. */
export const OPCODE_TORRENT = 0xfe;
export const OPCODE_END = 0xff;
export const OPCODE_BYTES = 1;

const U64_BYTES = 8;
const HASH_AT = OPCODE_BYTES;
const BASE_AT = HASH_AT + HASH_BYTES;
const SEEDERS_AT = BASE_AT + U64_BYTES;
const PEERS_AT = SEEDERS_AT + U64_BYTES;
const COMPLETED_AT = PEERS_AT + U64_BYTES;
const COUNT_AT = COMPLETED_AT + U64_BYTES;
/** Bytes of a torrent before its peer records, the opcode included. */
export const TORRENT_HEAD_BYTES = COUNT_AT + 4;

/**
 * Offsets of the port and the flags in a peer record by family; RECORD_BYTES of peers/ is the record's size.
 */
export const PORT_AT = [COMPACT_BYTES[IPV4] - 2, COMPACT_BYTES[IPV6] - 2] as const;
export const FLAGS_AT = COMPACT_BYTES;

if (
  HEADER_BYTES !== 15 || TORRENT_HEAD_BYTES !== 57 || RECORD_BYTES[IPV4] !== 8 || RECORD_BYTES[IPV6] !== 20
) {
  throw new Error("The ODB layout does not add up.");
}

/** The fields before a torrent's peer records. Reused from torrent to torrent. */
export class TorrentHead {
  /** Info hash; `hashWords` is the same memory. */
  readonly hash: Uint8Array<ArrayBuffer> = new Uint8Array(HASH_BYTES);
  readonly hashWords: Uint32Array<ArrayBuffer> = new Uint32Array(this.hash.buffer);
  /** Minutes since 1970. */
  baseMin = 0;
  /** Seeding peers, all peers and completed downloads; 0 to 2^53 - 1 are exact, larger ones rounded. */
  seeders = 0;
  peers = 0;
  completed = 0;
  /** Peer records that follow, 0 to 2^32 - 1. */
  count = 0;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");

/** The 15 header bytes of a file that holds peers of `family`. */
export function encodeHeader(family: Family): Uint8Array<ArrayBuffer> {
  return encoder.encode(MAGIC + VERSIONS[family]);
}

/** The version of a file that begins with these HEADER_BYTES bytes; null when it is not an ODB. */
export function decodeVersion(header: Uint8Array): string | null {
  const text = decoder.decode(header);
  return text.startsWith(MAGIC) ? text.slice(MAGIC.length) : null;
}

/** Whether `start`, shorter than a header, is the start of one that a file of `family` may have. */
export function isHeaderPrefix(start: Uint8Array, family: Family): boolean {
  return (MAGIC + VERSIONS[family]).startsWith(decoder.decode(start));
}

/** Writes `head` as TORRENT_HEAD_BYTES bytes, the opcode first. `bytes` and `view` are one memory. */
export function encodeTorrentHead(head: TorrentHead, bytes: Uint8Array, view: DataView, at: number): void {
  bytes[at] = OPCODE_TORRENT;
  // Word by word: for twenty bytes a call of set() takes longer.
  for (let i = 0; i < HASH_WORDS; i++) view.setUint32(at + HASH_AT + 4 * i, head.hashWords[i], true);
  setU64(view, at + BASE_AT, head.baseMin);
  setU64(view, at + SEEDERS_AT, head.seeders);
  setU64(view, at + PEERS_AT, head.peers);
  setU64(view, at + COMPLETED_AT, head.completed);
  view.setUint32(at + COUNT_AT, head.count, true);
}

/** Reads TORRENT_HEAD_BYTES bytes into `head`; the opcode is the caller's to check. */
export function decodeTorrentHead(head: TorrentHead, bytes: Uint8Array, view: DataView, at: number): void {
  for (let i = 0; i < HASH_BYTES; i++) head.hash[i] = bytes[at + HASH_AT + i];
  head.baseMin = getU64(view, at + BASE_AT);
  head.seeders = getU64(view, at + SEEDERS_AT);
  head.peers = getU64(view, at + PEERS_AT);
  head.completed = getU64(view, at + COMPLETED_AT);
  head.count = view.getUint32(at + COUNT_AT, true);
}

// Two 32-bit halves instead of a BigInt, which would be allocated.

function setU64(view: DataView, at: number, value: number): void {
  // Only the lower 32 bits of a number are taken, what is behind its point falls off, and multiplying is the faster way.
  view.setUint32(at, value, true);
  view.setUint32(at + 4, value * 2 ** -32, true);
}

function getU64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}
