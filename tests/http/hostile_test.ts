// Clients that mean harm or know no better, against the bounds that the libc transport keeps.
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { HttpLimits } from "../../src/http/mod.ts";
import { program } from "../clients/programs.ts";
import { startTracker } from "../harness.ts";
import { httpGet } from "../http_client.ts";
import { GLIBC, testWith } from "../requirements.ts";
import { readStats } from "../stats.ts";
import { until, within } from "../within.ts";
import { exampleStatistics } from "./example_statistics.ts";
import { TestServers } from "./http_worker.ts";
import { get, RawClient } from "./raw_client.ts";

/** Of a document that is longer than what the system holds for a client that does not read. */
const LONG_BYTES = 1_000_000;
/** Long enough for a busy machine; what is waited for takes some tenths of a second. */
const PATIENCE_MS = 20_000;

function testHostile(
  name: string,
  limits: Partial<HttpLimits>,
  test: (servers: TestServers) => Promise<void>,
): void {
  testWith([GLIBC], name, async () => {
    const statistics = exampleStatistics({ "/stats.json": "{}", "/metrics": "x".repeat(LONG_BYTES) });
    await using servers = await TestServers.start({ backend: "libc", limits, statistics });
    await test(servers);
    await assertServes(servers);
  });
}

/** The workers serve others as if nothing were. */
async function assertServes(servers: TestServers): Promise<void> {
  assertEquals((await httpGet(servers.address(), "/health")).status, 200);
}

function connect(servers: TestServers): Promise<RawClient> {
  return RawClient.connect(servers.endpoints[0]);
}

/** Sends until the server is gone. */
async function sendUntilEnd(client: RawClient, text: string): Promise<void> {
  try {
    while (true) await client.send(text);
  } catch (error) {
    const isEnd = error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe;
    if (!isEnd) throw error;
  }
}

testHostile("a head over 16 KiB is refused, and the client can read so", {}, async (servers) => {
  using client = await connect(servers);
  await client.send(`GET / HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(100_000)}`);
  const answer = await client.answer();
  assertEquals([answer.status, answer.fields.get("connection")], [431, "close"]);
  assertEquals(await client.end(), "");
});

testHostile("a body is not read, and the client can read why", {}, async (servers) => {
  using client = await connect(servers);
  await client.send(
    `POST /announce HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n${"a".repeat(200_000)}`,
  );
  assertEquals((await client.answer()).status, 405);
  assertEquals(await client.end(), "");
});

testHostile("a client that goes on after its last answer is cut off", {}, async (servers) => {
  using client = await connect(servers);
  await within(
    PATIENCE_MS,
    sendUntilEnd(client, "what is this?\n".repeat(1000)),
    () => "It is still listened to",
  );
});

const MALFORMED: [name: string, text: string, statuses: number[]][] = [
  ["a line that ends by LF alone", "GET /health HTTP/1.1\nHost: a\n\n", [400]],
  ["a folded line", "GET /health HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", [400]],
  ["no Host", "GET /health HTTP/1.1\r\n\r\n", [400]],
  ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [505]],
  ["the greeting of TLS", "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", [400]],
  ["a request with a body", get("/health", "Content-Length: 3") + "abc", [400]],
  ["a chunked request", get("/health", "Transfer-Encoding: chunked") + "0\r\n\r\n", [400]],
  ["a target of 9000 bytes", get("/" + "a".repeat(9000)), [414]],
  ["one that is understood before", get("/health") + "what is this?\n" + get("/health"), [200, 400]],
  ["a request behind the last one", get("/health", "Connection: close") + get("/health"), [200]],
];

for (const [name, text, statuses] of MALFORMED) {
  testHostile(`${name} gets ${statuses} and a close`, {}, async (servers) => {
    using client = await connect(servers);
    await client.send(text);
    for (const status of statuses) assertEquals((await client.answer()).status, status);
    assertEquals(await client.end(), "");
  });
}

testHostile(
  "garbage is refused or waited for, and hurts nobody",
  { headerTimeoutSec: 0.3 },
  async (servers) => {
    for (let i = 0; i < 100; i++) {
      using client = await connect(servers);
      const garbage = crypto.getRandomValues(new Uint8Array(1 + i * 20));
      await client.send(String.fromCharCode(...garbage));
      assertMatch(await client.end(), /^($|HTTP\/1\.1 (400|405|505) )/);
    }
  },
);

testHostile("a byte now and then is not enough", { headerTimeoutSec: 0.5 }, async (servers) => {
  using client = await connect(servers);
  const text = get("/health", "X: " + "a".repeat(1000));
  const sendSlowly = async () => {
    try {
      for (const character of text) {
        await client.send(character);
        if (await client.hasEnded(20)) return "cut off";
      }
    } catch {
      return "cut off";
    }
    return "served";
  };
  assertEquals(await sendSlowly(), "cut off");
});

testHostile(
  "a client that sends nothing is closed, from accept on",
  { headerTimeoutSec: 0.2 },
  async (servers) => {
    using client = await connect(servers);
    assertEquals(await client.end(), "");
  },
);

testHostile(
  "a connection that nothing more comes over is closed",
  { keepAliveTimeoutSec: 0.2 },
  async (servers) => {
    using client = await connect(servers);
    await client.send(get("/health"));
    assertEquals((await client.answer()).status, 200);
    assertEquals(await client.end(), "");
  },
);

const FLOOD = 5000;
const FLOOD_MAX = 100;

testHostile(
  `of ${FLOOD} idle connections ${FLOOD_MAX} are open`,
  { maxConnections: FLOOD_MAX, headerTimeoutSec: 60, keepAliveTimeoutSec: 60, maxUnsentBytes: 1e6 },
  async (servers) => {
    const clients: RawClient[] = [];
    try {
      for (let i = 0; i < FLOOD; i++) {
        const client = await connect(servers);
        clients.push(client);
        // Half of them keep a connection after a request, the others begin one.
        await client.send(i % 2 === 0 ? get("/health") : "GET /health HTTP/1.1\r\n");
        if (i % 500 === 0) await assertServes(servers);
      }
      await assertServes(servers);
      let ended = 0;
      // Those that are open fail when the test closes them.
      for (const client of clients) client.end().then(() => ended++, () => {});
      const isBounded = () => Promise.resolve(ended >= FLOOD - FLOOD_MAX);
      await until(PATIENCE_MS, isBounded, () => `${FLOOD - ended} connections are open`);
      using client = await connect(servers);
      await client.send(get("/health"));
      assertEquals((await client.answer()).status, 200);
    } finally {
      for (const client of clients) client[Symbol.dispose]();
    }
  },
);

testHostile("clients that never read are dropped", { headerTimeoutSec: 0.5 }, async (servers) => {
  const clients = await Promise.all(Array.from({ length: 20 }, () => connect(servers)));
  const requests = get("/stats.json").repeat(1000);
  const dropped = Promise.all(clients.map((client) => sendUntilEnd(client, requests)));
  await assertServes(servers);
  await within(PATIENCE_MS, dropped, () => "A client that does not read is still served");
  for (const client of clients) client[Symbol.dispose]();
});

testHostile(
  "clients that ask for long documents and never read are dropped",
  { headerTimeoutSec: 0.5 },
  async (servers) => {
    const clients = await Promise.all(Array.from({ length: 40 }, () => connect(servers)));
    const requests = get("/metrics").repeat(100);
    const dropped = Promise.all(clients.map((client) => sendUntilEnd(client, requests)));
    for (let i = 0; i < 20; i++) await assertServes(servers);
    await within(PATIENCE_MS, dropped, () => "A client that does not read is still served");
    for (const client of clients) client[Symbol.dispose]();
  },
);

testHostile("a long document arrives whole, also where it is read late", {}, async (servers) => {
  const clients = await Promise.all(Array.from({ length: 4 }, () => connect(servers)));
  for (const client of clients) await client.send(get("/metrics").repeat(3));
  for (const client of clients) {
    for (let i = 0; i < 3; i++) assertEquals((await client.answer()).body, "x".repeat(LONG_BYTES));
    client[Symbol.dispose]();
  }
});

testHostile("clients that read late get everything", {}, async (servers) => {
  using client = await connect(servers);
  const count = 20_000;
  const sent = client.send(get("/stats.json").repeat(count));
  for (let i = 0; i < count; i++) assertEquals((await client.answer()).status, 200);
  await sent;
});

testHostile("connections that are reset in the middle of answers hurt nobody", {}, async (servers) => {
  for (let i = 0; i < 200; i++) {
    const client = await connect(servers);
    await client.send(get("/stats.json").repeat(50));
    if (i % 2 === 0) await client.answer();
    // With answers unread, the system resets the connection.
    client[Symbol.dispose]();
  }
});

const FILES_MAX = 120;

testWith(
  [GLIBC, program("prlimit")],
  "a tracker that runs out of file descriptors closes idle connections and goes on",
  async () => {
    await using tracker = await startTracker(["--http", "127.0.0.1:0", "--http-workers", "1"]);
    // Behind its back, for it leaves room for other files itself.
    const limit = [`--pid=${tracker.pid}`, `--nofile=${FILES_MAX}`];
    assert(new Deno.Command("prlimit", { args: limit }).outputSync().success);
    const endpoint = { kind: "tcp", ...tracker.http[0], proxyHeader: null, serves: "all" } as const;
    const clients: RawClient[] = [];
    try {
      for (let i = 0; i < 2 * FILES_MAX; i++) {
        const client = await RawClient.connect(endpoint);
        clients.push(client);
        await client.send(get("/health"));
        assertEquals((await client.answer()).status, 200);
      }
      assert(await clients[0].hasEnded(PATIENCE_MS), "the connection idle longest is open");
      assert((await readStats(endpoint)).http.errors > 0);
    } finally {
      for (const client of clients) client[Symbol.dispose]();
    }
    assertEquals((await httpGet(endpoint, "/health")).status, 200);
  },
);
