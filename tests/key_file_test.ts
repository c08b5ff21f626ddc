import { assert, assertEquals, assertThrows } from "@std/assert";
import { type KeyFile, readKeyFile, writeKeyFile } from "../src/key_file.ts";
import { KEPT_COUNTERS } from "../src/stats/mod.ts";
import { TempFolder } from "./harness.ts";

const CONTENTS: KeyFile = {
  bootId: "11111111-2222-4333-8444-555555555555",
  secret: Uint32Array.of(0x00112233, 0xfedcba98),
  countingSinceUnix: 1_700_000_000,
  counters: new Map(Array.from(KEPT_COUNTERS.keys(), (name, index) => [name, index])).set(
    "udpDropped",
    2 ** 53 - 1,
  ),
};
const TEXT = `{
  "boot_id": "11111111-2222-4333-8444-555555555555",
  "secret": "00112233fedcba98",
  "counting_since_unix": 1700000000,
  "counters": {
${Array.from(CONTENTS.counters, ([name, count]) => `    "${name}": ${count}`).join(",\n")}
  }
}
`;

const isWindows = Deno.build.os === "windows";

Deno.test("a key file is written to the byte and read again", () => {
  using folder = new TempFolder();
  const path = folder.file("state.odb.key");
  assertEquals(readKeyFile(path), null);
  writeKeyFile(path, CONTENTS);
  assertEquals(Deno.readTextFileSync(path), TEXT);
  assertEquals(readKeyFile(path), CONTENTS);
  const without = { ...CONTENTS, bootId: null, secret: null };
  writeKeyFile(path, without);
  assertEquals(readKeyFile(path), without);
  assertEquals([...Deno.readDirSync(folder.path)].length, 1);
});

Deno.test("a counter that a key file does not have, as an older one, is 0, and one that nobody has is nothing", () => {
  using folder = new TempFolder();
  const path = folder.file("state.odb.key");
  Deno.writeTextFileSync(path, TEXT.replace('"udpScrapes"', '"udpErrors"'), { mode: 0o600 });
  const counters = new Map(CONTENTS.counters).set("udpScrapes", 0);
  assertEquals(readKeyFile(path), { ...CONTENTS, counters });
});

Deno.test("a key file with the largest counts can be read again", () => {
  using folder = new TempFolder();
  const path = folder.file("state.odb.key");
  const counters = new Map(Array.from(KEPT_COUNTERS.keys(), (name) => [name, 2 ** 53 - 1]));
  writeKeyFile(path, { ...CONTENTS, counters });
  assertEquals(readKeyFile(path)?.counters, counters);
});

Deno.test(
  "nobody else may read a key file, whatever the mask and what was there",
  { ignore: isWindows },
  () => {
    using folder = new TempFolder();
    const path = folder.file("state.odb.key");
    const mask = Deno.umask(0);
    try {
      for (const umask of [0, 0o777]) {
        Deno.umask(umask);
        writeKeyFile(path, CONTENTS);
        assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
        Deno.chmodSync(path, 0o666);
      }
    } finally {
      Deno.umask(mask);
    }
    assertThrows(() => readKeyFile(path), Error, "others than its owner may read it");
  },
);

Deno.test("a key file is neither written nor read through a link", { ignore: isWindows }, () => {
  using folder = new TempFolder();
  const path = folder.file("state.odb.key");
  Deno.writeTextFileSync(folder.file("victim"), TEXT, { mode: 0o600 });
  Deno.symlinkSync("victim", path);
  Deno.symlinkSync("victim", `${path}.tmp`);
  assertThrows(() => readKeyFile(path), Error, "symbolic link");
  writeKeyFile(path, { ...CONTENTS, secret: Uint32Array.of(1, 2) });
  assertEquals(Deno.readTextFileSync(folder.file("victim")), TEXT);
  assert(Deno.lstatSync(path).isFile);
});

const USELESS: Record<string, string> = {
  "nothing": "",
  "no JSON": TEXT.slice(0, -3),
  "no object": "[1,2]",
  "null": "null",
  "no fields": "{}",
  "a secret that is none": TEXT.replace("00112233fedcba98", "00112233fedcba9x"),
  "a short secret": TEXT.replace("00112233fedcba98", "00112233fedcba9"),
  "a number for a secret": TEXT.replace('"00112233fedcba98"', "17"),
  "a secret without the run of the machine": TEXT.replace(/"boot_id": "[^"]*"/, '"boot_id": null'),
  "a count below zero": TEXT.replace('"udpScrapes": 2', '"udpScrapes": -2'),
  "a count with a fraction": TEXT.replace('"udpScrapes": 2', '"udpScrapes": 2.5'),
  "a count past all bounds": TEXT.replace("9007199254740991", "9007199254740992"),
  "no counters": TEXT.replace(/"counters": \{[^}]*\}/, '"counters": 5'),
  "no time": TEXT.replace("1700000000", '"yesterday"'),
  "too much": TEXT + " ".repeat(20_000),
};

for (const [what, text] of Object.entries(USELESS)) {
  Deno.test(`a key file that is none is refused, and nothing of it told: ${what}`, () => {
    using folder = new TempFolder();
    const path = folder.file("state.odb.key");
    Deno.writeTextFileSync(path, text, { mode: 0o600 });
    const { message } = assertThrows(() => readKeyFile(path), Error);
    assert(!message.includes("0011"), message);
  });
}

Deno.test(
  "something else in the place of a key file is refused, and never waited for",
  { ignore: isWindows },
  () => {
    using folder = new TempFolder();
    const path = folder.file("state.odb.key");
    new Deno.Command("mkfifo", { args: ["-m", "600", path] }).outputSync();
    assertThrows(() => readKeyFile(path), Error, "not a regular file");
  },
);
