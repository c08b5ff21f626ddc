import { assert, assertEquals, assertThrows } from "@std/assert";
import { type FileLoad, loadOdb, OdbError } from "../../src/odb/mod.ts";
import { createTable, tableStats } from "../../src/peers/mod.ts";
import {
  bytesOf,
  contentsOf,
  EXAMPLE,
  fileBytes,
  hexOf,
  smallTable,
  temporaryFolder,
  type Torrent,
  torrentBytes,
} from "./helpers.ts";

const HASH = "5a".repeat(20);

/** Loads a file of these bytes, and an IPv6 file beside it if given. */
function load(
  bytes: Uint8Array,
  bytes6: Uint8Array | null = null,
  table = smallTable(),
): { ipv4: FileLoad; ipv6: FileLoad; torrents: Torrent[] } {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  Deno.writeFileSync(path, bytes);
  if (bytes6 !== null) Deno.writeFileSync(`${path}6`, bytes6);
  try {
    return { ...loadOdb(table, path), torrents: contentsOf(table) };
  } finally {
    assertEquals(hexOf(Deno.readFileSync(path)), hexOf(bytes), "the file was touched");
  }
}

function refused(bytes: Uint8Array, bytes6: Uint8Array | null = null): OdbError {
  return assertThrows(() => load(bytes, bytes6), OdbError);
}

Deno.test("the example is loaded", () => {
  const { ipv4, ipv6, torrents } = load(EXAMPLE);
  assertEquals(torrents, [{
    hash: "11".repeat(20),
    completed: 7,
    records4: ["c00002011ae10000", "c0000202c8d5c003"],
    records6: [],
  }]);
  assertEquals([ipv4.state, ipv4.torrents, ipv4.peers, ipv4.damage, ipv4.warnings], [
    "whole",
    1,
    2,
    null,
    [],
  ]);
  assertEquals([ipv6.state, ipv6.torrents, ipv6.peers], ["missing", 0, 0]);
});

Deno.test("missing and empty files are an empty start", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  const table = smallTable();
  assertEquals(loadOdb(table, path).ipv4.state, "missing");
  Deno.writeFileSync(path, new Uint8Array(0));
  assertEquals(loadOdb(table, path).ipv4.state, "empty");
  assertEquals(tableStats(table).torrents, 0);
});

Deno.test("version 0003 is read as 0001, with a warning", () => {
  const { ipv4, torrents } = load(fileBytes([hexOf(EXAMPLE.subarray(15, -1))], "0003"));
  assertEquals([ipv4.state, ipv4.warnings.length, torrents[0]?.records4.length], ["whole", 1, 2]);
  assert(ipv4.warnings[0]?.includes("0003"));
});

Deno.test("what is not an ODB is refused", () => {
  const peer6 = "20010db80000000000000000000000011ae18005";
  const six = fileBytes([torrentBytes({ hash: HASH, records: [peer6] })], "0006");
  assertEquals(refused(new TextEncoder().encode("[database]\nkind = other\n")).offset, 0);
  assertEquals(refused(new TextEncoder().encode("short")).offset, 0);
  for (const version of ["0000", "0002", "0010", "   1", "01xx", "0006"]) {
    assertEquals(refused(fileBytes([], version)).offset, 11, version);
  }
  for (const version of ["0001", "0003"]) {
    assertEquals(refused(EXAMPLE, fileBytes([], version)).offset, 11, version);
  }
  assertEquals(refused(six).offset, 11);
  using folder = temporaryFolder();
  const error = assertThrows(() => loadOdb(smallTable(), folder.path), OdbError, "regular file");
  assertEquals(error.path, folder.path);
});

Deno.test("a torrent in both files becomes one, with the larger completed count", () => {
  const record4 = "c00002011ae10000";
  const record6 = "20010db80000000000000000000000011ae18005";
  for (const [completed4, completed6] of [[3, 8], [8, 3]]) {
    const { ipv4, ipv6, torrents } = load(
      fileBytes([torrentBytes({ hash: HASH, records: [record4], completed: completed4 })]),
      fileBytes([torrentBytes({ hash: HASH, records: [record6], completed: completed6 })], "0006"),
    );
    assertEquals(torrents, [{ hash: HASH, completed: 8, records4: [record4], records6: [record6] }]);
    assertEquals([ipv4.peers, ipv6.peers], [1, 1]);
  }
});

Deno.test("completed is the larger of the field and the flags, and stops at 2^32 - 1", () => {
  const flagged = ["c00002011ae1c000", "c00002021ae14000", "c00002031ae18000"];
  const completedOf = (completed: number | bigint): number | undefined =>
    load(fileBytes([torrentBytes({ hash: HASH, records: flagged, completed })])).torrents[0]?.completed;
  assertEquals(completedOf(0), 2);
  assertEquals(completedOf(2), 2);
  assertEquals(completedOf(3), 3);
  assertEquals(completedOf(2 ** 32), 2 ** 32 - 1);
  assertEquals(completedOf(2n ** 64n - 1n), 2 ** 32 - 1);
});

Deno.test("counts of seeders and peers come from the records", () => {
  const records = ["c00002011ae18000", "c00002021ae10000"];
  const table = smallTable();
  const { ipv4 } = load(
    fileBytes([torrentBytes({ hash: HASH, records, seeders: 900, peers: 1000 })]),
    null,
    table,
  );
  const { peers, seeders, leechers } = tableStats(table);
  assertEquals([ipv4.state, peers, seeders, leechers], ["whole", 2, 1, 1]);
});

Deno.test("torrents without peers are kept for their completed count only", () => {
  const { ipv4, torrents } = load(fileBytes([
    torrentBytes({ hash: "01".repeat(20), records: [], completed: 4 }),
    torrentBytes({ hash: "02".repeat(20), records: [] }),
  ]));
  assertEquals(torrents, [{ hash: "01".repeat(20), completed: 4, records4: [], records6: [] }]);
  assertEquals(ipv4.torrents, 1);
});

Deno.test("duplicates merge, and the later record of a peer stays", () => {
  const { ipv4, torrents } = load(fileBytes([
    torrentBytes({ hash: HASH, records: ["c00002011ae10001", "c00002011ae10002"] }),
    torrentBytes({ hash: HASH, records: ["c00002011ae18003", "c00002021ae10000"] }),
  ]));
  assertEquals(torrents, [{
    hash: HASH,
    completed: 0,
    records4: ["c00002011ae18003", "c00002021ae10000"],
    records6: [],
  }]);
  assertEquals([ipv4.state, ipv4.peers, ipv4.droppedPeers, ipv4.warnings], ["whole", 2, 0, []]);
});

Deno.test("a torrent that comes again and again has each peer once, whatever came first", () => {
  // So many that they get directories, the first ones none at all.
  const records = (port: string) =>
    Array.from({ length: 66 }, (_, i) => `c00002${(i + 1).toString(16).padStart(2, "0")}${port}0000`);
  const { ipv4, torrents } = load(fileBytes(
    ["0000", "1ae1", "1ae1", "1ae1"].map((port) => torrentBytes({ hash: HASH, records: records(port) })),
  ));
  assertEquals(torrents[0]?.records4, records("1ae1"));
  assertEquals([ipv4.state, ipv4.portless, ipv4.peers, ipv4.droppedPeers], ["whole", 66, 66, 0]);
});

Deno.test("records without a port are passed over and counted", () => {
  const { ipv4, torrents } = load(fileBytes([
    torrentBytes({ hash: HASH, records: ["c000020100000000", "c000020200010000", "c000020301000000"] }),
  ]));
  assertEquals(torrents[0]?.records4, ["c000020200010000", "c000020301000000"]);
  assertEquals([ipv4.portless, ipv4.peers, ipv4.warnings.length], [1, 2, 1]);
});

Deno.test("peers that are too many of an address are passed over and counted, and others are not", () => {
  const limits = { maxPeers: 100, maxTorrents: 10, peerIds: false, maxPeersPerAddress: 2 };
  const hosts = ["01", "01", "01", "01", "02", "02"];
  const records = hosts.map((host, port) => `c00002${host}000${port + 1}0000`);
  const records6 = hosts.map((host, port) => `20010db8000000${host}${"00".repeat(8)}000${port + 1}0000`);
  const peers = (list: string[]) => [{ hash: HASH, records: list }].map(torrentBytes);
  const { ipv4, ipv6, torrents } = load(
    // One of those that stay comes again, and one that has no port.
    fileBytes(peers([...records, records[1], "c000020300000000"])),
    fileBytes(peers(records6), "0006"),
    createTable(limits),
  );
  const left = (list: string[]) => list.toSpliced(2, 2);
  assertEquals([torrents[0]?.records4, torrents[0]?.records6], [left(records), left(records6)]);
  assertEquals([ipv4.crowded, ipv4.peers, ipv4.portless, ipv4.droppedPeers], [2, 4, 1, 0]);
  assertEquals([ipv6.crowded, ipv6.peers, ipv6.warnings], [2, 4, []]);
});

Deno.test("flags and ages that the table cannot hold are trimmed", () => {
  const { torrents } = load(fileBytes([
    torrentBytes({ hash: HASH, records: ["c00002011ae1ff00", "c00002021ae100f0", "c00002031ae100ff"] }),
  ]));
  assertEquals(torrents[0]?.records4, ["c00002011ae1f000", "c00002021ae100f0", "c00002031ae100f0"]);
});

Deno.test("a full table takes what it can, and the rest is counted", () => {
  const records = (start: number): string[] =>
    [0, 1].map((i) => `c00002${(start + i).toString(16).padStart(2, "0")}1ae10000`);
  const file = fileBytes(
    ["01", "02", "03", "04"].map((byte, i) =>
      torrentBytes({ hash: byte.repeat(20), records: records(2 * i) })
    ),
  );
  const { ipv4, torrents } = load(file, null, smallTable(3, 3));
  assertEquals(torrents.map(({ records4 }) => records4.length), [2, 1, 0]);
  assertEquals([ipv4.state, ipv4.peers, ipv4.torrents], ["whole", 3, 3]);
  assertEquals([ipv4.droppedPeers, ipv4.droppedTorrents, ipv4.warnings.length], [5, 1, 1]);
});

Deno.test("bytes behind the end are passed over with a warning", () => {
  const { ipv4 } = load(bytesOf(hexOf(EXAMPLE) + "fe0011"));
  assertEquals([ipv4.state, ipv4.peers, ipv4.trailingBytes, ipv4.warnings.length], ["whole", 2, 3, 1]);
});
