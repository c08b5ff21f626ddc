// What the tracker does on signals, but for the stops in lifecycle_test.ts.
import { assertEquals } from "@std/assert";
import { randomHash } from "./compact_peers.ts";
import { sourceProgram, startTracker, TempFolder, TEST_ARGS, Tracker } from "./harness.ts";
import { httpAnnounce, httpGet } from "./http_client.ts";
import { readOdb, writeLongOdb } from "./odb_file.ts";

Deno.test("SIGUSR2 saves, and the tracker goes on", async () => {
  using folder = new TempFolder();
  const odb = folder.file("state.odb");
  await using tracker = await startTracker([...TEST_ARGS, "--odb", odb, "--odb-save", "1000000:1000000"]);
  const hashes = [randomHash(), randomHash()];
  for (const [index, hash] of hashes.entries()) {
    await httpAnnounce(tracker.http[0], hash, { port: 6881 });
    tracker.signal("SIGUSR2");
    await tracker.waitForLog(new RegExp(`saved ${index + 1} torrents`));
    const saved = readOdb(await Deno.readFile(odb)).map(({ hash }) => hash.toHex());
    assertEquals(saved, hashes.slice(0, index + 1).map((hash) => hash.toHex()).sort());
  }
  assertEquals((await httpGet(tracker.http[0], "/health")).status, 200);
});

Deno.test("SIGHUP, as from a terminal that closes, does not end the tracker", async () => {
  await using tracker = await startTracker();
  tracker.signal("SIGHUP");
  await tracker.waitForLog(/SIGHUP/);
  assertEquals((await httpGet(tracker.http[0], "/health")).status, 200);
  assertEquals(await tracker.stop(), 0, tracker.log);
});

Deno.test("SIGINT and SIGTERM at the same time are one order to stop", async () => {
  using folder = new TempFolder();
  const odb = folder.file("state.odb");
  await using tracker = await startTracker([...TEST_ARGS, "--odb", odb]);
  const hash = randomHash();
  await httpAnnounce(tracker.http[0], hash, { port: 6881 });
  // While it is held, signals gather.
  tracker.signal("SIGSTOP");
  tracker.signal("SIGINT");
  tracker.signal("SIGTERM");
  tracker.signal("SIGCONT");
  assertEquals(await tracker.end(), 0, tracker.log);
  assertEquals(readOdb(await Deno.readFile(odb)).map(({ hash }) => hash.toHex()), [hash.toHex()]);
});

Deno.test("SIGHUP to the very end, as from a terminal that closes, does not make it a bad one", async () => {
  // The last moment is short: of a few ends one is met in it.
  for (let i = 0; i < 8; i++) {
    await using tracker = await startTracker();
    let hasEnded = false;
    const end = tracker.end().finally(() => hasEnded = true);
    tracker.signal("SIGTERM");
    while (!hasEnded) {
      hangUp(tracker);
      // The end is seen in another turn.
      await new Promise((resolve) => setTimeout(resolve));
    }
    assertEquals(await end, 0, tracker.log);
  }
});

function hangUp(tracker: Tracker): void {
  try {
    tracker.signal("SIGHUP");
  } catch (error) {
    // Deno's word for a process that has ended.
    if (!(error instanceof TypeError)) throw error;
  }
}

const EARLY = [
  { signal: "SIGUSR2", ends: false, answer: / saved / },
  { signal: "SIGHUP", ends: false, answer: /SIGHUP: there is nothing/ },
  { signal: "SIGTERM", ends: true, answer: /stopping/ },
] as const;

for (const { signal, ends, answer } of EARLY) {
  Deno.test(`${signal} while the state is read ${ends ? "stops in order" : "is answered after that"}`, async () => {
    using folder = new TempFolder();
    const odb = folder.file("state.odb");
    const before = writeLongOdb();
    await Deno.writeFile(odb, before);
    await using tracker = new Tracker([...TEST_ARGS, "--odb", odb], sourceProgram());
    await tracker.waitForLog(/restoring from/);
    tracker.signal(signal);
    if (ends) {
      assertEquals(await tracker.end(), 0, tracker.log);
    } else {
      await tracker.waitForLog(/ready/);
      await tracker.waitForLog(answer);
      assertEquals(await tracker.stop(), 0, tracker.log);
    }
    assertEquals((await Deno.readFile(odb)).length, before.length);
  });
}

Deno.test("SIGHUP while the lists are being read has them read anew", async () => {
  using folder = new TempFolder();
  const [white, black] = [folder.file("white.txt"), folder.file("black.txt")];
  const hashes = Array.from({ length: 200_000 }, (_, index) => index.toString(16).padStart(40, "0"));
  await Deno.writeTextFile(white, `${hashes[0]}\n`);
  await Deno.writeTextFile(black, hashes.join("\n"));
  const lists = ["--whitelist", white, "--blacklist", black];
  await using tracker = new Tracker([...TEST_ARGS, ...lists], sourceProgram());
  await tracker.waitForLog(/--whitelist: 1 info hashes in/);
  await Deno.writeTextFile(white, hashes.slice(0, 2).join("\n"));
  tracker.signal("SIGHUP");
  await tracker.waitForLog(/--whitelist: 2 info hashes in/);
  assertEquals(await tracker.stop(), 0, tracker.log);
});
