// Files that nobody would write in good faith, and pairs of which one is no good.
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type FileLoad, loadOdb, OdbError, saveOdb } from "../../src/odb/mod.ts";
import { tableStats } from "../../src/peers/mod.ts";
import {
  bytesOf,
  contentsOf,
  fileBytes,
  hexOf,
  smallTable,
  tableOf,
  temporaryFolder,
  type Torrent,
  torrentBytes,
} from "./helpers.ts";

const FAMILIES = ["ipv4", "ipv6"] as const;
const HEADER_BYTES = 15, HEAD_BYTES = 57;
const RECORD_BYTES = { ipv4: 8, ipv6: 20 };
/** 2^64 - 1 as it stands in a file. */
const ALL_ONES = "ff".repeat(8);

const TORRENTS: Torrent[] = [
  {
    hash: "11".repeat(20),
    completed: 3,
    records4: ["c00002011ae10000", "c0000202c8d5c003"],
    records6: ["20010db80000000000000000000000011ae18005"],
  },
  {
    hash: "22".repeat(20),
    completed: 0,
    records4: ["0a0000011ae10001"],
    records6: ["20010db80000000000000000000000021ae10000", "20010db80000000000000000000000031ae1c007"],
  },
];

/** Both files of TORRENTS, saved to `path` with their checksum files. */
function save(path: string): Record<typeof FAMILIES[number], Uint8Array<ArrayBuffer>> {
  saveOdb(tableOf(TORRENTS), path);
  return { ipv4: Deno.readFileSync(path), ipv6: Deno.readFileSync(`${path}6`) };
}

function fileOf(path: string, family: typeof FAMILIES[number]): string {
  return family === "ipv4" ? path : `${path}6`;
}

/** Loads into a small table; the records of one family in it, by torrent. */
function load(path: string, family: typeof FAMILIES[number]) {
  const table = smallTable(1000, 100);
  const loads = loadOdb(table, path);
  const records = contentsOf(table).map(({ hash, records4, records6 }) =>
    [hash, family === "ipv4" ? records4 : records6] as const
  );
  return { ...loads, records: new Map(records) };
}

for (const family of FAMILIES) {
  const other = family === "ipv4" ? "ipv6" : "ipv4";
  const recordsOf = ({ records4, records6 }: Torrent) => family === "ipv4" ? records4 : records6;
  const allRecords = TORRENTS.flatMap(recordsOf);
  const isOtherWhole = (loads: Record<typeof FAMILIES[number], FileLoad>) => {
    assertEquals([loads[other].state, loads[other].checksum, loads[other].peers], ["whole", "agrees", 3]);
  };

  Deno.test(`the ${family} file cut anywhere, or missing, does not hinder the other`, () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/state.odb`;
    const bytes = save(path)[family];
    for (let size = 0; size < bytes.length; size++) {
      Deno.writeFileSync(fileOf(path, family), bytes.subarray(0, size));
      const loads = load(path, family);
      isOtherWhole(loads);
      assertEquals(loads[family].state, size === 0 ? "empty" : "damaged", `cut at ${size}`);
      const kept = TORRENTS.filter(({ hash }) => (loads.records.get(hash) ?? []).length > 0);
      // Whole torrents, and all those before the cut.
      assertEquals(kept, TORRENTS.slice(0, kept.length));
      for (const torrent of kept) assertEquals(loads.records.get(torrent.hash), recordsOf(torrent));
      const sizes = TORRENTS.map((torrent) => HEAD_BYTES + RECORD_BYTES[family] * recordsOf(torrent).length);
      const whole = size < HEADER_BYTES + sizes[0] ? 0 : size < HEADER_BYTES + sizes[0] + sizes[1] ? 1 : 2;
      assertEquals(kept.length, whole, `cut at ${size}`);
    }
    Deno.removeSync(fileOf(path, family));
    const loads = load(path, family);
    isOtherWhole(loads);
    assertEquals(loads[family].state, "missing");
  });

  Deno.test(`every changed byte of the ${family} file is noticed, and brings in no peer`, () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/state.odb`;
    const bytes = save(path)[family];
    for (let at = 0; at < bytes.length; at++) {
      for (const mask of [0x01, 0x80, 0xff, bytes[at] ^ 0xfe || 0x55]) {
        const changed = bytes.with(at, bytes[at] ^ mask);
        const about = `byte ${at} ^ ${mask}`;
        Deno.writeFileSync(fileOf(path, family), changed);
        if (at < HEADER_BYTES) {
          assertThrows(() => load(path, family), OdbError);
          continue;
        }
        const loads = load(path, family);
        isOtherWhole(loads);
        assertEquals(loads[family].state, "damaged", about);
        assert(loads[family].damage !== null || loads[family].checksum === "disagrees", about);
        const text = hexOf(changed);
        for (const record of [...loads.records.values()].flat()) {
          // But for flags that the table does not keep, and ages past its bound, which it trims.
          assert(allRecords.includes(record) || text.includes(record.slice(0, -4)), `${about}: ${record}`);
        }
      }
    }
  });

  Deno.test(`the ${family} file that is no ODB is refused, whatever the other is`, () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/state.odb`;
    save(path);
    Deno.writeTextFileSync(fileOf(path, family), "Dear diary,\n");
    for (const otherBytes of [null, new Uint8Array(), bytesOf("4f50")]) {
      if (otherBytes !== null) Deno.writeFileSync(fileOf(path, other), otherBytes);
      const error = assertThrows(() => load(path, family), OdbError);
      assertEquals([error.path, error.offset], [fileOf(path, family), 0]);
    }
  });
}

Deno.test("any bytes behind a header load, and no peer comes out that is not in them", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 2, 0xfe, 0xff));
  const someBytes = fc.array(byte, { maxLength: 200 }).map((list) => hexOf(Uint8Array.from(list)));
  // Heads that fit what follows them, some of them: else hardly any record would be reached.
  const someTorrent = fc.record({
    hash: fc.uint8Array({ minLength: 20, maxLength: 20 }).map(hexOf),
    records: fc.array(fc.uint8Array({ minLength: 8, maxLength: 8 }).map(hexOf), { maxLength: 5 }),
    extra: fc.constantFrom(0, 0, 0, 1, -1, 7, 2 ** 31, 2 ** 32 - 6),
  }).map(({ hash, records, extra }) =>
    torrentBytes({ hash, records, count: Math.max(0, records.length + extra) })
  );
  fc.assert(fc.property(fc.array(fc.oneof(someTorrent, someBytes), { maxLength: 8 }), (parts) => {
    const bytes = fileBytes(parts);
    Deno.writeFileSync(path, bytes);
    const table = smallTable(1000, 100);
    const usedBefore = tableStats(table).bytesUsed;
    const { state, peers } = loadOdb(table, path).ipv4;
    const text = hexOf(bytes);
    let found = 0;
    for (const { hash, records4 } of contentsOf(table)) {
      assert(text.includes(hash), hash);
      // Flags and ages are trimmed.
      for (const record of records4) assert(text.includes(record.slice(0, 12)), record);
      found += records4.length;
    }
    assertEquals([found, tableStats(table).peers], [peers, peers]);
    assert(state === "whole" || state === "damaged");
    // A few slots for each torrent, whatever it claims.
    assert(tableStats(table).bytesUsed - usedBefore < 4096 + 64 * bytes.length);
  }));
});

Deno.test("numbers past all bounds in a head do no harm", () => {
  using folder = temporaryFolder();
  const records = ["0a0000011ae10001", "0a0000021ae18000"];
  const good = torrentBytes({ hash: "33".repeat(20), records });
  const absurd = {
    "base": good.slice(0, 42) + ALL_ONES + good.slice(58),
    "seeders": good.slice(0, 58) + ALL_ONES + good.slice(74),
    "peers": good.slice(0, 74) + ALL_ONES + good.slice(90),
    "completed": good.slice(0, 90) + ALL_ONES + good.slice(106),
    "all of them": good.slice(0, 42) + ALL_ONES.repeat(4) + good.slice(106),
  };
  for (const [what, torrent] of Object.entries(absurd)) {
    const path = `${folder.path}/${what}.odb`;
    Deno.writeFileSync(path, fileBytes([torrent]));
    const table = smallTable();
    const { state } = loadOdb(table, path).ipv4;
    const [{ completed, records4 }] = contentsOf(table);
    const isCounted = what === "completed" || what === "all of them";
    assertEquals([state, records4, completed], ["whole", records, isCounted ? 2 ** 32 - 1 : 0], what);
    saveOdb(table, path);
    assertEquals(loadOdb(smallTable(), path).ipv4.state, "whole", what);
  }
});

Deno.test("a count that a sparse file bears out takes no memory past the table's bound", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  const count = 2 ** 21;
  Deno.writeFileSync(
    path,
    fileBytes([torrentBytes({ hash: "44".repeat(20), records: [], peers: count, count })]).slice(0, -1),
  );
  Deno.truncateSync(path, HEADER_BYTES + HEAD_BYTES + 8 * count);
  const table = smallTable(1000, 100);
  const { state, portless, peers, damage } = loadOdb(table, path).ipv4;
  assertEquals([state, portless, peers], ["damaged", count, 0]);
  assertEquals(damage?.offset, HEADER_BYTES + HEAD_BYTES + 8 * count);
  const { bytesUsed, bytesReserved } = tableStats(table);
  assert(bytesUsed <= bytesReserved, `${bytesUsed} of ${bytesReserved} bytes`);
});

Deno.test("torrents and peers in any order are one state", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  const records = ["0a0000011ae10001", "0a0000021ae18000", "7f00000100010000", "c0000201ffff4000"];
  const hashes = ["00", "7f", "80", "ff"].map((byte) => byte.repeat(20));
  const contents = (hashOrder: string[], recordOrder: string[]) => {
    Deno.writeFileSync(
      path,
      fileBytes(hashOrder.map((hash) => torrentBytes({ hash, records: recordOrder }))),
    );
    const table = smallTable();
    assertEquals(loadOdb(table, path).ipv4.state, "whole");
    return contentsOf(table);
  };
  const ascending = contents(hashes, records);
  assertEquals(ascending.map(({ hash }) => hash), hashes);
  assertEquals(contents(hashes.toReversed(), records.toReversed()), ascending);
  assertEquals(contents([2, 0, 3, 1].map((i) => hashes[i]), [1, 3, 0, 2].map((i) => records[i])), ascending);
});
