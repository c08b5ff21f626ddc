// A flood of random info hashes on a tracker that takes few: its memory stays as it is, and what it knows is served.
// FLOOD_TORRENTS sets how many; `deno task test:flood` takes ten million.
import { assert, assertEquals } from "@std/assert";
import { randomHash } from "./compact_peers.ts";
import { type Endpoint, sourceProgram, startTracker, TempFolder, TEST_ARGS, Tracker } from "./harness.ts";
import { httpAnnounce } from "./http_client.ts";
import { readOdb } from "./odb_file.ts";
import { GLIBC, testWith } from "./requirements.ts";
import { readStats, statsWhen } from "./stats.ts";
import { UdpClient } from "./udp_client.ts";

const TORRENTS = Number(Deno.env.get("FLOOD_TORRENTS") ?? 100_000);
const MAX_TORRENTS = 1000;
const KNOWN = 50;
/** What the heaps of the threads may vary by, whatever the length of the flood. */
const MEMORY_VARIES_BYTES = 48 * 2 ** 20;
const FLOOD_MS_MAX = 900_000;
const MINUTE_MS = 60_000;

testWith([GLIBC], `a flood of ${TORRENTS} torrents costs no memory and no known torrent`, async () => {
  using folder = new TempFolder();
  const odb = folder.file("state.odb");
  const limits = ["--max-torrents", `${MAX_TORRENTS}`, "--max-peers", "10000", "--odb", odb];
  await using tracker = await startTracker([...TEST_ARGS, ...limits]);
  const startMs = performance.now();
  const [http] = tracker.http;
  const known = Array.from({ length: KNOWN }, randomHash);
  using client = await UdpClient.connect(tracker.udp[0]);
  for (const hash of known) await client.announce({ hash, port: 1001, left: 0 });

  // Until the table is full and the code is warm.
  await flood(tracker.udp[0], 20_000, 1);
  const before = await statsWhen(http, ({ torrents }) => torrents === MAX_TORRENTS);
  const memoryBefore = residentBytes(tracker);
  await flood(tracker.udp[0], TORRENTS, 2);
  const after = await readStats(http);
  assertEquals([after.torrents, after.table.bytes_used], [MAX_TORRENTS, before.table.bytes_used]);
  assert(after.table.rejected_full - before.table.rejected_full >= TORRENTS, JSON.stringify(after.table));
  const more = residentBytes(tracker) - memoryBefore;
  assert(more < MEMORY_VARIES_BYTES, `${more} bytes more`);

  for (const hash of known) {
    const { peers } = await client.announce({ hash, port: 1002 });
    assertEquals(peers, ["127.0.0.1:1001"]);
    assertEquals((await httpAnnounce(http, hash, { port: 1001, left: 0 })).peers, ["127.0.0.1:1002"]);
  }
  const minutes = Math.ceil((performance.now() - startMs) / MINUTE_MS);
  const warnings = tracker.log.match(/the table is full/g)?.length ?? 0;
  assert(warnings >= 1 && warnings <= minutes, tracker.log);
  assertEquals(await tracker.stop(), 0, tracker.log);
  const saved = new Map(
    readOdb(await Deno.readFile(odb)).map(({ hash, peers }) => [hash.toHex(), peers.length / 8]),
  );
  assertEquals(known.map((hash) => saved.get(hash.toHex())), known.map(() => 2));
});

/** Announces a peer in each of so many torrents, which another seed makes others. */
async function flood({ hostname, port }: Endpoint, torrents: number, seed: number): Promise<void> {
  const counts = ["--torrents", `${torrents}`, "--peers", `${torrents}`, "--fill", `${torrents}`];
  const rest = ["--skew", "0", "--numwant", "0", "--seed", `${seed}`, "--warmup", "0", "--duration", "1"];
  const quiet = ["--rate", "1", "--addresses", "256"];
  const args = ["load", ...counts, ...rest, ...quiet, `udp://${hostname}:${port}`];
  await using load = new Tracker(args, sourceProgram());
  assertEquals(await load.end(FLOOD_MS_MAX), 0, load.log);
}

/** Memory of the tracker's process that is in use. */
function residentBytes({ pid }: Tracker): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))!;
  return Number(kibibytes) * 1024;
}
