import {
  createTable,
  IPV4,
  IPV6,
  type PeerTable,
  restorePeers,
  restoreTorrent,
  setTableMinute,
  TableWalk,
  TorrentSnapshot,
} from "../../src/peers/mod.ts";
import { snapshotRecords } from "../snapshot_records.ts";

/** 2027-01-15, the base of the worked example. */
export const NOW_MIN = 30_000_000;

/** The worked example of the format: one torrent, a leecher and a seeder. 89 bytes. */
export const EXAMPLE = bytesOf(`
  4f50454e545241434b455230303031
  fe 1111111111111111111111111111111111111111
  80c3c90100000000 0100000000000000 0200000000000000 0700000000000000 02000000
  c0000201 1ae1 00 00
  c0000202 c8d5 c0 03
  ff`);

/**
 * What a torrent in a table or a file comes to, in text that compares. Records are hexadecimal and ascending.
 */
export interface Torrent {
  hash: string;
  completed: number;
  records4: string[];
  records6: string[];
}

/** A new folder that is removed with its contents at the end of the scope. */
export function temporaryFolder(): Disposable & { path: string } {
  const path = Deno.makeTempDirSync({ prefix: "odb_test_" });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

/** A small table whose clock stands at NOW_MIN. */
export function smallTable(maxPeers = 100_000, maxTorrents = 10_000): PeerTable {
  const table = createTable({ maxPeers, maxTorrents, peerIds: false });
  setTableMinute(table, NOW_MIN);
  return table;
}

/** A small table that holds `torrents`. */
export function tableOf(torrents: Torrent[]): PeerTable {
  const table = smallTable();
  for (const { hash, completed, records4, records6 } of torrents) {
    const words = new Uint32Array(bytesOf(hash).buffer);
    restorePeers(
      table,
      restoreTorrent(table, words, 0, completed),
      IPV4,
      bytesOf(records4.join("")),
      0,
      records4.length,
    );
    restorePeers(
      table,
      restoreTorrent(table, words, 0, completed),
      IPV6,
      bytesOf(records6.join("")),
      0,
      records6.length,
    );
  }
  return table;
}

/** Everything in the table, ascending. */
export function contentsOf(table: PeerTable): Torrent[] {
  const torrents: Torrent[] = [];
  const walk = new TableWalk(table);
  const snapshot = new TorrentSnapshot();
  while (walk.next(snapshot)) {
    torrents.push({
      hash: hexOf(snapshot.hash),
      completed: snapshot.completed,
      records4: snapshotRecords(snapshot, IPV4).map(hexOf).sort(),
      records6: snapshotRecords(snapshot, IPV6).map(hexOf).sort(),
    });
  }
  return torrents;
}

/** The bytes of a torrent in a file; numbers that are not given follow from the records. */
export function torrentBytes(
  { hash, records, baseMin = NOW_MIN, completed = 0, ...rest }: {
    hash: string;
    records: string[];
    baseMin?: number;
    completed?: number | bigint;
    seeders?: number;
    peers?: number;
    count?: number;
  },
): string {
  const { seeders = 0, peers = records.length, count = records.length } = rest;
  return "fe" + hash + [baseMin, seeders, peers, completed].map((value) => littleEndian(value, 8)).join("") +
    littleEndian(count, 4) + records.join("");
}

function littleEndian(value: number | bigint, size: number): string {
  const big = BigInt(value);
  return hexOf(Uint8Array.from({ length: size }, (_, i) => Number((big >> BigInt(8 * i)) & 0xffn)));
}

/** A whole file of torrents as {@linkcode torrentBytes} gives them. */
export function fileBytes(torrents: string[], version = "0001"): Uint8Array<ArrayBuffer> {
  return bytesOf(hexOf(new TextEncoder().encode("OPENTRACKER" + version)) + torrents.join("") + "ff");
}

/** Hexadecimal text, white space allowed, as bytes. */
export function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/[0-9a-f]{2}/g) ?? [], (byte) => parseInt(byte, 16));
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The names in a folder, ascending. */
export function namesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), (entry) => entry.name).sort();
}
