// The ODB file of a running tracker: who may have it, what is refused, and what is left of it in every case.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { randomHash } from "./compact_peers.ts";
import { runToEnd, startTracker, TempFolder, TEST_ARGS } from "./harness.ts";
import { httpAnnounce } from "./http_client.ts";
import { odbPeer, type OdbTorrent, readOdb, writeOdb } from "./odb_file.ts";
import { PROCESS_MS } from "./process.ts";
import { readStats } from "./stats.ts";
import { UdpClient } from "./udp_client.ts";
import { within } from "./within.ts";

Deno.test("a second tracker on the same ODB file refuses to start", async () => {
  using folder = new TempFolder();
  const odb = folder.file("state.odb");
  await using tracker = await startTracker([...TEST_ARGS, "--odb", odb]);
  const { code, log } = await runToEnd([...TEST_ARGS, "--odb", odb]);
  assertEquals(code, 1, log);
  assert(log.includes(odb), log);
  assertEquals((await httpAnnounce(tracker.http[0], randomHash(), { port: 1 })).incomplete, 1);
});

const NOT_ODB = [
  { what: "another magic", bytes: new TextEncoder().encode("OPENTRACKET0001\xff") },
  { what: "another version", bytes: new TextEncoder().encode("OPENTRACKER0002\xff") },
  { what: "a text", bytes: new TextEncoder().encode("Dear diary,\n") },
];

for (const { what, bytes } of NOT_ODB) {
  Deno.test(`a file that is no ODB is refused and stays as it is: ${what}`, async () => {
    using folder = new TempFolder();
    const odb = folder.file("state.odb");
    await Deno.writeFile(odb, bytes);
    const { code, log } = await runToEnd([...TEST_ARGS, "--odb", odb]);
    assertEquals(code, 3, log);
    assert(log.includes(odb), log);
    assertEquals(await Deno.readFile(odb), bytes);
  });
}

Deno.test("a folder in the place of the ODB is refused, and nothing is made beside it", async () => {
  using folder = new TempFolder();
  const odb = folder.file("state.odb");
  await Deno.mkdir(odb);
  const { code, log } = await runToEnd([...TEST_ARGS, "--odb", odb]);
  assertEquals(code, 3, log);
  assert(log.includes(odb), log);
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["state.odb"]);
});

Deno.test("an ODB that could not be saved keeps the tracker from starting", async () => {
  using folder = new TempFolder();
  const odb = folder.file("state.odb");
  await Deno.mkdir(`${odb}.tmp/inside`, { recursive: true });
  const { code, log } = await runToEnd([...TEST_ARGS, "--odb", odb]);
  assertEquals(code, 1, log);
  assert(log.includes(`Cannot save to ${odb}: `), log);
});

for (const name of ["state.odb.sum", "state.odb.sum.tmp", "state.odb6.sum"]) {
  Deno.test(`a folder in the place of ${name} keeps the tracker from starting`, async () => {
    using folder = new TempFolder();
    const odb = folder.file("state.odb");
    await Deno.writeFile(odb, writeOdb([]));
    await Deno.mkdir(folder.file(name));
    const { code, log } = await runToEnd([...TEST_ARGS, "--odb", odb]);
    assertEquals(code, 1, log);
    assertMatch(log, /Cannot save to .*state\.odb6?: /);
    assert(log.includes(`${folder.file(name)} is a folder`), log);
  });
}

Deno.test("a start that fails for another reason leaves a damaged ODB alone", async () => {
  using folder = new TempFolder();
  const odb = folder.file("state.odb");
  await Deno.writeFile(odb, writeOdb([]).slice(0, -1));
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { code, log } = await runToEnd(["--http", `127.0.0.1:${taken.addr.port}`, "--odb", odb]);
  assertEquals(code, 1, log);
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["state.odb"]);
});

Deno.test("runs that are cut short one after another keep one copy of a damaged ODB", async () => {
  using folder = new TempFolder();
  const odb = folder.file("state.odb");
  await Deno.writeFile(odb, writeOdb([]).slice(0, -1));
  const copies = () =>
    [...Deno.readDirSync(folder.path)].map(({ name }) => name).filter((name) => name.includes("damaged"));
  const run = async () => {
    await using tracker = await startTracker([...TEST_ARGS, "--odb", odb]);
    await tracker.kill();
    return tracker.log;
  };
  await run();
  const kept = copies();
  assertEquals(kept.length, 1);
  const log = await run();
  assertEquals(copies(), kept);
  assert(log.includes(kept[0]), log);
});

Deno.test("a damaged ODB is copied aside, and its whole torrents are served", async () => {
  using folder = new TempFolder();
  const odb = folder.file("state.odb");
  const torrents = [0, 1, 2].map((index) => ({
    hash: randomHash(),
    completed: index,
    peers: odbPeer(0x7f000001, 5000 + index),
  }));
  const thirdAt = writeOdb(torrents.slice(0, 2)).length - 1;
  const damaged = writeOdb(torrents).slice(0, thirdAt + 60);
  await Deno.writeFile(odb, damaged);

  await using tracker = await startTracker([...TEST_ARGS, "--odb", odb]);
  const aside = [...Deno.readDirSync(folder.path)].filter(({ name }) =>
    /^state\.odb\.damaged-\d+$/.test(name)
  );
  assertEquals(aside.length, 1);
  assertEquals(await Deno.readFile(folder.file(aside[0].name)), damaged);
  assertMatch(tracker.log, new RegExp(`^.*state\\.odb.*\\b${thirdAt}\\b.*$`, "m"));

  using client = await UdpClient.connect(tracker.udp[0]);
  assertEquals(await client.scrape(torrents.map(({ hash }) => hash)), [
    { seeders: 0, completed: 0, leechers: 1 },
    { seeders: 0, completed: 1, leechers: 1 },
    { seeders: 0, completed: 0, leechers: 0 },
  ]);
  assertEquals(await tracker.stop(), 0, tracker.log);
  assertEquals(readOdb(await Deno.readFile(odb)).length, 2);
});

Deno.test("an ODB that its checksum file disagrees with is told of, copied aside and served", async () => {
  using folder = new TempFolder();
  const odb = folder.file("state.odb");
  const hash = randomHash();
  await Deno.writeFile(odb, writeOdb([{ hash, completed: 0, peers: odbPeer(0x7f000001, 5000) }]));
  await using first = await startTracker([...TEST_ARGS, "--odb", odb]);
  assertMatch(first.log, /^.*info .*there is no .*state\.odb\.sum.*$/m);
  assertEquals(await first.stop(), 0, first.log);
  const bytes = await Deno.readFile(odb);
  bytes[bytes.length - 2] ^= 1;
  await Deno.writeFile(odb, bytes);

  await using second = await startTracker([...TEST_ARGS, "--odb", odb]);
  assertMatch(second.log, /^.*warning .*state\.odb is damaged somewhere: .*state\.odb\.sum disagrees.*$/m);
  const aside = [...Deno.readDirSync(folder.path)].filter(({ name }) => name.includes("damaged"));
  assertEquals(aside.length, 1);
  assertEquals(await Deno.readFile(folder.file(aside[0].name)), bytes);
  using client = await UdpClient.connect(second.udp[0]);
  assertEquals(await client.scrape([hash]), [{ seeders: 0, completed: 0, leechers: 1 }]);
  assertEquals(await second.stop(), 0, second.log);

  await using third = await startTracker([...TEST_ARGS, "--odb", odb]);
  assertEquals(/damaged|no .*\.sum/.test(third.log), false, third.log);
});

for (const limit of ["--max-peers", "--max-torrents"]) {
  Deno.test(`a state for which ${limit} has no room is refused and stays as it is`, async () => {
    using folder = new TempFolder();
    const odb = folder.file("state.odb");
    const bytes = writeOdb([1, 2].map((port) => ({
      hash: randomHash(),
      completed: 0,
      peers: odbPeer(0x7f000001, port),
    })));
    await Deno.writeFile(odb, bytes);
    const { code, log } = await runToEnd([...TEST_ARGS, "--odb", odb, limit, "1"]);
    assertEquals(code, 2, log);
    assert(log.includes(`${limit} 1`) && log.includes(odb), log);
    assertEquals(await Deno.readFile(odb), bytes);
  });
}

Deno.test("a state that fills the table exactly is restored, whatever comes twice in it", async () => {
  using folder = new TempFolder();
  const odb = folder.file("state.odb");
  const hash = randomHash();
  const [first, second] = [1, 2].map((port) => odbPeer(0x7f000001, port));
  await Deno.writeFile(
    odb,
    writeOdb([
      { hash, completed: 0, peers: Uint8Array.of(...first, ...second) },
      { hash: randomHash(), completed: 0, peers: Uint8Array.of(...second, ...second) },
      { hash, completed: 0, peers: Uint8Array.of(...second, ...first) },
    ]),
  );
  await using tracker = await startTracker([...TEST_ARGS, "--odb", odb, "--max-peers=3", "--max-torrents=2"]);
  assertEquals((await readStats(tracker.http[0])).odb.restored_peers, 3);
  assertEquals(/had no room/.test(tracker.log), false, tracker.log);
});

Deno.test("SIGTERM while a save runs leaves one whole file", async () => {
  using folder = new TempFolder();
  const odb = folder.file("state.odb");
  const torrents = largeState();
  await Deno.writeFile(odb, writeOdb(torrents));
  await using tracker = await startTracker([...TEST_ARGS, "--odb", odb]);
  assertEquals((await readStats(tracker.http[0])).odb.restored_peers, TORRENTS * PEERS);

  await startOfSave(folder, () => tracker.signal("SIGUSR2"));
  assertEquals(await tracker.stop(), 0, tracker.log);

  const saved = readOdb(await Deno.readFile(odb));
  assertEquals(saved.map(({ hash }) => hash.toHex()), torrents.map(({ hash }) => hash.toHex()));
  assertEquals(new Set(saved.map(({ peers }) => peers.length)), new Set([PEERS * odbPeer(0, 0).length]));
  const names = [...Deno.readDirSync(folder.path)].map(({ name }) => name);
  assertEquals(names.sort(), ["state.odb", "state.odb.key", "state.odb.lock", "state.odb.sum"]);
});

const TORRENTS = 1000, PEERS = 1000;

/** A state that takes a while to write: a million peers. Torrents are in ascending order. */
function largeState(): OdbTorrent[] {
  const peers = new Uint8Array(PEERS * odbPeer(0, 0).length);
  for (let index = 0; index < PEERS; index++) {
    peers.set(odbPeer(0x0a000000 + index, 6881), index * odbPeer(0, 0).length);
  }
  const hashes = Array.from({ length: TORRENTS }, randomHash).sort((a, b) => a.toHex() < b.toHex() ? -1 : 1);
  return hashes.map((hash) => ({ hash, completed: 1, peers }));
}

/** Asks for a save and returns as soon as the system reports that a file was made in the folder. */
async function startOfSave(folder: TempFolder, ask: () => void): Promise<void> {
  using watcher = Deno.watchFs(folder.path);
  const created = (async () => {
    for await (const { kind } of watcher) if (kind === "create") return;
  })();
  ask();
  await within(PROCESS_MS, created, () => "No save begins");
}
