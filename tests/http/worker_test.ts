import { assert, assertEquals, assertMatch } from "@std/assert";
import { createTable } from "../../src/peers/mod.ts";
import { createCounters } from "../../src/stats/mod.ts";
import { reachedAs } from "../harness.ts";
import { httpAnnounce, httpAnnounceRaw, httpGet, httpScrape, httpSend } from "../http_client.ts";
import { IPV6_LOOPBACK, testWith } from "../requirements.ts";
import { TestServers, TestWorker } from "./http_worker.ts";

const HASH = Uint8Array.of(
  0,
  0xff,
  0x26,
  0x3d,
  0x25,
  0x2b,
  0x20,
  ...crypto.getRandomValues(new Uint8Array(13)),
);

function request(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

testWith([IPV6_LOOPBACK], "peers of 127.0.0.1 and ::1 see each other through one worker", async () => {
  await using servers = await TestServers.start(["127.0.0.1", "::1"]);
  const [ipv4, ipv6] = servers.endpoints;
  assertEquals((await httpAnnounce(ipv4, HASH, { port: 1, left: 0, event: "completed" })).peers, []);
  assertEquals((await httpAnnounce(ipv6, HASH, { port: 2 })).peers, ["127.0.0.1:1"]);
  const answer = await httpAnnounce(ipv4, HASH, { port: 3 });
  assertEquals([answer.complete, answer.incomplete], [1, 2]);
  assertEquals(answer.peers, ["127.0.0.1:1", "[::1]:2"]);
});

testWith([IPV6_LOOPBACK], "an IPv4 client of [::] is an IPv4 peer", async () => {
  await using servers = await TestServers.start(["::"]);
  const ipv4 = reachedAs("127.0.0.1", servers.endpoints[0]);
  const ipv6 = reachedAs("::1", servers.endpoints[0]);
  await httpAnnounce(ipv4, HASH, { port: 1 });
  assertEquals((await httpAnnounce(ipv6, HASH, { port: 2 })).peers, ["127.0.0.1:1"]);
  assertEquals((await httpAnnounce(ipv4, HASH, { port: 3 })).peers, ["127.0.0.1:1", "[::1]:2"]);
});

Deno.test("workers that share a port share the table", async () => {
  await using servers = await TestServers.start(["127.0.0.1"], 2);
  const [endpoint] = servers.endpoints;
  const ports = Array.from({ length: 20 }, (_, i) => i + 1);
  for (const port of ports) await httpAnnounce(endpoint, HASH, { port, numwant: 0 });
  assertEquals((await httpAnnounce(endpoint, HASH, { port: 30, left: 0 })).peers.length, ports.length);
  const stats = JSON.parse(new TextDecoder().decode((await httpGet(endpoint, "/stats.json")).body));
  assertEquals([stats.torrents, stats.peers, stats.seeders, stats.http.announces], [1, 21, 1, 21]);
});

Deno.test("a dictionary answer and a scrape arrive whole", async () => {
  await using servers = await TestServers.start(["127.0.0.1"]);
  const [endpoint] = servers.endpoints;
  const hash = new Uint8Array(20).fill(0xff);
  await httpAnnounce(endpoint, hash, { port: 1, left: 0, event: "completed" });
  const { peers } = await httpAnnounceRaw(endpoint, hash, { port: 2, compact: 0 });
  const ascii = new TextEncoder();
  const peer = { ip: ascii.encode("127.0.0.1"), "peer id": ascii.encode("-TT0001-000000000001"), port: 1 };
  assertEquals(peers, [peer]);
  const scraped = await httpScrape(endpoint, hash);
  assertEquals([scraped?.complete, scraped?.downloaded, scraped?.incomplete], [1, 1, 1]);
});

Deno.test("answers are plain text and are not compressed", async () => {
  await using servers = await TestServers.start(["127.0.0.1"]);
  const [endpoint] = servers.endpoints;
  for (let port = 1; port <= 50; port++) await httpAnnounce(endpoint, HASH, { port });
  const query = `info_hash=${"%00".repeat(20)}&port=1`;
  for (const target of [`/announce?${query}`, `/scrape?${query}`, "/announce", "/health"]) {
    const text =
      `GET ${target} HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip, br\r\nConnection: close\r\n\r\n`;
    const answer = await httpSend(endpoint, request(text));
    assertEquals(answer.status, 200);
    assertMatch(answer.head, /^content-type: text\/plain\r?$/im);
    assert(!/^content-encoding:/im.test(answer.head), answer.head);
  }
});

Deno.test("a client that claims another address is entered by its own", async () => {
  await using servers = await TestServers.start(["127.0.0.1"]);
  const [endpoint] = servers.endpoints;
  const query = `info_hash=ABCDEFGHIJKLMNOPQRST&port=1&ip=192.0.2.1`;
  const headers =
    "Host: a\r\nX-Forwarded-For: 192.0.2.2\r\nForwarded: for=192.0.2.3\r\nConnection: close\r\n";
  await httpSend(endpoint, request(`GET /announce?${query} HTTP/1.1\r\n${headers}\r\n`));
  const hash = new TextEncoder().encode("ABCDEFGHIJKLMNOPQRST");
  assertEquals((await httpAnnounce(endpoint, hash, { port: 2 })).peers, ["127.0.0.1:1"]);
});

const HEALTHY = [
  "GET /health HTTP/1.1\r\nHost: a b/c\r\nConnection: close\r\n\r\n",
  "GET /health HTTP/1.1\r\nHost: a/announce?b=\r\nConnection: close\r\n\r\n",
  "GET /health?/announce HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
  "GET http://a.example/health HTTP/1.1\r\nHost: b.example\r\nConnection: close\r\n\r\n",
];

for (const text of HEALTHY) {
  Deno.test(`the target is found in ${JSON.stringify(text.slice(0, 60))}`, async () => {
    await using servers = await TestServers.start(["127.0.0.1"]);
    const answer = await httpSend(servers.endpoints[0], request(text));
    assertEquals([answer.status, new TextDecoder().decode(answer.body)], [200, "ok"]);
  });
}

Deno.test("what is not a GET of something there is refused", async () => {
  await using servers = await TestServers.start(["127.0.0.1"]);
  const [endpoint] = servers.endpoints;
  const rest = "HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
  const post = await httpSend(endpoint, request(`POST /announce ${rest}Content-Length: 0\r\n\r\n`));
  assertEquals(post.status, 405);
  assertMatch(post.head, /^allow: GET, HEAD\r?$/im);
  assertEquals((await httpSend(endpoint, request(`GET /${"a".repeat(8191)} ${rest}\r\n`))).status, 404);
  assertEquals((await httpSend(endpoint, request(`GET /${"a".repeat(8192)} ${rest}\r\n`))).status, 414);
  const stats = JSON.parse(new TextDecoder().decode((await httpGet(endpoint, "/stats.json")).body));
  assertEquals(stats.http.errors, 3);
});

Deno.test("a HEAD is answered by a head", async () => {
  await using servers = await TestServers.start(["127.0.0.1"]);
  const { hostname, port } = servers.endpoints[0];
  const answer = await fetch(`http://${hostname}:${port}/health`, { method: "HEAD" });
  assertEquals([answer.status, await answer.text()], [200, ""]);
  assertEquals(answer.headers.get("content-length"), "2");
});

Deno.test("a worker that cannot listen says on which address, and why", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using worker = new TestWorker();
  worker.send({
    kind: "start",
    table: createTable({ maxPeers: 10, maxTorrents: 10, peerIds: false }).buffers,
    counters: createCounters(1),
    workerIndex: 0,
    endpoints: [{ hostname: "127.0.0.1", port: 0 }, { hostname: "127.0.0.1", port: taken.addr.port }],
    settings: { intervalSec: 1800, minIntervalSec: 900 },
  });
  const report = await worker.report();
  assert(report.kind === "failed");
  assertMatch(report.message, new RegExp(`127\\.0\\.0\\.1:${taken.addr.port}\\b.*in use`));
});

Deno.test("a worker that is ready names its addresses", async () => {
  await using worker = new TestWorker();
  worker.send({
    kind: "start",
    table: createTable({ maxPeers: 10, maxTorrents: 10, peerIds: false }).buffers,
    counters: createCounters(1),
    workerIndex: 0,
    endpoints: [{ hostname: "127.0.0.1", port: 0 }],
    settings: { intervalSec: 1800, minIntervalSec: 900 },
  });
  const report = await worker.report();
  assert(report.kind === "ready");
  const [address] = report.addresses;
  assert(report.addresses.length === 1 && address.port > 0);
  assertEquals((await httpGet(address, "/health")).status, 200);
});

Deno.test("a worker stops while a client keeps its connection open and another sent half a head", async () => {
  const connections: Deno.TcpConn[] = [];
  {
    await using servers = await TestServers.start(["127.0.0.1"]);
    for (const text of ["GET /health HTTP/1.1\r\nHost: a\r\n\r\n", "GET /health HTTP/1.1\r\nHo"]) {
      const connection = await Deno.connect(servers.endpoints[0]);
      await connection.write(request(text));
      connections.push(connection);
    }
    await connections[0].read(new Uint8Array(1000));
  }
  for (const connection of connections) connection.close();
});
