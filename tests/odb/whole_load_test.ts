// Files are loaded torrent by torrent where they are in order and peer by peer where they are not. What comes of it must be
// the same.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { BUFFER_BYTES } from "../../src/odb/chunk_reader.ts";
import { HEADER_BYTES, VERSIONS } from "../../src/odb/format.ts";
import { loadOdb } from "../../src/odb/mod.ts";
import {
  COMPACT_BYTES,
  type Family,
  FLAG_COMPLETED,
  IPV4,
  IPV6,
  type PeerTable,
  RECORD_BYTES,
  restorePeers,
  restoreTorrent,
  setTableMinute,
  sweep,
  tableStats,
} from "../../src/peers/mod.ts";
import { Random } from "../../src/random/mod.ts";
import { countCollections } from "../collections.ts";
import {
  bytesOf,
  contentsOf,
  fileBytes,
  NOW_MIN,
  smallTable,
  temporaryFolder,
  torrentBytes,
} from "./helpers.ts";

const LIMITS = { peerTimeoutMin: 45, emptyTorrentMin: 45, completedTorrentMin: 1440 };

interface FileTorrent {
  hash: string;
  completed: number;
  records: Uint8Array;
}

/** What is done to the records of a torrent that are in order. */
type Oddity = "none" | "disorder" | "twice" | "port 0";

/** Where a torrent is given other memory, where it is read in several pieces, and what lies between. */
const SIZES = [0, 1, 2, 63, 64, 65, 128, 129, 1000, 2000, 20_000, 40_000];

function torrent(family: Family): fc.Arbitrary<FileTorrent> {
  return fc.record({
    hash: fc.constantFrom("00", "11", "1f", "ff").map((byte) => byte.repeat(20)),
    completed: fc.nat(10),
    size: fc.constantFrom(...SIZES),
    oddity: fc.constantFrom<Oddity>("none", "none", "disorder", "twice", "port 0"),
    seed: fc.nat(),
  }).map(({ hash, completed, size, oddity, seed }) => {
    const records = recordsOf(family, size, new Random(seed));
    if (size > 1) makeOdd(records, family, oddity, 1 + seed % (size - 1));
    return { hash, completed, records };
  });
}

/** So many records that ascend, of any flags and ages. Torrents have some of their peers in common. */
function recordsOf(family: Family, count: number, random: Random): Uint8Array {
  const bytes = new Uint8Array(count * RECORD_BYTES[family]);
  const view = new DataView(bytes.buffer);
  let port = 0;
  for (let i = 0; i < count; i++) {
    const portAt = i * RECORD_BYTES[family] + COMPACT_BYTES[family] - 2;
    port += 1 + random.below(2);
    bytes[portAt - 1] = port >>> 15;
    view.setUint16(portAt, 1 + (port & 0x7fff));
    view.setUint16(portAt + 2, random.next());
  }
  return bytes;
}

function makeOdd(records: Uint8Array, family: Family, oddity: Oddity, index: number): void {
  const at = index * RECORD_BYTES[family];
  const before = at - RECORD_BYTES[family];
  const compact = records.slice(at, at + COMPACT_BYTES[family]);
  if (oddity === "twice" || oddity === "disorder") records.copyWithin(at, before, before + compact.length);
  if (oddity === "disorder") records.set(compact, before);
  if (oddity === "port 0") records.fill(0, at + compact.length - 2, at + compact.length);
}

/** The table and the counts that the torrents come to when each peer is looked for and stored by itself. */
function loadOneByOne(table: PeerTable, family: Family, torrents: FileTorrent[]) {
  const size = RECORD_BYTES[family];
  let peers = 0;
  let portless = 0;
  for (const { hash, completed, records } of torrents) {
    if (records.length === 0 && completed === 0) continue;
    const words = new Uint32Array(bytesOf(hash).buffer);
    const slot = restoreTorrent(table, words, 0, completed);
    let finished = 0;
    for (let at = 0; at < records.length; at += size) {
      peers += restorePeers(table, slot, family, records, at, 1);
      if ((records[at + size - 2] & FLAG_COMPLETED) !== 0) finished++;
      if (records[at + size - 4] === 0 && records[at + size - 3] === 0) portless++;
    }
    restoreTorrent(table, words, 0, finished);
  }
  return { peers, portless };
}

function assertAlike(one: PeerTable, other: PeerTable): void {
  assertEquals({ ...tableStats(one), bytesUsed: 0 }, { ...tableStats(other), bytesUsed: 0 });
  assertEquals(contentsOf(one), contentsOf(other));
}

for (const family of [IPV4, IPV6] as const) {
  Deno.test(`any file of whole torrents loads as it does peer by peer, family ${family}`, () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/state.odb`;
    const property = fc.property(
      fc.array(fc.array(torrent(family), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 2 }),
      fc.constantFrom(500, 200_000),
      (files, maxPeers) => {
        const expected = smallTable(maxPeers);
        const table = smallTable(maxPeers);
        for (const torrents of files) {
          const counts = loadOneByOne(expected, family, torrents);
          writeFile(path, family, torrents);
          const { ipv4, ipv6 } = loadOdb(table, path);
          const { state, peers, portless, damage } = family === IPV4 ? ipv4 : ipv6;
          assertEquals({ state, peers, portless, damage }, { state: "whole", ...counts, damage: null });
          assertAlike(table, expected);
        }
        for (const later of [table, expected]) {
          setTableMinute(later, NOW_MIN + 1);
          sweep(later, LIMITS);
        }
        assertAlike(table, expected);
      },
    );
    fc.assert(property, { numRuns: 30 });
  });
}

Deno.test("a torrent of more peers than the reader's buffer holds is loaded whole", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  const size = RECORD_BYTES[IPV4];
  const most = BUFFER_BYTES / size;
  // The second one leaves the head of the last and a few of its peers at the very end of the buffer.
  const torrents = [1000, most - 100, most + 1].map((count, i) => (
    { hash: `${i}${i}`.repeat(20), completed: 0, records: recordsOf(IPV4, count, new Random(i)) }
  ));
  writeFile(path, IPV4, torrents);
  const table = smallTable(3 * most);
  const { state, peers } = loadOdb(table, path).ipv4;
  assertEquals([state, peers], ["whole", 2 * most + 901]);
  const isFinished = (byte: number, at: number) => at % size === size - 2 && (byte & FLAG_COMPLETED) !== 0;
  const finished = torrents.reduce((sum, { records }) => sum + records.filter(isFinished).length, 0);
  assertEquals(tableStats(table).completed, finished);
});

function writeFile(path: string, family: Family, torrents: FileTorrent[]): void {
  const empty = fileBytes([], VERSIONS[family]);
  const parts = torrents.flatMap(({ hash, completed, records }) => {
    const count = records.length / RECORD_BYTES[family];
    return [bytesOf(torrentBytes({ hash, completed, records: [], peers: count, count })), records];
  });
  using file = Deno.createSync(family === IPV4 ? path : `${path}6`);
  for (const part of [empty.subarray(0, HEADER_BYTES), ...parts, empty.subarray(HEADER_BYTES)]) {
    for (let at = 0; at < part.length;) at += file.writeSync(part.subarray(at));
  }
}

/** If each torrent left as much as one number behind, 16 bytes, they would cost five collections and more. */
const TORRENTS = 400_000;
/** The compiler may finish a little later in one run than in the other. */
const MORE_MAX = 3;

Deno.test("a load leaves nothing for the garbage collector, however many torrents there are", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  const script = new URL("./loading.ts", import.meta.url);
  Deno.writeFileSync(path, stateOf(TORRENTS));
  const few = await countCollections(script, path);
  Deno.writeFileSync(path, stateOf(2 * TORRENTS));
  const more = await countCollections(script, path) - few;
  assert(more <= MORE_MAX, `${TORRENTS} torrents cost ${more} collections`);
});

/** A file of so many torrents, each of one peer that has completed while the count says nothing of it. */
function stateOf(torrents: number): Uint8Array<ArrayBuffer> {
  const file = fileBytes([]);
  const torrent = bytesOf(torrentBytes({ hash: "00".repeat(20), records: ["7f0000011ae14001"] }));
  const bytes = new Uint8Array(file.length + torrents * torrent.length);
  const view = new DataView(bytes.buffer);
  bytes.set(file.subarray(0, HEADER_BYTES));
  for (let i = 0, at = HEADER_BYTES; i < torrents; i++, at += torrent.length) {
    bytes.set(torrent, at);
    view.setUint32(at + 1, i * 4096);
  }
  bytes.set(file.subarray(HEADER_BYTES), bytes.length - 1);
  return bytes;
}
