import { assert, assertEquals, assertThrows } from "@std/assert";
import { copyAside, type FileLoad, loadOdb, OdbError } from "../../src/odb/mod.ts";
import { tableStats } from "../../src/peers/mod.ts";
import {
  bytesOf,
  contentsOf,
  EXAMPLE,
  fileBytes,
  hexOf,
  namesIn,
  smallTable,
  temporaryFolder,
  type Torrent,
  torrentBytes,
} from "./helpers.ts";

const RECORDS = [
  ["c00002011ae10000", "c0000202c8d5c003"],
  [],
  ["0a0000011ae14001", "0a0000021ae10002", "0a0000031ae18003"],
  ["0b0000011ae10004"],
];
const TORRENTS: Torrent[] = RECORDS.map((records4, i) => ({
  hash: `${i + 1}${i + 1}`.repeat(20),
  completed: i + 1,
  records4,
  records6: [],
}));
const FILE = fileBytes(
  TORRENTS.map(({ hash, completed, records4 }) => torrentBytes({ hash, completed, records: records4 })),
);
/** Where each torrent begins, and the end mark. */
const STARTS = [15];
for (const records of RECORDS) STARTS.push(STARTS.at(-1)! + 57 + 8 * records.length);

/** Loads the bytes into a new table; `path` is a file to use for it. */
function load(path: string, bytes: Uint8Array): FileLoad & { contents: Torrent[] } {
  const table = smallTable(1000, 100);
  Deno.writeFileSync(path, bytes);
  return { ...loadOdb(table, path).ipv4, contents: contentsOf(table) };
}

Deno.test("a file cut anywhere gives the whole torrents before the cut", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  for (let size = 1; size < FILE.length; size++) {
    const { state, damage, contents } = load(path, FILE.subarray(0, size));
    const whole = STARTS.findLastIndex((start) => start <= size);
    assertEquals([state, damage?.offset], ["damaged", whole < 0 ? size : STARTS[whole]], `cut at ${size}`);
    assertEquals(contents, TORRENTS.slice(0, Math.max(0, whole)), `cut at ${size}`);
  }
  assertEquals(load(path, FILE).contents, TORRENTS);
});

Deno.test("a file that somebody cuts while it is read gives the whole torrents before the cut", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  const size = 300_000;
  const damage = { offset: STARTS[1], reason: "the file was cut short while it was read" };
  // Of more peers than the reader's buffer holds it cannot be known beforehand that some are missing.
  for (const [count, kept] of [[100_000, 1], [2_000_000, 2]]) {
    const head = torrentBytes({ hash: "ee".repeat(20), completed: 5, records: [], peers: count, count });
    const bytes = bytesOf(hexOf(FILE.subarray(0, STARTS[1])) + head);
    Deno.writeFileSync(path, bytes);
    Deno.truncateSync(path, bytes.length + 8 * count);
    const table = smallTable(1000, 100);
    const { ipv4 } = loadOdb(table, path, () => Deno.truncateSync(path, size));
    assertEquals([ipv4.state, ipv4.damage, ipv4.torrents], ["damaged", damage, kept]);
    assertEquals([contentsOf(table)[0], tableStats(table).torrents], [TORRENTS[0], kept]);
  }
});

Deno.test("an unknown opcode keeps the torrents before it", () => {
  using folder = temporaryFolder();
  for (const [index, start] of STARTS.entries()) {
    const bytes = FILE.slice();
    bytes[start] = 0x42;
    const { state, damage, contents } = load(`${folder.path}/state.odb`, bytes);
    assertEquals([state, damage?.offset], ["damaged", start]);
    assert(damage?.reason.includes("0x42"));
    assertEquals(contents, TORRENTS.slice(0, index));
  }
});

Deno.test("impossible numbers of records are refused before anything is stored", () => {
  using folder = temporaryFolder();
  const bytesUsed = tableStats(smallTable(1000, 100)).bytesUsed;
  for (const count of [0xffffffff, 0x80000000, 0x20000000, 3]) {
    const bytes = EXAMPLE.slice();
    new DataView(bytes.buffer).setUint32(15 + 53, count, true);
    const path = `${folder.path}/state.odb`;
    Deno.writeFileSync(path, bytes);
    const table = smallTable(1000, 100);
    const { state, damage } = loadOdb(table, path).ipv4;
    assertEquals([state, damage?.offset], ["damaged", 15], `${count} records`);
    assert(damage?.reason.startsWith(`a torrent claims ${count} peers`), damage?.reason);
    assertEquals(
      [tableStats(table).torrents, tableStats(table).bytesUsed],
      [0, bytesUsed],
      `${count} records`,
    );
  }
});

Deno.test("a number of records that another number and the next byte speak against is not believed", () => {
  using folder = temporaryFolder();
  const second = torrentBytes({ hash: "22222222222222ff" + "22".repeat(12), records: RECORDS[0] });
  // The second record would be the beginning of the next torrent, and what follows it looks like the end.
  const first = torrentBytes({ hash: "11".repeat(20), records: RECORDS[3], peers: 1, count: 2 });
  const { state, damage, contents } = load(`${folder.path}/state.odb`, fileBytes([first, second]));
  assertEquals([state, damage?.offset, contents], ["damaged", 15, []]);
  // The end of the file says neither.
  const { hash, completed, records4: records } = TORRENTS[0];
  const cut = fileBytes([torrentBytes({ hash, completed, records, peers: 900 })]).subarray(0, -1);
  assertEquals(load(`${folder.path}/state.odb`, cut).contents, [TORRENTS[0]]);
});

Deno.test("a wrong byte anywhere never brings in a peer that is not there", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  for (let at = 0; at < FILE.length; at++) {
    for (const mask of [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff]) {
      const bytes = FILE.slice();
      bytes[at] ^= mask;
      const about = `byte ${at} ^ ${mask}`;
      if (at < 15) {
        const isMisprint = at === 14 && mask === 0x02;
        if (isMisprint) assertEquals(load(path, bytes).contents, TORRENTS);
        else assertThrows(() => load(path, bytes), OdbError);
        continue;
      }
      const { contents } = load(path, bytes);
      const there = new Set(recordsIn(bytes));
      for (const { records4 } of contents) {
        for (const record of records4) assert(there.has(record), `${about}: ${record}`);
      }
      const before = TORRENTS.slice(0, STARTS.findLastIndex((start) => start <= at));
      const untouched = contents.filter(({ hash }) => before.some((torrent) => torrent.hash === hash));
      assertEquals(untouched, before, about);
    }
  }
});

/**
 * The records that stand in `bytes` where FILE has them, as the table tells them: flags without the lower
 * half.
 */
function recordsIn(bytes: Uint8Array): string[] {
  return RECORDS.flatMap((records, torrent) =>
    records.map((_, i) => {
      const start = STARTS[torrent] + 57 + 8 * i;
      const record = bytes.slice(start, start + 8);
      record[6] &= 0xf0;
      record[7] = Math.min(record[7], 240);
      return hexOf(record);
    })
  );
}

Deno.test("a damaged file is copied aside, each copy under a name of its own", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  Deno.writeFileSync(path, FILE.subarray(0, 100));
  Deno.chmodSync(path, 0o666); // More than the usual mask lets a new file have.
  assertEquals(copyAside(path, 1_800_000_000), `${Deno.realPathSync(path)}.damaged-1800000000`);
  Deno.writeFileSync(path, bytesOf("0102"));
  assertEquals(copyAside(path, 1_800_000_000), `${Deno.realPathSync(path)}.damaged-1800000000-2`);
  assertEquals(namesIn(folder.path), [
    "state.odb",
    "state.odb.damaged-1800000000",
    "state.odb.damaged-1800000000-2",
  ]);
  assertEquals(hexOf(Deno.readFileSync(`${path}.damaged-1800000000`)), hexOf(FILE.subarray(0, 100)));
  assertEquals(hexOf(Deno.readFileSync(`${path}.damaged-1800000000-2`)), "0102");
  if (Deno.build.os !== "windows") {
    assertEquals(Deno.statSync(`${path}.damaged-1800000000`).mode! & 0o777, 0o666);
  }
  assertThrows(() => copyAside(`${path}.missing`, 1), Error, `${path}.missing`);
});

Deno.test("a file that was copied aside before is not copied again", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  // More than one piece of the comparison, with the difference in the last byte.
  const bytes = new Uint8Array(2 ** 20 + 5);
  Deno.writeFileSync(path, bytes);
  const first = copyAside(path, 1);
  assertEquals(copyAside(path, 2), first);
  bytes[bytes.length - 1] = 1;
  Deno.writeFileSync(path, bytes);
  const second = copyAside(path, 2);
  assertEquals(second, `${Deno.realPathSync(path)}.damaged-2`);
  assertEquals(copyAside(path, 2), second);
  assertEquals(Deno.readFileSync(first)[bytes.length - 1], 0);
  assertEquals(Deno.readFileSync(second)[bytes.length - 1], 1);
  assertEquals(namesIn(folder.path), ["state.odb", "state.odb.damaged-1", "state.odb.damaged-2"]);
});

Deno.test("only a finished copy of the file itself counts as one", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  const others = ["state.odb.damaged-1.tmp", "state.odb.damaged-1-a", "state.odb6.damaged-1"];
  for (const name of ["state.odb", "state.odb.damaged.tmp", ...others]) {
    Deno.writeFileSync(`${folder.path}/${name}`, bytesOf("0102"));
  }
  Deno.mkdirSync(`${path}.damaged-7`);
  assertEquals(copyAside(path, 7), `${Deno.realPathSync(path)}.damaged-7-2`);
  // What a killed process left of a copy is gone.
  assertEquals(
    namesIn(folder.path),
    ["state.odb", "state.odb.damaged-7", "state.odb.damaged-7-2", ...others].sort(),
  );
});

Deno.test("a copy that fails leaves no part of it", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  Deno.mkdirSync(path); // Opens on some systems, but does not read.
  assertThrows(() => copyAside(path, 1), Error, `Cannot copy ${path} aside: `);
  assertEquals(namesIn(folder.path), ["state.odb"]);
});
