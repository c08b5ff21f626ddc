// What the tracker does on signals, but for the stops in lifecycle_test.ts.
import { assertEquals } from "@std/assert";
import { randomHash } from "./compact_peers.ts";
import { startTracker, TempFolder, TEST_ARGS } from "./harness.ts";
import { httpAnnounce, httpGet } from "./http_client.ts";
import { readOdb } from "./odb_file.ts";

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
