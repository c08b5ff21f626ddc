// A state that is restored and never written.
import { assert, assertEquals } from "@std/assert";
import { randomHash } from "./compact_peers.ts";
import { startTracker, TempFolder, TEST_ARGS } from "./harness.ts";
import { httpAnnounce } from "./http_client.ts";
import { odbPeer, writeOdb } from "./odb_file.ts";
import { readStats } from "./stats.ts";

/** The names of what is in the folder. */
function names(folder: TempFolder): string[] {
  return [...Deno.readDirSync(folder.path)].map(({ name }) => name).sort();
}

Deno.test("with --odb-readonly the state is restored, and nothing is written, asked for or not", async () => {
  using folder = new TempFolder();
  const odb = folder.file("state.odb");
  const bytes = writeOdb([{ hash: randomHash(), completed: 0, peers: odbPeer(0x7f000001, 1) }]);
  await Deno.writeFile(odb, bytes);
  await using tracker = await startTracker([...TEST_ARGS, "--odb", odb, "--odb-readonly"]);
  const [http] = tracker.http;
  await httpAnnounce(http, randomHash(), { port: 2 });
  tracker.signal("SIGUSR2");
  await tracker.waitForLog(/SIGUSR2: there is no file to save to/);
  const { torrents, odb: counted } = await readStats(http);
  assertEquals([torrents, counted.restored_peers, counted.saves], [2, 1, 0]);
  assertEquals(await tracker.stop(), 0, tracker.log);
  assertEquals(await Deno.readFile(odb), bytes);
  assertEquals(names(folder), ["state.odb"]);
});

Deno.test("with --odb-readonly a damaged state is restored up to the damage, and no copy is made", async () => {
  using folder = new TempFolder();
  const odb = folder.file("state.odb");
  const torrents = [randomHash(), randomHash()].map((hash) => ({
    hash,
    completed: 0,
    peers: odbPeer(0x7f000001, 1),
  }));
  await Deno.writeFile(odb, writeOdb(torrents).subarray(0, -3));
  await using tracker = await startTracker([...TEST_ARGS, "--odb", odb, "--odb-readonly"]);
  assert(/is damaged at byte \d+: .*; its 1 whole torrents were restored\n/.test(tracker.log), tracker.log);
  assertEquals(await tracker.stop(), 0, tracker.log);
  assertEquals(names(folder), ["state.odb"]);
});

Deno.test("several trackers may read one state", async () => {
  using folder = new TempFolder();
  const odb = folder.file("state.odb");
  await using writer = await startTracker([...TEST_ARGS, "--odb", odb]);
  await using reader = await startTracker([...TEST_ARGS, "--odb", odb, "--odb-readonly"]);
  assertEquals(await reader.stop(), 0, reader.log);
  assertEquals(await writer.stop(), 0, writer.log);
});
