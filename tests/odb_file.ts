// ODB files for tests, read and written without any code of the tracker, so that the two can disagree.
//
//   at  size  field (integers little-endian)      at  size  field
//    0    15  "OPENTRACKER0001"                   +29     8  seeders
//   then per torrent:                             +37     8  peers
//   +0     1  0xFE                                +45     8  completed
//   +1    20  info hash                           +53     4  number n of records
//  +21     8  base, minutes since 1970            +57   8·n  address 4, port 2 (big-endian), flags 1, age in minutes 1
//   after the last torrent: 0xFF

const HEADER = new TextEncoder().encode("OPENTRACKER0001");
const TORRENT = 0xfe, END = 0xff;
const HEAD_BYTES = 57, PEER_BYTES = 8;
const SEEDING = 0x80;
/** Peers of one torrent. */
const LONG_PEERS = 300_000;

/** A torrent as it stands in a file. */
export interface OdbTorrent {
  hash: Uint8Array;
  completed: number;
  /** Records of 8 bytes: address, port, flags, age. */
  peers: Uint8Array;
}

/** A record of an IPv4 peer that has just announced. `host` is a whole 32-bit address, `0x7f000001` for 127.0.0.1. */
export function odbPeer(host: number, port: number, flags = 0): Uint8Array {
  const peer = new Uint8Array(PEER_BYTES);
  const fields = new DataView(peer.buffer);
  fields.setUint32(0, host);
  fields.setUint16(4, port);
  peer[6] = flags;
  return peer;
}

/** The file as bytes; torrents stand in the order given, with the present minute as their base. */
export function writeOdb(torrents: OdbTorrent[]): Uint8Array<ArrayBuffer> {
  const size = torrents.reduce((sum, { peers }) => sum + HEAD_BYTES + peers.length, HEADER.length + 1);
  const bytes = new Uint8Array(size);
  const fields = new DataView(bytes.buffer);
  bytes.set(HEADER);
  let at = HEADER.length;
  for (const { hash, completed, peers } of torrents) {
    const count = peers.length / PEER_BYTES;
    bytes[at] = TORRENT;
    bytes.set(hash, at + 1);
    fields.setBigUint64(at + 21, BigInt(Math.floor(Date.now() / 60_000)), true);
    fields.setBigUint64(at + 29, BigInt(countSeeders(peers)), true);
    fields.setBigUint64(at + 37, BigInt(count), true);
    fields.setBigUint64(at + 45, BigInt(completed), true);
    fields.setUint32(at + 53, count, true);
    bytes.set(peers, at + HEAD_BYTES);
    at += HEAD_BYTES + peers.length;
  }
  bytes[at] = END;
  return bytes;
}

/** A file that takes a moment to restore. */
export function writeLongOdb(): Uint8Array<ArrayBuffer> {
  const peers = new Uint8Array(LONG_PEERS * PEER_BYTES);
  for (let i = 0; i < LONG_PEERS; i++) peers.set(odbPeer(0x0a000000 + i, 6881), i * PEER_BYTES);
  return writeOdb([{ hash: new Uint8Array(20), completed: 1, peers }]);
}

/** Reads a file to its last byte; anything that is not a whole ODB with true counts is a fault. */
export function readOdb(bytes: Uint8Array): OdbTorrent[] {
  const fields = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.subarray(0, HEADER.length).toHex() !== HEADER.toHex()) throw new Error("No ODB header");
  const torrents: OdbTorrent[] = [];
  let at = HEADER.length;
  while (bytes[at] === TORRENT) {
    const count = fields.getUint32(at + 53, true);
    const end = at + HEAD_BYTES + count * PEER_BYTES;
    if (end > bytes.length) throw new Error(`The torrent at ${at} ends at ${end} of ${bytes.length}`);
    const peers = bytes.slice(at + HEAD_BYTES, end);
    const counts = [fields.getBigUint64(at + 29, true), fields.getBigUint64(at + 37, true)].map(Number);
    if (counts[0] !== countSeeders(peers) || counts[1] !== count) {
      throw new Error(`Wrong counts at ${at}: ${counts}`);
    }
    torrents.push({
      hash: bytes.slice(at + 1, at + 21),
      completed: Number(fields.getBigUint64(at + 45, true)),
      peers,
    });
    at = end;
  }
  if (bytes[at] !== END || at + 1 !== bytes.length) {
    throw new Error(`No end mark at ${at} of ${bytes.length}`);
  }
  return torrents;
}

function countSeeders(peers: Uint8Array): number {
  let seeders = 0;
  for (let at = 0; at < peers.length; at += PEER_BYTES) if ((peers[at + 6] & SEEDING) !== 0) seeders++;
  return seeders;
}
