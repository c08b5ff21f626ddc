// What HTTP workers do over sockets, with either backend.
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { HttpEndpoint } from "../../src/addresses/mod.ts";
import { createFullScrapeTimes } from "../../src/http/mod.ts";
import { createTable, tableStats } from "../../src/peers/mod.ts";
import { createCounters, createHeartbeat } from "../../src/stats/mod.ts";
import { reachedAs, TempFolder } from "../harness.ts";
import { httpAnnounce, httpAnnounceRaw, httpScrape, httpSend } from "../http_client.ts";
import { IPV6_LOOPBACK } from "../requirements.ts";
import { startThread, tcp, testBackends, TestServers } from "./http_worker.ts";
import { get, RawClient } from "./raw_client.ts";

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

testBackends("peers of 127.0.0.1 and ::1 see each other through one worker", async (backend) => {
  await using servers = await TestServers.start({ backend, endpoints: [tcp("127.0.0.1"), tcp("::1")] });
  const ipv4 = servers.address(0), ipv6 = servers.address(1);
  assertEquals((await httpAnnounce(ipv4, HASH, { port: 1, left: 0, event: "completed" })).peers, []);
  assertEquals((await httpAnnounce(ipv6, HASH, { port: 2 })).peers, ["127.0.0.1:1"]);
  const answer = await httpAnnounce(ipv4, HASH, { port: 3 });
  assertEquals([answer.complete, answer.incomplete], [1, 2]);
  assertEquals(answer.peers, ["127.0.0.1:1", "[::1]:2"]);
}, [IPV6_LOOPBACK]);

testBackends("an IPv4 client of [::] is an IPv4 peer", async (backend) => {
  await using servers = await TestServers.start({ backend, endpoints: [tcp("::")] });
  const ipv4 = reachedAs("127.0.0.1", servers.address());
  const ipv6 = reachedAs("::1", servers.address());
  await httpAnnounce(ipv4, HASH, { port: 1 });
  assertEquals((await httpAnnounce(ipv6, HASH, { port: 2 })).peers, ["127.0.0.1:1"]);
  assertEquals((await httpAnnounce(ipv4, HASH, { port: 3 })).peers, ["127.0.0.1:1", "[::1]:2"]);
}, [IPV6_LOOPBACK]);

testBackends("workers that share a port share the table", async (backend) => {
  await using servers = await TestServers.start({ backend, workerCount: 2 });
  const ports = Array.from({ length: 20 }, (_, i) => i + 1);
  for (const port of ports) await httpAnnounce(servers.address(), HASH, { port, numwant: 0 });
  const { peers } = await httpAnnounce(servers.address(), HASH, { port: 30, left: 0 });
  assertEquals(peers.length, ports.length);
  const { torrents, peers: stored, seeders } = tableStats(servers.table);
  assertEquals([torrents, stored, seeders, servers.requests.httpAnnounces], [1, 21, 1, 21]);
});

testBackends("a dictionary answer and a scrape arrive whole", async (backend) => {
  await using servers = await TestServers.start({ backend });
  const hash = new Uint8Array(20).fill(0xff);
  await httpAnnounce(servers.address(), hash, { port: 1, left: 0, event: "completed" });
  const { peers } = await httpAnnounceRaw(servers.address(), hash, { port: 2, compact: 0 });
  const ascii = new TextEncoder();
  const peer = { ip: ascii.encode("127.0.0.1"), "peer id": ascii.encode("-TT0001-000000000001"), port: 1 };
  assertEquals(peers, [peer]);
  const scraped = await httpScrape(servers.address(), hash);
  assertEquals([scraped?.complete, scraped?.downloaded, scraped?.incomplete], [1, 1, 1]);
});

testBackends("answers are plain text and are not compressed", async (backend) => {
  await using servers = await TestServers.start({ backend });
  for (let port = 1; port <= 50; port++) await httpAnnounce(servers.address(), HASH, { port });
  const query = `info_hash=${"%00".repeat(20)}&port=1`;
  for (const target of [`/announce?${query}`, `/scrape?${query}`, "/announce", "/health"]) {
    const text = get(target, "Accept-Encoding: gzip, br", "Connection: close");
    const answer = await httpSend(servers.address(), request(text));
    assertEquals(answer.status, 200);
    assertMatch(answer.head, /^content-type: text\/plain\r?$/im);
    assert(!/^content-encoding:/im.test(answer.head), answer.head);
  }
});

testBackends("a client that claims another address is entered by its own", async (backend) => {
  await using servers = await TestServers.start({ backend });
  const lines = ["X-Forwarded-For: 192.0.2.2", "Forwarded: for=192.0.2.3", "Connection: close"];
  const text = get("/announce?info_hash=ABCDEFGHIJKLMNOPQRST&port=1&ip=192.0.2.1", ...lines);
  await httpSend(servers.address(), request(text));
  const hash = new TextEncoder().encode("ABCDEFGHIJKLMNOPQRST");
  assertEquals((await httpAnnounce(servers.address(), hash, { port: 2 })).peers, ["127.0.0.1:1"]);
});

testBackends("each listener has its own rule about proxies", async (backend) => {
  const trusting: HttpEndpoint = {
    kind: "tcp",
    hostname: "127.0.0.1",
    port: 0,
    proxyHeader: "X-Forwarded-For",
    serves: "all",
  };
  const trustedProxies = [{ network: [127, 0, 0, 1], prefixBits: 32 }];
  const endpoints = [trusting, tcp("127.0.0.1")];
  await using servers = await TestServers.start({ backend, endpoints, trustedProxies });
  const target = "/announce?info_hash=ABCDEFGHIJKLMNOPQRST&left=0&port=";
  const lines = ["X-Forwarded-For: 198.51.100.1", "x-forwarded-for: 192.0.2.2,  192.0.2.3"];
  for (const [index, endpoint] of servers.endpoints.entries()) {
    using client = await RawClient.connect(endpoint);
    await client.send(get(`${target}${index + 1}`, ...lines));
    assertEquals((await client.answer()).status, 200);
  }
  const hash = new TextEncoder().encode("ABCDEFGHIJKLMNOPQRST");
  const { peers } = await httpAnnounce(servers.address(1), hash, { port: 3 });
  assertEquals(peers, ["127.0.0.1:2", "192.0.2.3:1"]);
});

testBackends(
  "a Unix-domain socket serves whom the proxy tells of, by its mode nobody else",
  async (backend) => {
    using folder = new TempFolder();
    const path = `${folder.path}/http.sock`;
    {
      const endpoints: HttpEndpoint[] = [{ kind: "unix", path, proxyHeader: "X-Real-IP", serves: "all" }];
      await using servers = await TestServers.start({ backend, endpoints, workerCount: 2 });
      assertEquals(Deno.statSync(path).mode! & 0o777, 0o660);
      const target = "/announce?info_hash=ABCDEFGHIJKLMNOPQRST&left=0&compact=0&port=";
      for (let i = 1; i <= 4; i++) {
        using client = await RawClient.connect(servers.endpoints[0]);
        await client.send(get(`${target}${i}`, `X-Real-IP: 192.0.2.${i}`));
        await client.send(get(`${target}${i}`));
        assertEquals((await client.answer()).body.split("2:ip").length, i);
        assertMatch((await client.answer()).body, /^d14:failure reason/);
      }
    }
    assertEquals([...Deno.readDirSync(folder.path)], []);
  },
);

testBackends("HTTP/1.1 connections stay open, through answers of all kinds", async (backend) => {
  await using servers = await TestServers.start({ backend });
  using client = await RawClient.connect(servers.endpoints[0]);
  for (const [target, status] of [["/health", 200], ["/nothing", 404], ["/announce", 200]] as const) {
    await client.send(get(target));
    const answer = await client.answer();
    assertEquals(answer.status, status);
    assertEquals(answer.fields.get("connection"), undefined);
    assertMatch(answer.fields.get("date") ?? "", /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
  }
  await client.send(get("/health", "Connection: foo , CLOSE"));
  assertEquals((await client.answer()).body, "ok");
  assertEquals(await client.end(), "");
});

testBackends("pipelined requests are answered in order", async (backend) => {
  await using servers = await TestServers.start({ backend });
  using client = await RawClient.connect(servers.endpoints[0]);
  await client.send(get("/health") + get("/nothing") + get("/health") + get("/scrape?info_hash=a"));
  const bodies: string[] = [];
  for (let i = 0; i < 4; i++) bodies.push((await client.answer()).body);
  assertEquals(bodies.slice(0, 3), ["ok", "not found", "ok"]);
  assertMatch(bodies[3], /^d14:failure reason/);
});

testBackends("HTTP/1.0 connections are closed, or kept open for who asks", async (backend) => {
  await using servers = await TestServers.start({ backend });
  using client = await RawClient.connect(servers.endpoints[0]);
  await client.send("GET /health HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
  const answer = await client.answer();
  assertEquals([answer.body, answer.fields.get("connection")], ["ok", "keep-alive"]);
  await client.send("GET /health HTTP/1.0\r\n\r\n");
  assertEquals((await client.answer()).body, "ok");
  assertEquals(await client.end(), "");
});

testBackends("a request that comes with the end of sending is answered", async (backend) => {
  await using servers = await TestServers.start({ backend });
  using client = await RawClient.connect(servers.endpoints[0]);
  await client.send(get("/health"));
  await client.endSending();
  assertEquals((await client.answer()).body, "ok");
});

testBackends("a HEAD is answered by the head that GET would have", async (backend) => {
  await using servers = await TestServers.start({ backend });
  using client = await RawClient.connect(servers.endpoints[0]);
  for (const [target, length] of [["/health", 2], ["/nothing", 9]] as const) {
    await client.send(get(target).replace("GET", "HEAD"));
    assertEquals((await client.answer(true)).fields.get("content-length"), `${length}`);
  }
  await client.send(get("/health"));
  assertEquals((await client.answer()).body, "ok");
});

testBackends("OPTIONS is answered for the statistics and nowhere else", async (backend) => {
  await using servers = await TestServers.start({ backend });
  using client = await RawClient.connect(servers.endpoints[0]);
  await client.send(get("/stats.json").replace("GET", "OPTIONS"));
  const answer = await client.answer();
  assertEquals([answer.status, answer.body], [204, ""]);
  assertEquals(answer.fields.get("access-control-allow-origin"), "*");
  assertEquals(answer.fields.get("content-length"), undefined);
  await client.send(get("/health").replace("GET", "OPTIONS"));
  assertEquals((await client.answer()).status, 405);
});

const HEALTHY = [
  "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
  "GET /health HTTP/1.1\r\nhOST:a:80\t\r\nConnection:close\r\n\r\n",
  "GET /health?/announce HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
  "GET http://a.example/health HTTP/1.1\r\nHost: b.example\r\nConnection: close\r\n\r\n",
];

for (const text of HEALTHY) {
  testBackends(`the target is found in ${JSON.stringify(text.slice(0, 60))}`, async (backend) => {
    await using servers = await TestServers.start({ backend });
    const answer = await httpSend(servers.address(), request(text));
    assertEquals([answer.status, new TextDecoder().decode(answer.body)], [200, "ok"]);
  });
}

testBackends("what is not a GET of something there is refused", async (backend) => {
  await using servers = await TestServers.start({ backend });
  const to = servers.address();
  const rest = "HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
  for (const method of ["POST", "PUT", "DELETE", "BREW", "constructor"]) {
    const answer = await httpSend(to, request(`${method} /announce ${rest}Content-Length: 3\r\n\r\nabc`));
    assertEquals(answer.status, 405);
    assertMatch(answer.head, /^allow: GET, HEAD\r?$/im);
  }
  assertEquals((await httpSend(to, request(`GET /${"a".repeat(8191)} ${rest}\r\n`))).status, 404);
  assertEquals((await httpSend(to, request(`GET /${"a".repeat(8192)} ${rest}\r\n`))).status, 414);
  assertEquals(servers.requests.httpErrors, 7);
});

testBackends(
  "a worker stops while a client keeps its connection open and another sent half a head",
  async (backend) => {
    const clients: RawClient[] = [];
    {
      await using servers = await TestServers.start({ backend });
      for (const text of [get("/health"), "GET /health HTTP/1.1\r\nHo"]) {
        const client = await RawClient.connect(servers.endpoints[0]);
        await client.send(text);
        clients.push(client);
      }
      await clients[0].answer();
    }
    for (const client of clients) {
      assertEquals(await client.end(), "");
      client[Symbol.dispose]();
    }
  },
);

Deno.test("a worker that cannot listen says on which address, and why", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const worker = startThread();
  const other: HttpEndpoint = {
    ...tcp("127.0.0.1"),
    kind: "tcp",
    hostname: "127.0.0.1",
    port: taken.addr.port,
  };
  worker.send({
    kind: "start",
    sockets: { backend: "deno", endpoints: [tcp("127.0.0.1"), other], tls: null },
    table: createTable({ maxPeers: 10, maxTorrents: 10, peerIds: false }).buffers,
    counters: createCounters(1),
    workerIndex: 0,
    heartbeat: createHeartbeat(),
    trustedProxies: [],
    limits: { maxConnections: 1, headerTimeoutSec: 1, keepAliveTimeoutSec: 1, maxUnsentBytes: 1e6 },
    settings: {
      intervalSec: 1800,
      minIntervalSec: 900,
      warningMessage: null,
      trackerId: null,
      fullScrape: false,
      fullScrapeIntervalSec: 1,
      statsPath: "stats",
      statsFrom: [],
      statsHashes: false,
      redirectUrl: null,
    },
    statistics: null,
    access: null,
    fullScrapeTimes: createFullScrapeTimes(),
    control: new SharedArrayBuffer(4),
  });
  const report = await worker.report();
  assert(report.kind === "failed");
  assertMatch(report.message, new RegExp(`127\\.0\\.0\\.1:${taken.addr.port}\\b.*in use`));
  worker.send({ kind: "stop" });
  await worker.expect("stopped");
});
