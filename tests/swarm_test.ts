// One swarm for both protocols and both address families, over real sockets (DESIGN: decisions 1 to 4).
import { assertEquals } from "@std/assert";
import { randomHash } from "./compact_peers.ts";
import { type Endpoint, reachedAs, startTracker } from "./harness.ts";
import { httpAnnounce, httpAnnounceRaw, httpScrape } from "./http_client.ts";
import { GLIBC, IPV6_LOOPBACK, testWith } from "./requirements.ts";
import { UDP_EVENT, UdpClient } from "./udp_client.ts";

const BACKENDS = [
  { name: "libc", workers: "2", needs: [IPV6_LOOPBACK, GLIBC] },
  { name: "deno", workers: "1", needs: [IPV6_LOOPBACK] },
];

for (const { name, workers, needs } of BACKENDS) {
  testWith(
    needs,
    `peers over UDP and HTTP, IPv4 and IPv6, see each other (--udp-backend ${name})`,
    async () => {
      const args = ["--listen", "[::]:0", "--udp-backend", name, "--udp-workers", workers];
      await using tracker = await startTracker(args);
      using udp4 = await UdpClient.connect(reachedAs("127.0.0.1", tracker.udp[0]));
      using udp6 = await UdpClient.connect(reachedAs("::1", tracker.udp[0]));
      const http4 = reachedAs("127.0.0.1", tracker.http[0]);
      const http6 = reachedAs("::1", tracker.http[0]);
      await seeOneSwarm(udp4, udp6, http4, http6);
      await seeEachOtherLeave(udp4, http6);
    },
  );
}

/** The port says who is who; 4 and 6 are the families. */
const UDP4 = 1004, UDP6 = 1006, HTTP4 = 2004, HTTP6 = 2006;

/** Four peers on one torrent. UDP gives the family of the packet, HTTP both, and the counts are those of all. */
async function seeOneSwarm(
  udp4: UdpClient,
  udp6: UdpClient,
  http4: Endpoint,
  http6: Endpoint,
): Promise<void> {
  const hash = randomHash();
  const join = { event: UDP_EVENT.started, hash };
  await udp4.announce({ ...join, port: UDP4 });
  await udp6.announce({ ...join, port: UDP6 });
  await httpAnnounce(http4, hash, { port: HTTP4, event: "started", left: 0 });
  await httpAnnounce(http6, hash, { port: HTTP6, event: "completed", left: 0 });

  const overUdp4 = await udp4.announce({ hash, port: UDP4 });
  assertEquals(overUdp4.peers, [`127.0.0.1:${HTTP4}`]);
  const overUdp6 = await udp6.announce({ hash, port: UDP6 });
  assertEquals(overUdp6.peers, [`[::1]:${HTTP6}`]);
  const overHttp4 = await httpAnnounce(http4, hash, { port: HTTP4, left: 0 });
  assertEquals(overHttp4.peers, [`127.0.0.1:${UDP4}`, `[::1]:${UDP6}`, `[::1]:${HTTP6}`]);
  const overHttp6 = await httpAnnounce(http6, hash, { port: HTTP6, left: 0 });
  assertEquals(overHttp6.peers, [`127.0.0.1:${UDP4}`, `127.0.0.1:${HTTP4}`, `[::1]:${UDP6}`]);
  assertEquals(
    await dictionaryPeers(http4, hash),
    [`127.0.0.1:${UDP4}`, `::1:${HTTP6}`, `::1:${UDP6}`].sort(),
  );

  for (const { seeders, leechers } of [overUdp4, overUdp6]) assertEquals([seeders, leechers], [2, 2]);
  for (const { complete, incomplete } of [overHttp4, overHttp6]) assertEquals([complete, incomplete], [2, 2]);
  assertEquals(await udp6.scrape([randomHash(), hash]), [
    { seeders: 0, completed: 0, leechers: 0 },
    { seeders: 2, completed: 1, leechers: 2 },
  ]);
  const { complete, downloaded, incomplete } = (await httpScrape(http6, hash))!;
  assertEquals([complete, downloaded, incomplete], [2, 1, 2]);
}

/** The peers that a seeder gets when it asks for no compact form, as sorted `ip:port`. */
async function dictionaryPeers(http: Endpoint, hash: Uint8Array): Promise<string[]> {
  const { peers } = await httpAnnounceRaw(http, hash, { port: HTTP4, left: 0, compact: 0 });
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return (peers as { ip: Uint8Array; port: number }[]).map(({ ip, port }) => `${text(ip)}:${port}`).sort();
}

/** Who stops over one protocol is gone for the other, and a peer that stops is given nobody. */
async function seeEachOtherLeave(udp4: UdpClient, http6: Endpoint): Promise<void> {
  const hash = randomHash();
  await udp4.announce({ hash, port: UDP4 });
  assertEquals((await httpAnnounce(http6, hash, { port: HTTP6 })).peers, [`127.0.0.1:${UDP4}`]);
  const stopped = await udp4.announce({ hash, port: UDP4, event: UDP_EVENT.stopped });
  assertEquals([stopped.peers, stopped.seeders, stopped.leechers], [[], 0, 1]);
  assertEquals((await httpAnnounce(http6, hash, { port: HTTP6 })).peers, []);
  await httpAnnounce(http6, hash, { port: HTTP6, event: "stopped" });
  assertEquals(await udp4.scrape([hash]), [{ seeders: 0, completed: 0, leechers: 0 }]);
}
