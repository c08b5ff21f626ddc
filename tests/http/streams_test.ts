// Full scrapes over sockets.
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { HttpEndpoint } from "../../src/addresses/mod.ts";
import { type PeerTable, restoreTorrent } from "../../src/peers/mod.ts";
import { httpGet } from "../http_client.ts";
import { GLIBC, testWith } from "../requirements.ts";
import { until } from "../within.ts";
import { readScrape } from "./handler.ts";
import { testBackends, TestServers } from "./http_worker.ts";
import { get, RawClient } from "./raw_client.ts";

const TORRENTS = 9000;
const PATIENCE_MS = 20_000;

/** Fills the table; the counts of completion by hash. */
function fill(table: PeerTable): Map<string, number> {
  const completed = new Map<string, number>();
  for (let i = 0; i < TORRENTS; i++) {
    const hash = crypto.getRandomValues(new Uint8Array(20));
    restoreTorrent(table, new Uint32Array(hash.buffer), 0, i);
    completed.set(hash.toHex(), i);
  }
  return completed;
}

/** A listener whose clients may say whom they are, for a full scrape each. */
const BEHIND_PROXY: HttpEndpoint = {
  kind: "tcp",
  hostname: "127.0.0.1",
  port: 0,
  proxyHeader: "X-Real-IP",
  serves: "all",
};
const LOOPBACK = [{ network: [127, 0, 0, 1], prefixBits: 32 }];

testBackends("a full scrape arrives whole, plain and compressed", async (backend) => {
  const options = { backend, endpoints: [BEHIND_PROXY], trustedProxies: LOOPBACK };
  await using servers = await TestServers.start(options);
  const completed = fill(servers.table);
  const { hostname, port } = servers.address();
  for (const [index, coding] of ["identity", "gzip"].entries()) {
    const headers = { "x-real-ip": `192.0.2.${index}`, "accept-encoding": coding };
    const answer = await fetch(`http://${hostname}:${port}/scrape`, { headers });
    assertEquals([answer.status, answer.headers.get("content-type")], [200, "text/plain"]);
    const scraped = readScrape(await answer.bytes());
    assertEquals(new Map([...scraped].map(([hash, { downloaded }]) => [hash, downloaded])), completed);
  }
});

testBackends("a full scrape is compressed for those who accept it", async (backend) => {
  const options = { backend, endpoints: [BEHIND_PROXY], trustedProxies: LOOPBACK };
  await using servers = await TestServers.start(options);
  const lines = ["Accept-Encoding: deflate, gzip", ""].map((line) => line === "" ? [] : [line]);
  for (const [index, accept] of lines.entries()) {
    using client = await RawClient.connect(servers.endpoints[0]);
    await client.send(get("/scrape", `X-Real-IP: 192.0.2.${index}`, "Connection: close", ...accept));
    const text = await client.end();
    assertEquals(/\r\ncontent-encoding: gzip\r\n/i.test(text), accept.length > 0);
    assertMatch(text, /\r\nvary: accept-encoding\r\n/i);
  }
});

testBackends(
  "a full scrape may come behind other answers, and its address waits for the next",
  async (backend) => {
    await using servers = await TestServers.start({ backend, settings: { fullScrapeIntervalSec: 1000 } });
    using client = await RawClient.connect(servers.endpoints[0]);
    await client.send(get("/health") + get("/scrape", "Connection: close"));
    assertEquals((await client.answer()).body, "ok");
    assertMatch(await client.end(), /d5:filesdee/);
    assertMatch(new TextDecoder().decode((await httpGet(servers.address(), "/scrape")).body), /8:retry in/);
    assertEquals(servers.fullScrapeClients, ["127.0.0.1"]);
  },
);

testBackends("HEAD of a full scrape takes no turn", async (backend) => {
  await using servers = await TestServers.start({ backend, settings: { fullScrapeIntervalSec: 1000 } });
  const ask = async (method: string, ...lines: string[]) => {
    using client = await RawClient.connect(servers.endpoints[0]);
    await client.send(get("/scrape", "Connection: close", ...lines).replace("GET", method));
    return await client.end();
  };
  // Lists are compressed, failures are not.
  const isListed = async () =>
    /\r\ncontent-encoding: gzip\r\n/i.test(await ask("HEAD", "Accept-Encoding: gzip"));
  assertEquals([await isListed(), await isListed()], [true, true]);
  assertMatch(await ask("GET"), /d5:filesdee/);
  assertEquals(await isListed(), false);
});

/** More than are sent at the same time. */
const CLIENTS = 40;

testWith([GLIBC], "full scrapes that nobody takes are few and dropped, the refused come again", async () => {
  await using servers = await TestServers.start({
    backend: "libc",
    endpoints: [BEHIND_PROXY],
    trustedProxies: LOOPBACK,
    settings: { fullScrapeIntervalSec: 1000 },
  });
  fill(servers.table);
  const scrape = async (client: RawClient, index: number) =>
    await client.send(get("/scrape", `X-Real-IP: 192.0.2.${index}`, "Connection: close"));
  const isGiven = (answer: string) => answer.includes("d5:files");
  const clients: RawClient[] = [];
  try {
    for (let i = 0; i < CLIENTS; i++) {
      const client = await RawClient.connect(servers.endpoints[0]);
      clients.push(client);
      // Two addresses in some hundred may share a turn: the second is told to wait, and shall not stay for it.
      await scrape(client, i);
    }
    // Nothing of what comes is read, and what is sent is taken as long as the server has the connection open.
    for (const client of clients) {
      await until(PATIENCE_MS, () => isClosed(client), () => "A client that takes nothing is still served");
    }
    const answers = await Promise.all(clients.map((client) => client.end()));
    const refused = answers.filter((answer) => answer.startsWith("HTTP/1.1 503 Service Unavailable\r\n"));
    assert(refused.length > 0 && refused.length < CLIENTS, `${refused.length} were refused`);
    assert(refused.every((answer) => /\r\nRetry-After: \d+\r\n/.test(answer)));
    // Those that were refused were neither scraped for nor told of; others came too soon.
    const given = answers.filter(isGiven);
    const { httpScrapes, httpFullScrapes, httpErrors } = servers.requests;
    assertEquals([httpScrapes, httpFullScrapes], [given.length, given.length]);
    assertEquals(httpErrors, CLIENTS - given.length);
    assertEquals(servers.fullScrapeClients.length, given.length);
    // Those who were given one have used their turn; the others have theirs, unless it is shared with one who was given.
    const nowGiven = { before: 0, refused: 0 };
    for (const [index, answer] of answers.entries()) {
      using client = await RawClient.connect(servers.endpoints[0]);
      await scrape(client, index);
      if (!isGiven(await client.end())) continue;
      nowGiven[isGiven(answer) ? "before" : "refused"]++;
    }
    assertEquals(nowGiven.before, 0);
    assert(nowGiven.refused > 0);
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
});

async function isClosed(client: RawClient): Promise<boolean> {
  try {
    await client.send("x");
    return false;
  } catch (error) {
    assert(error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe);
    return true;
  }
}
