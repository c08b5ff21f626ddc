import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { presentChecksum, readChecksums, sumPath, writeChecksums } from "../../src/odb/checksum.ts";
import { ChecksumCheck, loadOdb, saveOdb } from "../../src/odb/mod.ts";
import { Replacement } from "../../src/odb/replacement.ts";
import { program } from "../clients/programs.ts";
import { testWith } from "../requirements.ts";
import { xxh64 } from "../xxh64.ts";
import { EXAMPLE, hexOf, namesIn, smallTable, tableOf, temporaryFolder, type Torrent } from "./helpers.ts";

const TORRENTS: Torrent[] = [
  { hash: "11".repeat(20), completed: 7, records4: ["c00002011ae10000", "c0000202c8d5c003"], records6: [] },
  {
    hash: "22".repeat(20),
    completed: 1,
    records4: [],
    records6: ["20010db80000000000000000000000011ae18005"],
  },
];

/** What `xxh64sum -c` says of the checksum file in the folder it lies in. */
async function xxh64sum(folder: string, name: string): Promise<boolean> {
  const args = ["--check", "--status", name];
  const { success } = await new Deno.Command("xxh64sum", { args, cwd: folder, stderr: "null" }).output();
  return success;
}

Deno.test("a save writes a checksum file for each file, to the byte", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  const before = Math.floor(Date.now() / 1000);
  saveOdb(tableOf(TORRENTS), path);
  assertEquals(namesIn(folder.path), ["state.odb", "state.odb.sum", "state.odb6", "state.odb6.sum"]);
  for (const name of ["state.odb", "state.odb6"]) {
    const bytes = Deno.readFileSync(`${folder.path}/${name}`);
    const text = Deno.readTextFileSync(`${folder.path}/${name}.sum`);
    const [, unix, date] = /written (\d+) \((.*)\)\n/.exec(text) ?? [];
    assertEquals(
      text,
      "# `xxh64sum -c` in this folder checks the file.\n" +
        `# size ${bytes.length}, written ${unix} (${date})\n` +
        `${xxh64(bytes)}  ${name}\n`,
    );
    assert(Number(unix) >= before);
    assertMatch(date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assertEquals(Date.parse(date) / 1000, Number(unix));
  }
});

Deno.test("the next save's checksum file tells of the file before, too", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  const sizes: number[] = [];
  const digests: string[] = [];
  for (const torrents of [TORRENTS, [], TORRENTS.slice(0, 1)]) {
    saveOdb(tableOf(torrents), path);
    const bytes = Deno.readFileSync(path);
    sizes.unshift(bytes.length);
    digests.unshift(xxh64(bytes));
    assertEquals(
      readChecksums(path),
      digests.slice(0, 2).map((digest, index) => ({ size: sizes[index], digest })),
    );
  }
});

testWith([program("xxh64sum")], "xxh64sum takes the checksum file", async () => {
  using folder = temporaryFolder();
  for (const name of ["state.odb", "with space.odb", "back\\slash", "ü.odb"]) {
    const path = `${folder.path}/${name}`;
    for (const torrents of [[], TORRENTS]) saveOdb(tableOf(torrents), path);
    assert(await xxh64sum(folder.path, `${name}.sum`), name);
    Deno.writeFileSync(path, EXAMPLE);
    assert(!await xxh64sum(folder.path, `${name}.sum`), name);
  }
});

Deno.test("names are escaped only for a line break", { ignore: Deno.build.os === "windows" }, () => {
  using folder = temporaryFolder();
  for (
    const [name, start, end] of [
      ["back\\slash", "", "back\\slash"],
      ["line\nbreak\\", "\\", "line\\nbreak\\\\"],
    ]
  ) {
    const path = `${folder.path}/${name}`;
    for (const torrents of [[], TORRENTS]) saveOdb(tableOf(torrents), path);
    const checksum = { size: Deno.statSync(path).size, digest: xxh64(Deno.readFileSync(path)) };
    assertEquals(Deno.readTextFileSync(sumPath(path)).split("\n")[2], `${start}${checksum.digest}  ${end}`);
    assertEquals(readChecksums(path)?.[0], checksum);
    assertEquals(loadOdb(smallTable(), path).ipv4.checksum, "agrees");
  }
});

Deno.test(
  "the checksum file has the permissions of the ODB file, and lies beside the real one",
  { ignore: Deno.build.os === "windows" },
  () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/state.odb`;
    Deno.mkdirSync(`${folder.path}/real`);
    Deno.writeFileSync(`${folder.path}/real/data.odb`, EXAMPLE);
    Deno.symlinkSync("real/data.odb", path);
    for (const mode of [0o666, 0o600]) {
      Deno.chmodSync(path, mode);
      saveOdb(tableOf(TORRENTS), path);
      assertEquals(Deno.statSync(`${folder.path}/real/data.odb.sum`).mode! & 0o777, mode);
    }
    assertEquals(loadOdb(smallTable(), path).ipv4.checksum, "agrees");
    // The IPv6 file is no link.
    assertEquals(namesIn(folder.path), ["real", "state.odb", "state.odb6", "state.odb6.sum"]);
  },
);

Deno.test("a link in the place of the checksum file is replaced, not written through", {
  ignore: Deno.build.os === "windows",
}, () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  Deno.writeTextFileSync(`${folder.path}/victim`, "dear to somebody");
  Deno.symlinkSync("victim", sumPath(path));
  Deno.symlinkSync("victim", `${sumPath(path)}.tmp`);
  saveOdb(tableOf(TORRENTS), path);
  assertEquals(Deno.readTextFileSync(`${folder.path}/victim`), "dear to somebody");
  assert(Deno.lstatSync(sumPath(path)).isFile);
});

Deno.test("without a place for the checksum file nothing is saved", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  saveOdb(tableOf(TORRENTS), path);
  const before = Deno.readFileSync(path);
  Deno.removeSync(sumPath(path));
  Deno.mkdirSync(`${sumPath(path)}/inside`, { recursive: true });
  assertThrows(() => saveOdb(tableOf([]), path), Error, path);
  assertEquals(Deno.readFileSync(path), before);
  assertEquals(namesIn(folder.path), ["state.odb", "state.odb.sum", "state.odb6", "state.odb6.sum"]);
});

Deno.test("a writer that ends between any two steps leaves files that agree", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  // Of one size, so that the sizes do not tell them apart.
  const files = [0, 1, 2, 3].map((age) => {
    const bytes = EXAMPLE.slice();
    bytes[EXAMPLE.length - 2] = age;
    return bytes;
  });
  const begin = (bytes: Uint8Array): Replacement => {
    const file = new Replacement(path);
    file.bytes.set(bytes, file.reserve(bytes.length));
    file.finish();
    return file;
  };
  const assertWhole = (bytes: Uint8Array) => {
    assertEquals(hexOf(Deno.readFileSync(path)), hexOf(bytes));
    const load = loadOdb(smallTable(), path).ipv4;
    assertEquals([load.state, load.checksum, load.warnings], ["whole", "agrees", []]);
  };
  // A file without a checksum file is read to make the entry for it.
  Deno.writeFileSync(path, files[0]);
  begin(files[1]).announce();
  assertWhole(files[0]);
  begin(files[2]).announce();
  assertWhole(files[0]);
  const last = begin(files[3]);
  last.announce();
  assertWhole(files[0]);
  last.commit();
  assertWhole(files[3]);
});

Deno.test("damage that came between two saves does not pass for the file before in the next one", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  // Of one size, all three.
  for (const completed of [1, 2]) saveOdb(tableOf([{ ...TORRENTS[0], completed }]), path);
  const bytes = Deno.readFileSync(path);
  bytes[bytes.length - 2] ^= 1;
  Deno.writeFileSync(path, bytes);
  assertEquals(loadOdb(smallTable(), path).ipv4.checksum, "disagrees");
  const next = new Replacement(path);
  next.bytes.set(EXAMPLE, next.reserve(EXAMPLE.length));
  next.finish();
  next.announce();
  next.discard();
  assertEquals(loadOdb(smallTable(), path).ipv4.checksum, "disagrees");
});

Deno.test("a checksum file that belongs and disagrees is damage, and all torrents are kept", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  for (const family of ["ipv4", "ipv6"] as const) {
    saveOdb(tableOf(TORRENTS), path);
    const file = family === "ipv4" ? path : `${path}6`;
    const bytes = Deno.readFileSync(file);
    // An age, of the first record there and of the last, where any value may stand.
    bytes[family === "ipv4" ? 79 : bytes.length - 2] ^= 1;
    Deno.writeFileSync(file, bytes);
    const table = smallTable();
    const loads = loadOdb(table, path);
    const load = loads[family];
    assertEquals([load.state, load.checksum, load.damage], ["damaged", "disagrees", null]);
    const other = loads[family === "ipv4" ? "ipv6" : "ipv4"];
    assertEquals([other.state, other.checksum], ["whole", "agrees"]);
    assertEquals(loads.ipv4.peers + loads.ipv6.peers, 3);
  }
});

Deno.test("bytes behind the end mark count for the checksum", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  // More than the reader has in its buffer at the end mark.
  const bytes = new Uint8Array(2 ** 23);
  bytes.set(EXAMPLE);
  Deno.writeFileSync(path, bytes);
  const checksum = presentChecksum(path)!;
  assertEquals(checksum, { size: bytes.length, digest: xxh64(bytes) });
  writeChecksums(path, checksum, null, null);
  const whole = loadOdb(smallTable(), path).ipv4;
  assertEquals([whole.state, whole.checksum, whole.trailingBytes], [
    "whole",
    "agrees",
    bytes.length - EXAMPLE.length,
  ]);
  bytes[bytes.length - 1] = 1;
  Deno.writeFileSync(path, bytes);
  assertEquals(loadOdb(smallTable(), path).ipv4.checksum, "disagrees");
});

/** Checksum files that say nothing of EXAMPLE. */
const USELESS = [
  {
    what: "of a longer file",
    state: "foreign",
    text: `# size 90, written 1 (x)\n${"0".repeat(16)}  state.odb\n`,
  },
  { what: "without a size", state: "unusable", text: `${"0".repeat(16)}  state.odb\n` },
  {
    what: "with digests of another kind",
    state: "unusable",
    text: `# size 89, written 1 (x)\n${"0".repeat(64)}  state.odb\n# before: size 89, ${"0".repeat(64)}\n`,
  },
  { what: "empty", state: "unusable", text: "" },
  { what: "garbled", state: "unusable", text: "\0\xff\x80 not a checksum\n# size x, written y\n" },
  { what: "with a short digest", state: "unusable", text: "# size 89, written 1 (x)\n0123  state.odb\n" },
  {
    what: "with an absurd size",
    state: "unusable",
    text: `# size ${"9".repeat(400)}, written 1 (x)\n${"0".repeat(16)}  state.odb\n`,
  },
  {
    what: "without end",
    state: "unusable",
    text: `# size 89, written 1 (x)\n${"0".repeat(16)}  a\n`.repeat(99),
  },
] as const;

for (const { what, state, text } of USELESS) {
  Deno.test(`a checksum file that says nothing of the file is said and ignored: ${what}`, () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/state.odb`;
    Deno.writeFileSync(path, EXAMPLE);
    Deno.writeTextFileSync(sumPath(path), text);
    const load = loadOdb(smallTable(), path).ipv4;
    assertEquals([load.state, load.checksum, load.peers, load.warnings.length], ["whole", state, 2, 1]);
    assert(load.warnings[0].includes(sumPath(path)), load.warnings[0]);
    // The next save makes it good.
    saveOdb(tableOf(TORRENTS), path);
    assertEquals(loadOdb(smallTable(), path).ipv4.checksum, "agrees");
    assertEquals(readChecksums(path)?.[1], { size: EXAMPLE.length, digest: xxh64(EXAMPLE) });
  });
}

Deno.test("something else in the place of the checksum file is ignored, and never waited for", {
  ignore: Deno.build.os === "windows",
}, () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  Deno.writeFileSync(path, EXAMPLE);
  const load = () => loadOdb(smallTable(), path).ipv4;
  Deno.mkdirSync(sumPath(path));
  assertEquals([load().state, load().checksum], ["whole", "unusable"]);
  Deno.removeSync(sumPath(path));
  new Deno.Command("mkfifo", { args: [sumPath(path)] }).outputSync();
  assertEquals([load().state, load().checksum], ["whole", "unusable"]);
});

Deno.test("a checksum file is of no use for a file that is cut short, missing or empty", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  saveOdb(tableOf(TORRENTS), path);
  const bytes = Deno.readFileSync(path);
  Deno.writeFileSync(path, bytes.subarray(0, 80));
  const cut = loadOdb(smallTable(), path).ipv4;
  assertEquals([cut.state, cut.checksum, cut.damage?.offset], ["damaged", "foreign", 15]);
  bytes[15] = 0x42;
  Deno.writeFileSync(path, bytes);
  // It may not have been read to its end, and there is no need to.
  assertEquals(loadOdb(smallTable(), path).ipv4.state, "damaged");
  Deno.writeFileSync(path, new Uint8Array());
  const empty = loadOdb(smallTable(), path).ipv4;
  assertEquals([empty.state, presentChecksum(path)], ["empty", null]);
  Deno.removeSync(path);
  const missing = loadOdb(smallTable(), path).ipv4;
  assertEquals([missing.state, presentChecksum(path)], ["missing", null]);
  // All the state is gone, and this file alone knows that there was one.
  for (const { warnings } of [cut, empty, missing]) {
    assertEquals(warnings, [`${Deno.realPathSync(sumPath(path))} is of another file: it was ignored.`]);
  }
});

Deno.test("a reader of a file that is replaced meanwhile looks at the checksum file again", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  const [old, middle, young] = [0, 1, 2].map((age) => EXAMPLE.with(EXAMPLE.length - 2, age));
  const replace = (bytes: Uint8Array<ArrayBuffer>) => {
    const file = new Replacement(path);
    file.bytes.set(bytes, file.reserve(bytes.length));
    file.finish();
    file.announce();
    file.commit();
  };
  replace(old);
  const check = new ChecksumCheck(path, old.length);
  replace(middle);
  replace(young);
  check.update(middle);
  assertEquals(check.finish(), "agrees");
});
