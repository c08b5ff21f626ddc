// Lists replaced twenty times a second, by SIGHUP, while clients announce: nobody who is on all of them notices.
import { assertEquals } from "@std/assert";
import { randomHash } from "./compact_peers.ts";
import { startTracker, TempFolder, TEST_ARGS, type Tracker } from "./harness.ts";
import { httpAnnounce } from "./http_client.ts";
import { GLIBC, testWith } from "./requirements.ts";
import { statsWhen } from "./stats.ts";
import { UdpClient } from "./udp_client.ts";

const RELOADS = 60;
const RELOAD_MS = 50;
/** Most hashes of a list, so that reading one takes a while and each takes another place in memory. */
const HASHES = 20_000;
const UDP_CLIENTS = 4;

for (const [backend, needs] of [["libc", [GLIBC]], ["deno", []]] as const) {
  testWith([...needs], `reloads under load lose no request and refuse nobody (${backend})`, async () => {
    using folder = new TempFolder();
    const [whitelist, blacklist] = [folder.file("white"), folder.file("black")];
    const known = randomHash();
    await writeList(whitelist, [known], HASHES);
    await writeList(blacklist, [], HASHES);
    const args = ["--udp-backend", backend, "--http-backend", backend];
    const lists = ["--whitelist", whitelist, "--blacklist", blacklist];
    await using tracker = await startTracker([...TEST_ARGS, ...args, ...lists]);
    let isOver = false;
    const announcing = [
      ...Array.from({ length: UDP_CLIENTS }, () => announceOverUdp(tracker, known, () => isOver)),
      announceOverHttp(tracker, known, () => isOver),
    ];
    for (let reload = 0; reload < RELOADS; reload++) {
      await writeList(folder.file("new"), [known], 1 + reload * 7919 % HASHES);
      await Deno.rename(folder.file("new"), whitelist);
      await writeList(folder.file("new"), [], 1 + reload * 104_729 % HASHES);
      await Deno.rename(folder.file("new"), blacklist);
      tracker.signal("SIGHUP");
      await new Promise((resolve) => setTimeout(resolve, RELOAD_MS));
    }
    isOver = true;
    const counts = await Promise.all(announcing);
    const httpCount = counts.pop()!;
    const udpCount = counts.reduce((sum, count) => sum + count, 0);
    // Whatever was sent was answered, by an announce or a connect.
    const { udp, http } = await statsWhen(
      tracker.http[0],
      ({ udp, http }) => udp.connects + udp.announces === udpCount && http.announces === httpCount,
    );
    assertEquals([udp.errors, http.errors], [0, 0]);
    assertEquals((tracker.log.match(/--whitelist: /g) ?? []).length > RELOADS / 4, true, tracker.log);
    assertEquals(tracker.log.includes("warning"), false, tracker.log);
  });
}

async function writeList(path: string, hashes: Uint8Array[], size: number): Promise<void> {
  const all = [...hashes, ...Array.from({ length: size - hashes.length }, randomHash)];
  await Deno.writeTextFile(path, all.map((hash) => `${hash.toHex()}\n`).join(""));
}

/** Announces on and on; returns how many datagrams were sent for that. Fails when an announce is refused. */
async function announceOverUdp(tracker: Tracker, hash: Uint8Array, isOver: () => boolean): Promise<number> {
  using client = await UdpClient.connect(tracker.udp[0]);
  while (!isOver()) await client.announce({ hash, port: 6881 });
  return client.sent;
}

/** Announces on and on; returns how often. Fails when an announce is refused. */
async function announceOverHttp(tracker: Tracker, hash: Uint8Array, isOver: () => boolean): Promise<number> {
  let count = 0;
  for (; !isOver(); count++) await httpAnnounce(tracker.http[0], hash, { port: 6882 });
  return count;
}
