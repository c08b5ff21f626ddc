// What must hold over a restart, for whichever way the tracker is started and ended.
import { assertEquals } from "@std/assert";
import { randomHash } from "./compact_peers.ts";
import { type Endpoint, type Program, reachedAs, startTracker, TempFolder, type Tracker } from "./harness.ts";
import { IPV6_LOOPBACK } from "./requirements.ts";
import { statsWhen } from "./stats.ts";
import { UDP_EVENT, UdpClient } from "./udp_client.ts";

/** How a tracker comes to its end with its state in the file. */
export type End = (tracker: Tracker) => Promise<void>;

/** SIGTERM: the tracker saves by itself and says that all went well. */
export async function stopInOrder(tracker: Tracker): Promise<void> {
  assertEquals(await tracker.stop(), 0, tracker.log);
}

/** SIGUSR2, and once that save is done SIGKILL, as a crash or a power cut would end it. */
export async function saveThenKill(tracker: Tracker): Promise<void> {
  tracker.signal("SIGUSR2");
  await statsWhen(reachedAs("127.0.0.1", tracker.http[0]), ({ odb }) => odb.saves === 1);
  await tracker.kill();
}

/** No save but those that the test asks for. */
const NO_RULE = "1000000:1000000";

const SEEDERS = 12, LEECHERS = 25, COMPLETED = 5, IPV6_PEERS = 4;
const FIRST_PORT = 10_000;

/**
 * Fills a tracker over UDP, ends it, starts another on its file, and compares: peers, seeders and completed counts of a
 * busy torrent, the completed count of one that everybody left, and the marks that keep a peer from completing twice.
 */
export async function keepsSwarmsOverRestart(program: Program, end: End): Promise<void> {
  using folder = new TempFolder();
  const args = ["--udp-workers", "2", "--odb", folder.file("state.odb"), "--odb-save", NO_RULE];
  const busy = randomHash(), left = randomHash();

  const before = await start(args, program);
  await using first = before.tracker;
  const filled = await fill(before.udp, busy, left);
  await end(first);

  const after = await start(args, program);
  await using second = after.tracker;
  using client = await UdpClient.connect(after.udp[0]);
  assertEquals(await client.scrape([busy, left]), filled.scrape);
  const completedAgain = { hash: busy, port: FIRST_PORT, left: 0, event: UDP_EVENT.completed, numWant: 200 };
  const answer = await client.announce(completedAgain);
  assertEquals(answer.peers, filled.peers.filter((peer) => peer !== `127.0.0.1:${FIRST_PORT}`));
  assertEquals(await client.scrape([busy, left]), filled.scrape);
  if (after.udp[1] !== undefined) {
    using client6 = await UdpClient.connect(after.udp[1]);
    assertEquals((await client6.announce({ hash: busy, port: 1, numWant: 60 })).peers, filled.peers6);
  }
  assertEquals(await second.stop(), 0, second.log);
}

/** Starts a tracker for both families, or for IPv4 alone where the machine has no IPv6; `udp` reaches each of them. */
async function start(args: string[], program: Program): Promise<{ tracker: Tracker; udp: Endpoint[] }> {
  if (!IPV6_LOOPBACK.present) {
    console.log("SKIPPED: the IPv6 part of the restart test: this machine has no ::1");
    const tracker = await startTracker(["--listen", "127.0.0.1:0", ...args], program);
    return { tracker, udp: tracker.udp };
  }
  const tracker = await startTracker(["--listen", "[::]:0", ...args], program);
  return { tracker, udp: [reachedAs("127.0.0.1", tracker.udp[0]), reachedAs("::1", tracker.udp[0])] };
}

/** Announces both swarms; returns what a client of the next tracker must find. */
async function fill(udp: Endpoint[], busy: Uint8Array, left: Uint8Array) {
  using client = await UdpClient.connect(udp[0]);
  const ports = Array.from({ length: SEEDERS + LEECHERS }, (_, index) => FIRST_PORT + index);
  for (const [index, port] of ports.entries()) {
    const announce = { hash: busy, port, left: index < SEEDERS ? 0 : 1 };
    await client.announce({
      ...announce,
      event: index < COMPLETED ? UDP_EVENT.completed : UDP_EVENT.started,
    });
  }
  await client.announce({ hash: left, port: FIRST_PORT, left: 0, event: UDP_EVENT.completed });
  await client.announce({ hash: left, port: FIRST_PORT, left: 0, event: UDP_EVENT.stopped });

  const peers6: string[] = [];
  if (udp[1] !== undefined) {
    using client6 = await UdpClient.connect(udp[1]);
    for (let port = FIRST_PORT; port < FIRST_PORT + IPV6_PEERS; port++) {
      await client6.announce({ hash: busy, port, event: UDP_EVENT.started });
      peers6.push(`[::1]:${port}`);
    }
  }
  const scrape = await client.scrape([busy, left]);
  assertEquals(scrape, [
    { seeders: SEEDERS, completed: COMPLETED, leechers: LEECHERS + peers6.length },
    { seeders: 0, completed: 1, leechers: 0 },
  ]);
  return { scrape, peers: ports.map((port) => `127.0.0.1:${port}`), peers6 };
}
