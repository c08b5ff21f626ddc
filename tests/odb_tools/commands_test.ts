// Every command through the real command line.
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  bytesOf,
  EXAMPLE,
  fileBytes,
  folderWithFiles,
  hexOf,
  namesIn,
  readFile,
  runTool,
  temporaryFolder,
  torrentBytes,
} from "./helpers.ts";

const HASH = "11".repeat(20);
/** The example, last touched in the past whenever the test runs. */
const PAST = EXAMPLE.slice();
new DataView(PAST.buffer).setUint32(15 + 21, 29_000_000, true);

Deno.test("info tells what is in the example, to people and as JSON", () => {
  using folder = folderWithFiles();
  const { code, out, err } = runTool(folder.path, "info", "example.odb");
  assertEquals([code, err], [0, ""]);
  assertEquals(
    out,
    [
      "example.odb",
      "  state       whole, without a checksum",
      "  version     0001, IPv4 peers",
      "  size        89 bytes",
      "  torrents    1, 0 of them without peers",
      "  peers       2: 1 seeders, 1 leechers",
      "  completed   7 downloads, 1 by peers that are there",
      "  ages        0 to 3 minutes, median 0, nine tenths up to 3",
      "  touched     2027-01-15T08:00Z",
      `  largest     2 peers, ${HASH}`,
      "",
    ].join("\n"),
  );
  const json = JSON.parse(runTool(folder.path, "info", "example.odb", "--json").out);
  assertEquals(json, {
    file: "example.odb",
    version: "0001",
    bytes: 89,
    state: "whole",
    damage: null,
    checksum: "missing",
    torrents: 1,
    torrents_without_peers: 0,
    peers: 2,
    seeders: 1,
    leechers: 1,
    peers_completed: 1,
    peers_stopped: 0,
    completed: 7,
    age_min: { least: 0, median: 0, p90: 3, greatest: 3 },
    base_min: { earliest: 30_000_000, latest: 30_000_000 },
    largest_torrent: { hash: HASH, peers: 2 },
  });
});

Deno.test("info shows the IPv6 file beside a file, and says what is damaged", () => {
  using folder = temporaryFolder();
  Deno.writeFileSync(`${folder.path}/state.odb`, EXAMPLE.subarray(0, 80));
  Deno.writeFileSync(`${folder.path}/state.odb6`, fileBytes([], "0006"));
  const { code, out } = runTool(folder.path, "info", "state.odb", "--json");
  const [ipv4, ipv6] = out.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals([code, ipv4.state, ipv4.damage.offset, ipv4.torrents], [1, "damaged", 15, 0]);
  assertEquals([ipv6.state, ipv6.version, ipv6.age_min], ["whole", "0006", null]);
  const both = runTool(folder.path, "info", "state.odb", "state.odb", "--json").out.trim().split("\n");
  assertEquals(both.map((line) => JSON.parse(line).file), ["state.odb", "state.odb"]);
});

Deno.test("verify tells whole files, damage with its place, and what is no ODB", () => {
  using folder = folderWithFiles();
  Deno.writeFileSync(`${folder.path}/cut.odb`, PAST.subarray(0, 88));
  Deno.writeTextFileSync(`${folder.path}/note.txt`, "a note");
  Deno.writeFileSync(`${folder.path}/past.odb`, PAST);
  assertEquals(runTool(folder.path, "verify", "past.odb", "reference.odb"), {
    code: 0,
    out: "past.odb: whole, version 0001, 1 torrents, 2 peers, without a checksum\n" +
      "reference.odb: whole, version 0001, 5 torrents, 47 peers, without a checksum\n",
    err: "",
  });
  const { code, out } = runTool(folder.path, "verify", "cut.odb", "missing.odb", "note.txt", "past.odb", ".");
  const lines = out.split("\n");
  assertEquals(code, 3);
  assertEquals(lines[0], "cut.odb: damaged at byte 88: the file ends without an end mark");
  assertMatch(lines[1], /^Cannot read missing\.odb: /);
  assertEquals(lines[2], "note.txt is not an ODB file for this tracker: it does not begin like one");
  assertMatch(lines[3], /^past\.odb: whole/);
  assertEquals(lines[4], ". is not an ODB file for this tracker: it is not a regular file");
  assertEquals(runTool(folder.path, "verify", "cut.odb").code, 1);
  assertEquals(runTool(folder.path, "verify", "missing.odb").code, 1);
});

Deno.test("verify tells what does not add up in a file that can be read", () => {
  using folder = temporaryFolder();
  const lower = "0a0000011ae10000", upper = "0a0000021ae18000";
  const cases: [string[], number, RegExp][] = [
    [
      [torrentBytes({ hash: HASH, records: [lower], peers: 2 })],
      1,
      /damaged at byte 15: .* 2 peers and has 1/,
    ],
    [[torrentBytes({ hash: HASH, records: [upper] })], 1, /damaged at byte 15: .* 0 seeders and has 1/],
    [[torrentBytes({ hash: HASH, records: [lower, lower] })], 1, /damaged at byte 15: .* 1 peers twice/],
    [
      [torrentBytes({ hash: HASH, records: ["0a0000011ae10400"] })],
      1,
      /damaged .* 1 peers with unknown flags/,
    ],
    [
      [torrentBytes({ hash: HASH, records: [] }), torrentBytes({ hash: HASH, records: [] })],
      1,
      /at byte 72: .* twice/,
    ],
    [
      [torrentBytes({ hash: HASH, records: [upper, lower], seeders: 1 })],
      0,
      /warning: 1 torrents have peers out of/,
    ],
    [[torrentBytes({ hash: HASH, records: ["0a00000100000000"] })], 0, /warning: 1 peers have port 0/],
    [
      [torrentBytes({ hash: HASH, records: [], baseMin: 2 ** 33 })],
      0,
      /warning: 1 torrents were .* in the future/,
    ],
    [
      [torrentBytes({ hash: HASH, records: [] }), torrentBytes({ hash: "00".repeat(20), records: [] })],
      0,
      /warning: 1 torrents are out of order/,
    ],
  ];
  for (const [i, [torrents]] of cases.entries()) {
    Deno.writeFileSync(`${folder.path}/${i}.odb`, fileBytes(torrents));
  }
  const { out } = runTool(folder.path, "verify", ...cases.map((_, i) => `${i}.odb`));
  for (const [i, [, code, pattern]] of cases.entries()) {
    const lines = out.split("\n").filter((line) => line.startsWith(`${i}.odb: `));
    assert(lines.some((line) => pattern.test(line)), `${pattern} in ${lines}`);
    assertEquals(lines.some((line) => line.includes(": whole,")), code === 0);
  }
  Deno.writeFileSync(`${folder.path}/long.odb`, Uint8Array.from([...EXAMPLE, 1, 2]));
  assertMatch(
    runTool(folder.path, "verify", "long.odb").out,
    /damaged at byte 89: 2 bytes stand behind the end mark/,
  );
  assertEquals(runTool(folder.path, "merge", "long.odb", "-o", "out.odb"), {
    code: 1,
    out: "",
    err: "long.odb is damaged at byte 89: 2 bytes stand behind the end mark\n",
  });
});

Deno.test("of many faults ten are told, and their number", () => {
  using folder = temporaryFolder();
  const torrents = Array.from(
    { length: 12 },
    (_, i) =>
      torrentBytes({ hash: i.toString(16).padStart(40, "0"), records: [], baseMin: 29_000_000, seeders: 1 }),
  );
  Deno.writeFileSync(`${folder.path}/odd.odb`, fileBytes(torrents));
  const verified = runTool(folder.path, "verify", "odd.odb").out.trim().split("\n");
  assertEquals([verified.length, verified[10]], [11, "odd.odb: damaged in 12 places in all"]);
  const lines = [...Array(12).fill("x".repeat(1000)), `${HASH}:29000000:1`].join("\n");
  Deno.writeTextFileSync(`${folder.path}/state.txt`, lines);
  const { code, err } = runTool(folder.path, "import", "state.txt", "-o", "counts.odb");
  const told = err.trim().split("\n");
  assertEquals([code, told.length, told[10]], [0, 11, "state.txt: 12 lines in all were passed over"]);
});

Deno.test("sum writes a checksum that verify and others compare", () => {
  using folder = folderWithFiles();
  Deno.writeFileSync(`${folder.path}/past.odb`, PAST);
  const path = `${folder.path}/past.odb`;
  assertEquals(runTool(folder.path, "sum", "past.odb"), { code: 0, out: "", err: "" });
  assertMatch(Deno.readTextFileSync(`${path}.sum`), /^[0-9a-f]{16} {2}past\.odb$/m);
  assertMatch(runTool(folder.path, "verify", "past.odb").out, /checksum agrees\n$/);
  const bytes = PAST.slice();
  bytes[85] ^= 1; // A port: nothing but the checksum tells.
  Deno.writeFileSync(path, bytes);
  const { code, out } = runTool(folder.path, "verify", "past.odb");
  assertEquals([code, out], [1, "past.odb: damaged: the checksum disagrees\n"]);
  const merge = runTool(folder.path, "merge", "past.odb", "reference.odb", "-o", "out.odb");
  assertEquals([merge.code, merge.err], [1, "past.odb is damaged somewhere: its checksum disagrees\n"]);
  assertEquals(runTool(folder.path, "sum", "missing.odb").code, 1);
});

Deno.test("text writes a line for each torrent and peer", () => {
  using folder = folderWithFiles();
  assertEquals(
    runTool(folder.path, "text", "example.odb").out,
    `torrent ${HASH} 2 1 7 30000000\n` +
      `peer ${HASH} 192.0.2.1:6881 leecher 0\n` +
      `peer ${HASH} 192.0.2.2:51413 seeder+completed 3\n`,
  );
  const { out } = runTool(folder.path, "text", "example.odb", "--json");
  assertEquals(out.trim().split("\n").map((line) => JSON.parse(line)), [
    { torrent: HASH, peers: 2, seeders: 1, completed: 7, base_min: 30_000_000 },
    { torrent: HASH, peer: "192.0.2.1:6881", role: "leecher", age_min: 0 },
    { torrent: HASH, peer: "192.0.2.2:51413", role: "seeder+completed", age_min: 3 },
  ]);
});

Deno.test("text writes IPv6 peers, odd flags, and what is before the damage", () => {
  using folder = temporaryFolder();
  const torrent = torrentBytes({
    hash: HASH,
    records: [
      "20010db80000000000000000000000010050" + "30ff",
      "20010db80000000000000000000000020051" + "f000",
    ],
  });
  Deno.writeFileSync(`${folder.path}/state.odb6`, fileBytes([torrent], "0006").subarray(0, -1));
  const { code, out, err } = runTool(folder.path, "text", "state.odb6");
  assertEquals(code, 1);
  assertEquals(
    out,
    `torrent ${HASH} 2 0 0 30000000\n` +
      `peer ${HASH} [2001:db8::1]:80 leecher+stopped+sync 255\n` +
      `peer ${HASH} [2001:db8::2]:81 seeder+completed+stopped+sync 0\n`,
  );
  assertMatch(err, /^state\.odb6 is damaged at byte \d+: the file ends without an end mark\n$/);
});

Deno.test("text ends quietly when nobody reads on", async () => {
  using folder = temporaryFolder();
  assertEquals(runTool(folder.path, "make", "-o", "large.odb", "--peers", "50k").code, 0);
  const main = new URL("../../main.ts", import.meta.url).href;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", main, "odb", "text", `${folder.path}/large.odb`],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  const [{ code }, err] = await Promise.all([child.status, new Response(child.stderr).text()]);
  assertEquals([code, err], [0, ""]);
});

Deno.test("the exit code tells what was found though nobody reads the lines", async () => {
  using folder = folderWithFiles();
  Deno.writeFileSync(`${folder.path}/cut.odb`, EXAMPLE.subarray(0, 88));
  const main = new URL("../../main.ts", import.meta.url).href;
  for (
    const [args, expected] of [
      [["verify", "cut.odb"], 1],
      [["info", "cut.odb"], 1],
      [["verify", "example.odb"], 0],
      [["diff", "example.odb", "reference.odb"], 1],
      [["diff", "example.odb", "example.odb"], 0],
    ] as const
  ) {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--allow-all", main, "odb", ...args],
      cwd: folder.path,
      stdout: "piped",
    }).spawn();
    await child.stdout.cancel();
    assertEquals((await child.status).code, expected, args.join(" "));
  }
});

Deno.test("diff tells what two files do not share", () => {
  using folder = temporaryFolder();
  const [same, gone, other] = ["0a0000011ae10000", "0a0000021ae10000", "0a0000031ae10000"];
  const changed = "0a0000031ae1c000";
  Deno.writeFileSync(
    `${folder.path}/a.odb`,
    fileBytes([
      torrentBytes({ hash: HASH, records: [same, gone, other] }),
      torrentBytes({ hash: "22".repeat(20), records: [same], completed: 1 }),
    ]),
  );
  Deno.writeFileSync(
    `${folder.path}/b.odb`,
    fileBytes([
      torrentBytes({
        hash: HASH,
        records: ["0a0000011ae10009", changed],
        seeders: 1,
        completed: 5,
        baseMin: 7,
      }),
      torrentBytes({ hash: "33".repeat(20), records: [] }),
    ]),
  );
  const { code, out } = runTool(folder.path, "diff", "a.odb", "b.odb");
  assertEquals(code, 1);
  assertEquals(out.trim().split("\n"), [
    `- torrent ${HASH} 3 0 0 30000000`,
    `+ torrent ${HASH} 2 1 5 7`,
    `- peer ${HASH} 10.0.0.2:6881 leecher 0`,
    `- peer ${HASH} 10.0.0.3:6881 leecher 0`,
    `+ peer ${HASH} 10.0.0.3:6881 seeder+completed 0`,
    `- torrent ${"22".repeat(20)} 1 0 1 30000000`,
    `- peer ${"22".repeat(20)} 10.0.0.1:6881 leecher 0`,
    `+ torrent ${"33".repeat(20)} 0 0 0 30000000`,
    "only in the first file: 1 torrents, 2 peers; only in the second: 1 torrents, 0 peers; " +
    "changed: 1 torrents, 1 peers",
  ]);
  const json = runTool(folder.path, "diff", "a.odb", "b.odb", "--json").out.trim().split("\n")
    .map((line) => JSON.parse(line));
  assertEquals(json[2], { change: "-", torrent: HASH, peer: "10.0.0.2:6881", role: "leecher", age_min: 0 });
  assertEquals(json.at(-1), {
    only_in_first: { torrents: 1, peers: 2 },
    only_in_second: { torrents: 1, peers: 0 },
    changed: { torrents: 1, peers: 1 },
  });
  assertEquals(runTool(folder.path, "diff", "a.odb", "a.odb").code, 0);
});

Deno.test("make writes both files with their checksums, the same ones from the same seed", () => {
  using folder = temporaryFolder();
  const options = ["--torrents", "20", "--peers", "500", "--ipv6-share", "20%", "--skew", "1", "--seed", "5"];
  assertEquals(runTool(folder.path, "make", "-o", "a.odb", ...options), { code: 0, out: "", err: "" });
  assertEquals(runTool(folder.path, "make", "-o", "b.odb", ...options).code, 0);
  const names = ["a.odb", "a.odb.sum", "a.odb6", "a.odb6.sum"];
  assertEquals(namesIn(folder.path), [...names, ...names.map((name) => name.replace("a", "b"))]);
  const read = (name: string) => hexOf(Deno.readFileSync(`${folder.path}/${name}`));
  assertEquals([read("a.odb"), read("a.odb6")], [read("b.odb"), read("b.odb6")]);
  const { code, out } = runTool(folder.path, "verify", "a.odb", "a.odb6");
  assertEquals([code, out.match(/checksum agrees/g)?.length], [0, 2]);
  const peers = ["a.odb", "a.odb6"].map((name) =>
    readFile(`${folder.path}/${name}`).flatMap(({ records }) => records)
  );
  assertEquals(peers.map(({ length }) => length), [400, 100]);
});

Deno.test("repair writes what is whole behind the damage, too, and says what was lost", () => {
  using folder = temporaryFolder();
  assertEquals(runTool(folder.path, "make", "-o", "good.odb", "--torrents", "50", "--peers", "500").code, 0);
  const good = readFile(`${folder.path}/good.odb`);
  const bytes = Deno.readFileSync(`${folder.path}/good.odb`);
  const torrentBytes = 57 + 8 * 10;
  const start = 15 + 20 * torrentBytes;
  bytes.fill(0, start + 30, start + 2 * torrentBytes + 40);
  Deno.writeFileSync(`${folder.path}/bad.odb`, bytes);
  const { code, out, err } = runTool(folder.path, "repair", "bad.odb", "-o", "mended.odb");
  assertEquals([code, err], [0, ""]);
  const end = start + 3 * torrentBytes;
  assertEquals(
    out,
    `lost: bytes ${start} to ${end - 1}\nmended.odb: 47 torrents, 470 peers; lost: ${end - start} bytes\n`,
  );
  assertEquals(readFile(`${folder.path}/mended.odb`), [...good.slice(0, 20), ...good.slice(23)]);
  assertMatch(runTool(folder.path, "verify", "mended.odb").out, /checksum agrees\n$/);
});

Deno.test("import takes completed counts from text, and merge adds them to a state", () => {
  using folder = folderWithFiles();
  const lines = [
    `${"AB".repeat(20)}:29000000:12`,
    "a line that is none",
    `${HASH}:29000001:30`,
    `${"ab".repeat(20)}:29000002:3\r`,
    "",
    `${HASH}:29000001:-1`,
    `${HASH}:29000001:99999999999999999999`,
    `${HASH}:18446744073709551616:9`,
  ];
  Deno.writeTextFileSync(`${folder.path}/state.txt`, lines.join("\n"));
  assertEquals(runTool(folder.path, "import", "state.txt", "-o", "counts.odb"), {
    code: 0,
    out: "counts.odb: 2 torrents\n",
    err: [2, 6, 7, 8].map((line) => `state.txt: line ${line} was passed over\n`).join(""),
  });
  const counts = readFile(`${folder.path}/counts.odb`);
  assertEquals(counts.map(({ hash, baseMin, completed }) => [hash, baseMin, completed]), [
    [HASH, 29_000_001, 30],
    ["ab".repeat(20), 29_000_002, 12],
  ]);
  assertEquals(runTool(folder.path, "merge", "example.odb", "counts.odb", "-o", "new.odb").code, 0);
  const merged = readFile(`${folder.path}/new.odb`);
  assertEquals(merged.map(({ completed, records }) => [completed, records.length]), [[30, 2], [12, 0]]);
  Deno.writeTextFileSync(`${folder.path}/none.txt`, "nothing\n");
  assertEquals(runTool(folder.path, "import", "none.txt", "-o", "none.odb").code, 1);
  assertEquals(namesIn(folder.path).includes("none.odb"), false);
  assertMatch(
    runTool(folder.path, "import", "missing.txt", "-o", "new.odb", "--force").err,
    /^Cannot read missing\.txt: /,
  );
});

Deno.test("import reads standard input", async () => {
  using folder = temporaryFolder();
  const main = new URL("../../main.ts", import.meta.url).href;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", main, "odb", "import", "-", "-o", "counts.odb"],
    cwd: folder.path,
    stdin: "piped",
    stdout: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`${HASH}:29000000:`));
  await writer.write(new TextEncoder().encode("4\n"));
  await writer.close();
  assertEquals((await child.status).code, 0);
  assertEquals(readFile(`${folder.path}/counts.odb`)[0].completed, 4);
});

Deno.test("wrong usage is told in one line with exit code 2", () => {
  using folder = folderWithFiles();
  const cases: [string[], string][] = [
    [["frobnicate"], "odb frobnicate: unknown command; tracker odb --help lists them"],
    [["inof"], "odb inof: unknown command; did you mean info? tracker odb --help lists them"],
    [["text"], "odb text: is written: tracker odb text FILE [--json]"],
    [["diff", "example.odb"], "odb diff: is written: tracker odb diff A B [--json]"],
    [["make"], "--output: is needed: -o OUT"],
    [["make", "-o"], "--output: needs a value: --output OUT"],
    [
      ["make", "-o", "x", "--peers", "many"],
      "--peers many: must be a whole number from 0 to 134217728 (k and M for thousands and millions)",
    ],
    [["info", "--jsonn", "example.odb"], "--jsonn: unknown option; did you mean --json?"],
  ];
  for (const [args, message] of cases) {
    assertEquals(runTool(folder.path, ...args), { code: 2, out: "", err: `${message}\n` });
  }
});

Deno.test("the help names all commands, and each has its own", () => {
  using folder = temporaryFolder();
  const { code, out } = runTool(folder.path, "--help");
  assertEquals(code, 0);
  const commands = [...out.matchAll(/^ {2}(\w+) {2,}/gm)].map(([, name]) => name);
  assertEquals(commands, ["info", "verify", "repair", "merge", "text", "diff", "make", "import", "sum"]);
  for (const command of commands) {
    const help = runTool(folder.path, command, "--help");
    assertEquals([help.code, help.err], [0, ""]);
    assert(help.out.startsWith(`tracker odb ${command}: `));
    for (const line of help.out.split("\n")) assert(line.length <= 112, line);
  }
});

Deno.test("hostile counts are told as damage by every command, and repair writes nothing when nothing is whole", () => {
  using folder = temporaryFolder();
  const evil = bytesOf(hexOf(EXAMPLE));
  evil.fill(0xff, 68, 72);
  Deno.writeFileSync(`${folder.path}/evil.odb`, evil);
  for (const command of [["info"], ["verify"], ["text"], ["diff", "evil.odb"], ["merge", "-o", "x.odb"]]) {
    const { code, out, err } = runTool(folder.path, ...command, "evil.odb");
    assertEquals(code, 1, command[0]);
    assertMatch(out + err, /damaged at byte 15: a torrent claims 4294967295 peers/);
  }
  const { code, err } = runTool(folder.path, "repair", "evil.odb", "-o", "y.odb");
  assertEquals([code, err], [1, "No torrent of evil.odb is whole; y.odb was not written\n"]);
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["evil.odb"]);
});
