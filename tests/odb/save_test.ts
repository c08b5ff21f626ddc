import { assert, assertEquals, assertThrows } from "@std/assert";
import { CHUNK_BYTES } from "../../src/odb/replacement.ts";
import { checkOdbFiles, loadOdb, OdbError, probeSave, saveOdb } from "../../src/odb/mod.ts";
import { setTableMinute } from "../../src/peers/mod.ts";
import {
  bytesOf,
  contentsOf,
  EXAMPLE,
  fileBytes,
  hexOf,
  namesIn,
  NOW_MIN,
  smallTable,
  tableOf,
  temporaryFolder,
  type Torrent,
  torrentBytes,
} from "./helpers.ts";

const PEER4 = "c00002011ae10000";
const PEER6 = "20010db80000000000000000000000011ae18005";

function torrent(hashByte: string, completed: number, records4: string[], records6: string[]): Torrent {
  return { hash: hashByte.repeat(20), completed, records4, records6 };
}

function savedBytes(torrents: Torrent[]): { file: string; file6: string | null; names: string[] } {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  const result = saveOdb(tableOf(torrents), path);
  const names = namesIn(folder.path);
  const file = Deno.readFileSync(path);
  const file6 = names.includes("state.odb6") ? Deno.readFileSync(`${path}6`) : null;
  assertEquals(result, {
    torrents: torrents.length,
    peers: torrents.reduce((sum, { records4, records6 }) => sum + records4.length + records6.length, 0),
    bytes: file.length + (file6?.length ?? 0),
  });
  return { file: hexOf(file), file6: file6 && hexOf(file6), names };
}

Deno.test("the example is saved to the byte", () => {
  const peers = ["c0000202c8d5c003", "c00002011ae10000"];
  assertEquals(savedBytes([torrent("11", 7, peers, [])]), {
    file: hexOf(EXAMPLE),
    file6: null,
    names: ["state.odb", "state.odb.sum"],
  });
});

Deno.test("an empty table is a header and an end", () => {
  assertEquals(savedBytes([]).file, hexOf(fileBytes([])));
});

Deno.test("each torrent goes where it belongs", () => {
  const saved = savedBytes([
    torrent("01", 0, [PEER4], []),
    torrent("02", 0, [], [PEER6]),
    torrent("03", 5, [], [PEER6]),
    torrent("04", 0, [PEER4], [PEER6]),
    torrent("05", 6, [], []),
    torrent("06", 0, [], []),
  ]);
  assertEquals(
    saved.file,
    hexOf(fileBytes([
      torrentBytes({ hash: "01".repeat(20), records: [PEER4] }),
      torrentBytes({ hash: "03".repeat(20), records: [], completed: 5 }),
      torrentBytes({ hash: "04".repeat(20), records: [PEER4] }),
      torrentBytes({ hash: "05".repeat(20), records: [], completed: 6 }),
      torrentBytes({ hash: "06".repeat(20), records: [] }),
    ])),
  );
  assertEquals(
    saved.file6,
    hexOf(fileBytes([
      torrentBytes({ hash: "02".repeat(20), records: [PEER6], seeders: 1 }),
      torrentBytes({ hash: "03".repeat(20), records: [PEER6], seeders: 1, completed: 5 }),
      torrentBytes({ hash: "04".repeat(20), records: [PEER6], seeders: 1 }),
    ], "0006")),
  );
});

Deno.test("the base is now where there are peers, the last touch where there are none", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  const table = tableOf([torrent("01", 1, [], []), torrent("02", 0, [PEER4], [])]);
  setTableMinute(table, NOW_MIN + 9);
  saveOdb(table, path);
  const older = "c00002011ae10009";
  assertEquals(
    hexOf(Deno.readFileSync(path)),
    hexOf(fileBytes([
      torrentBytes({ hash: "01".repeat(20), records: [], completed: 1 }),
      torrentBytes({ hash: "02".repeat(20), records: [older], baseMin: NOW_MIN + 9 }),
    ])),
  );
});

Deno.test("torrents and peers ascend, byte by byte", () => {
  const hashes = ["80", "7f", "00", "ff", "01"];
  const peers = [
    "ff00000100010000",
    "0a00000200010000",
    "0a000001ffff0000",
    "0a00000100020000",
    "7f00000100010000",
  ];
  const saved = savedBytes(hashes.map((hash) => torrent(hash, 0, peers, [])));
  assertEquals(
    saved.file,
    hexOf(
      fileBytes(
        hashes.toSorted().map((hash) => torrentBytes({ hash: hash.repeat(20), records: peers.toSorted() })),
      ),
    ),
  );
});

Deno.test("a torrent larger than the chunk is written whole", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  const count = CHUNK_BYTES / 8 + 1000;
  const records = Array.from({ length: count }, (_, i) => `0a${i.toString(16).padStart(6, "0")}1ae14007`);
  const table = smallTable(count + 1);
  Deno.writeFileSync(path, fileBytes([torrentBytes({ hash: "ab".repeat(20), records })]));
  loadOdb(table, path);
  saveOdb(table, path);
  assert(
    hexOf(Deno.readFileSync(path)) === hexOf(fileBytes([
      torrentBytes({ hash: "ab".repeat(20), records, completed: count }),
    ])),
    "the file differs",
  );
});

Deno.test("the IPv6 file is written when it is there, also without IPv6 peers", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  saveOdb(tableOf([torrent("01", 0, [], [PEER6])]), path);
  saveOdb(tableOf([torrent("01", 0, [PEER4], [])]), path);
  assertEquals(hexOf(Deno.readFileSync(`${path}6`)), hexOf(fileBytes([], "0006")));
});

Deno.test(
  "a save replaces the file and keeps its permissions",
  { ignore: Deno.build.os === "windows" },
  () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/state.odb`;
    Deno.writeFileSync(path, bytesOf("00"));
    // More than the usual mask leaves, and less than it would give.
    for (const mode of [0o666, 0o600]) {
      Deno.chmodSync(path, mode);
      saveOdb(tableOf([]), path);
      assertEquals(Deno.statSync(path).mode! & 0o777, mode);
      assertEquals(hexOf(Deno.readFileSync(path)), hexOf(fileBytes([])));
    }
  },
);

Deno.test(
  "links stay links, also when they point to nothing yet",
  { ignore: Deno.build.os === "windows" },
  () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/state.odb`;
    Deno.mkdirSync(`${folder.path}/real`);
    Deno.symlinkSync("real/data.odb", path);
    for (const torrents of [[], [torrent("01", 2, [PEER4], [])]]) {
      saveOdb(tableOf(torrents), path);
      assertEquals(Deno.readLinkSync(path), "real/data.odb");
      assertEquals(namesIn(folder.path), ["real", "state.odb"]);
      assertEquals(namesIn(`${folder.path}/real`), ["data.odb", "data.odb.sum"]);
      const table = smallTable();
      loadOdb(table, path);
      assertEquals(contentsOf(table), torrents);
    }
  },
);

Deno.test("what a killed save left behind is replaced", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  Deno.writeFileSync(`${path}.tmp`, bytesOf("00112233"));
  saveOdb(tableOf([]), path);
  assertEquals(namesIn(folder.path), ["state.odb", "state.odb.sum"]);
  assertEquals(hexOf(Deno.readFileSync(path)), hexOf(fileBytes([])));
});

Deno.test("what is to be left out is not in the file, nor counted", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  const table = tableOf([torrent("01", 3, [PEER4], []), torrent("02", 0, [PEER4], [])]);
  const asked: number[] = [];
  const { torrents, peers } = saveOdb(table, path, (hash, at) => {
    asked.push(hash[at] & 0xff);
    return asked.length === 1;
  });
  assertEquals([asked, torrents, peers], [[1, 2], 1, 1]);
  assertEquals(
    hexOf(Deno.readFileSync(path)),
    hexOf(fileBytes([torrentBytes({ hash: "02".repeat(20), records: [PEER4] })])),
  );
});

Deno.test("a failed save names the file and leaves everything as it was", () => {
  using folder = temporaryFolder();
  const table = tableOf([torrent("01", 0, [PEER4], [PEER6])]);
  const nowhere = `${folder.path}/missing/state.odb`;
  assertThrows(() => saveOdb(table, nowhere), Error, nowhere);

  // The rename fails: the target is a folder with something in it.
  const path = `${folder.path}/state.odb`;
  Deno.mkdirSync(`${path}/inside`, { recursive: true });
  assertThrows(() => saveOdb(table, path), Error, path);
  assertEquals(namesIn(folder.path), ["state.odb", "state.odb.sum", "state.odb6.sum"]);

  // The IPv6 file cannot be opened: the IPv4 file stays the old one.
  const other = `${folder.path}/other.odb`;
  Deno.writeFileSync(other, EXAMPLE);
  Deno.mkdirSync(`${other}6.tmp/inside`, { recursive: true });
  assertThrows(() => saveOdb(table, other), Error, other);
  assertEquals(hexOf(Deno.readFileSync(other)), hexOf(EXAMPLE));
  assertEquals(namesIn(folder.path), [
    "other.odb",
    "other.odb6.tmp",
    "state.odb",
    "state.odb.sum",
    "state.odb6.sum",
  ]);
});

Deno.test("a probe tells whether a save could begin, and changes nothing", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  probeSave(path);
  assertEquals(namesIn(folder.path), []);
  Deno.writeFileSync(path, EXAMPLE);
  probeSave(path);
  assertEquals(namesIn(folder.path), ["state.odb"]);
  assertEquals(hexOf(Deno.readFileSync(path)), hexOf(EXAMPLE));
  for (const target of [`${path}6`, path]) {
    Deno.mkdirSync(`${target}.tmp/inside`, { recursive: true });
    assertThrows(() => probeSave(path), Error, `Cannot save to ${target}: `);
  }
  assertEquals(namesIn(folder.path), ["state.odb", "state.odb.tmp", "state.odb6.tmp"]);
  const nowhere = `${folder.path}/missing/state.odb`;
  assertThrows(() => probeSave(nowhere), Error, `Cannot save to ${nowhere}: `);
});

Deno.test("only files can be an ODB, or become one", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  checkOdbFiles(path);
  Deno.writeTextFileSync(path, "anything");
  checkOdbFiles(path);
  Deno.mkdirSync(`${path}6`);
  assertThrows(() => checkOdbFiles(path), OdbError, `${path}6`);
  assertThrows(() => checkOdbFiles(folder.path), OdbError, folder.path);
});
