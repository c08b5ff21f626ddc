import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ConfigError } from "../../src/config/mod.ts";
import { runOdb } from "../../src/odb_tools/mod.ts";
import { fileBytes, type FileTorrent, readFile, runTool, temporaryFolder, torrentBytes } from "./helpers.ts";

const VERSIONS = [{ version: "0001", addressBytes: 4 }, { version: "0006", addressBytes: 16 }];

/** Few hashes and addresses, so that files share many; records in any order, torrents ascending. */
function fileOf(addressBytes: number): fc.Arbitrary<FileTorrent[]> {
  const record = fc.record({
    host: fc.integer({ min: 1, max: 6 }),
    flags: fc.constantFrom("00", "80", "c0", "30"),
    age: fc.constantFrom(0, 1, 2, 200, 255),
  });
  return fc.uniqueArray(
    fc.record({
      hash: fc.integer({ min: 1, max: 5 }),
      baseMin: fc.constantFrom(0, 29_000_000, 29_000_001, 29_000_100, 2 ** 40),
      completed: fc.constantFrom(0, 5, 2 ** 40),
      records: fc.uniqueArray(record, { selector: ({ host }) => host }),
    }),
    { selector: ({ hash }) => hash },
  ).map((torrents) =>
    torrents.toSorted((left, right) => left.hash - right.hash).map(({ hash, records, ...rest }) => {
      const texts = records.map(({ host, flags, age }) => {
        const address = host.toString(16).padStart(2 * addressBytes, "0");
        return `${address}1ae1${flags}${age.toString(16).padStart(2, "0")}`;
      });
      return { ...rest, hash: `0${hash}`.repeat(20), seeders: countSeeders(texts), records: texts };
    })
  );
}

function countSeeders(records: string[]): number {
  return countFlag(records, 0x80);
}

function countFlag(records: string[], flag: number): number {
  return records.filter((record) => (flagsOf(record) & flag) !== 0).length;
}

function flagsOf(record: string): number {
  return parseInt(record.slice(-4, -2), 16);
}

function ageOf(record: string): number {
  return parseInt(record.slice(-2), 16);
}

/** What merging comes to, put together the simple way. */
function mergeModel(files: FileTorrent[][]): FileTorrent[] {
  const byHash = Map.groupBy(files.flat(), ({ hash }) => hash);
  return [...byHash].toSorted(([left], [right]) => left < right ? -1 : 1).map(([hash, torrents]) => {
    const baseMin = Math.max(...torrents.map((torrent) => torrent.baseMin));
    const youngest = new Map<string, string>();
    for (const torrent of torrents) {
      for (const record of torrent.records) {
        const age = Math.min(255, ageOf(record) + baseMin - torrent.baseMin);
        const aged = record.slice(0, -2) + age.toString(16).padStart(2, "0");
        const peer = record.slice(0, -4);
        const rival = youngest.get(peer);
        if (rival === undefined || age < ageOf(rival)) youngest.set(peer, aged);
      }
    }
    const records = [...youngest.values()].toSorted();
    const completed = Math.max(
      ...torrents.flatMap((torrent) => [torrent.completed, countFlag(torrent.records, 0x40)]),
    );
    return { hash, baseMin, completed, seeders: countSeeders(records), records };
  });
}

for (const { version, addressBytes } of VERSIONS) {
  Deno.test(`any files of version ${version} merge to what a simple model says`, () => {
    using folder = temporaryFolder();
    const { path } = folder;
    fc.assert(fc.property(fc.array(fileOf(addressBytes), { minLength: 1, maxLength: 4 }), (files) => {
      const names = files.map((torrents, i) => {
        Deno.writeFileSync(`${path}/${i}.odb`, fileBytes(torrents.map(torrentBytes), version));
        return `${path}/${i}.odb`;
      });
      assertEquals(runOdb(["merge", ...names, "-o", `${path}/out.odb`, "--force"]), 0);
      assertEquals(readFile(`${path}/out.odb`), mergeModel(files));
    }));
  });
}

Deno.test("torrents that do not ascend, or come twice, are refused", () => {
  using folder = temporaryFolder();
  const torrents = (...hashes: string[]) =>
    hashes.map((hash) => torrentBytes({ hash: hash.repeat(20), records: [] }));
  Deno.writeFileSync(`${folder.path}/a.odb`, fileBytes(torrents("02", "01")));
  Deno.writeFileSync(`${folder.path}/b.odb`, fileBytes(torrents("02", "02")));
  for (const name of ["a.odb", "b.odb"]) {
    assertEquals(runTool(folder.path, "merge", name, "-o", "out.odb"), {
      code: 1,
      out: "",
      err: `${name}: the torrents do not ascend at byte 72; a tracker that loads and saves it sorts them\n`,
    });
  }
});

Deno.test("a torrent larger than the memory kept for it is refused", () => {
  using folder = temporaryFolder();
  const { path } = folder;
  assertEquals(runOdb(["make", "-o", `${path}/large.odb`, "--torrents", "1", "--peers", "1200k"]), 0);
  const { code, err } = runTool(path, "merge", ...Array(4).fill("large.odb"), "-o", "out.odb");
  assertEquals(code, 1);
  assertEquals(
    err.replace(/[0-9a-f]{40}/, "HASH"),
    "large.odb: torrent HASH has 1200000 peers, more than the 1048576 that memory is kept for\n",
  );
  assertEquals(runTool(path, "merge", "large.odb", "-o", "out.odb").code, 0);
  assertEquals(Deno.readFileSync(`${path}/out.odb`), Deno.readFileSync(`${path}/large.odb`));
});

Deno.test("families are not mixed", () => {
  using folder = temporaryFolder();
  const { path } = folder;
  Deno.writeFileSync(`${path}/a.odb`, fileBytes([]));
  Deno.writeFileSync(`${path}/a.odb6`, fileBytes([], "0006"));
  const { message } = assertThrows(
    () => runOdb(["merge", `${path}/a.odb`, `${path}/a.odb6`, "-o", `${path}/out.odb`]),
    ConfigError,
  );
  assertEquals(message, `${path}/a.odb6: has version 0006, and ${path}/a.odb 0001`);
});
