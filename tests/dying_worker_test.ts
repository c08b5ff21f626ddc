// A worker that dies takes the process down: with exit code 1, a log line that names it, and the state saved.
import { assertEquals, assertMatch } from "@std/assert";
import { randomHash } from "./compact_peers.ts";
import { type Program, runToEnd, sourceProgram, startTracker, TempFolder, TEST_ARGS } from "./harness.ts";
import { httpAnnounce } from "./http_client.ts";
import { odbPeer, readOdb, writeOdb } from "./odb_file.ts";
import { UdpClient } from "./udp_client.ts";

const PORT = 6881;

/** The tracker whose workers of one kind run a module of tests/dying. */
function dyingProgram(module: string, kind: string): Program {
  const { command, args, cwd } = sourceProgram();
  return { command, args: [...args.slice(0, -1), "tests/dying/main.ts", module, kind], cwd };
}

/** The tracker's arguments for an ODB file; it saves by no rule, only at its end and when it is told to. */
function argsFor(odb: string): string[] {
  return [...TEST_ARGS, "--odb", odb, "--odb-save", "1000000:1000000"];
}

/** The hashes in the file and how many peers each torrent has; the file must be whole. */
async function torrentsIn(odb: string): Promise<[string, number][]> {
  return readOdb(await Deno.readFile(odb)).map(({ hash, peers }) => [hash.toHex(), peers.length / 8]);
}

const WORKERS = [
  { kind: "udp", name: /udp-[12]/ },
  { kind: "http", name: /http-\d/ },
  { kind: "keeper", name: /keeper/ },
  { kind: "saver", name: /saver/ },
];

for (const { kind, name } of WORKERS) {
  Deno.test(`a ${kind} worker that dies ends the tracker after a save`, async () => {
    using folder = new TempFolder();
    const odb = folder.file("state.odb");
    const program = dyingProgram("at_first_peer.ts", kind);
    await using tracker = await startTracker(argsFor(odb), program);
    const hash = randomHash();
    if (kind === "http") {
      using client = await UdpClient.connect(tracker.udp[0]);
      await client.announce({ hash, port: PORT });
    } else {
      await httpAnnounce(tracker.http[0], hash, { port: PORT });
    }
    assertEquals(await tracker.end(), 1, tracker.log);
    assertMatch(tracker.log, new RegExp(`^.*error.*${name.source}.*dead at the first peer.*$`, "m"));
    assertEquals(await torrentsIn(odb), [[hash.toHex(), 1]], tracker.log);
  });

  Deno.test(`a ${kind} worker that dies before it is ready ends the tracker after a save, too`, async () => {
    using folder = new TempFolder();
    const odb = folder.file("state.odb");
    const hash = randomHash();
    await Deno.writeFile(odb, writeOdb([{ hash, completed: 3, peers: odbPeer(0x7f000001, PORT) }]));
    const { code, log } = await runToEnd(argsFor(odb), dyingProgram("at_start.ts", kind));
    assertEquals(code, 1, log);
    assertMatch(log, new RegExp(`^.*error.*${name.source}.*dead at the start.*$`, "m"));
    assertEquals(/\bready\b/.test(log), false, log);
    assertMatch(log, /saved 1 torrents and 1 peers/);
    assertEquals(await torrentsIn(odb), [[hash.toHex(), 1]]);
  });
}

for (const signal of ["SIGUSR2", "SIGTERM"] as const) {
  Deno.test(`a saver that dies in the save asked for by ${signal} loses nothing`, async () => {
    using folder = new TempFolder();
    const odb = folder.file("state.odb");
    await using tracker = await startTracker(argsFor(odb), dyingProgram("at_save.ts", "saver"));
    const hash = randomHash();
    await httpAnnounce(tracker.http[0], hash, { port: PORT });
    tracker.signal(signal);
    assertEquals(await tracker.end(), 1, tracker.log);
    assertMatch(tracker.log, /^.*error.*saver.*dead at the save.*$/m);
    assertEquals(await torrentsIn(odb), [[hash.toHex(), 1]], tracker.log);
  });
}

Deno.test("the last save does not wait for one that gives way and gets nowhere", async () => {
  using folder = new TempFolder();
  const odb = folder.file("state.odb");
  await using tracker = await startTracker(argsFor(odb), dyingProgram("slow_save.ts", "saver"));
  const hash = randomHash();
  await httpAnnounce(tracker.http[0], hash, { port: PORT });
  tracker.signal("SIGUSR2");
  await tracker.waitForLog(/saving slowly/);
  tracker.signal("SIGTERM");
  assertEquals(await tracker.end(), 0, tracker.log);
  assertEquals(/error/.test(tracker.log), false, tracker.log);
  assertEquals(await torrentsIn(odb), [[hash.toHex(), 1]], tracker.log);
});
