// What is counted of requests over HTTP: errors by what was wrong, renewals and completions, connections, durations.
import { assert, assertEquals } from "@std/assert";
import { METHOD_OPTIONS } from "../../src/http/request.ts";
import { renewalsOf } from "../../src/stats/counters.ts";
import { requestsOf } from "../../src/stats/mod.ts";
import { accessOf, budgetOf, hashList, networkList } from "../access/lists.ts";
import { httpGet } from "../http_client.ts";
import { until } from "../within.ts";
import { TestTracker } from "./handler.ts";
import { testBackends, TestServers } from "./http_worker.ts";
import { get, RawClient } from "./raw_client.ts";

const HASH = "info_hash=ABCDEFGHIJKLMNOPQRST";
const OTHER_HASH = "info_hash=abcdefghijklmnopqrst";
const PATIENCE_MS = 20_000;

/** Targets, and what is wrong with them. */
const WRONG: [target: string, cause: string][] = [
  ["/announce?port=1", "no_info_hash"],
  ["/announce?info_hash=short&port=1", "bad_info_hash"],
  [`/announce?${HASH}&${OTHER_HASH}&port=1`, "repeated_info_hash"],
  [`/announce?${HASH}&port=1&peer_id=x`, "bad_peer_id"],
  [`/announce?${HASH}&port=0`, "bad_port"],
  [`/announce?${HASH}&port=1&left=x`, "bad_left"],
  [`/announce?${HASH}&port=1&numwant=x`, "bad_numwant"],
  [`/announce?${HASH}&port=1&trackerid=%zz`, "bad_escape"],
  ["/scrape", "no_full_scrape"],
  ["/scrape?info_hash=short", "bad_info_hash"],
  [
    `/scrape?${Array.from({ length: 101 }, (_, i) => `info_hash=ABCDEFGHIJKLMNOPQ${100 + i}`).join("&")}`,
    "too_many_hashes",
  ],
  ["/nowhere", "not_found"],
];

for (const [target, cause] of WRONG) {
  Deno.test(`an error is counted by its cause: ${target.slice(0, 60)} ${cause}`, () => {
    const tracker = new TestTracker();
    tracker.get(target);
    assertEquals(tracker.errors, { [cause]: 1 });
    assertEquals(tracker.counts, [0, 0, 1]);
  });
}

Deno.test("an unknown address and a method that is not served are causes", () => {
  const tracker = new TestTracker();
  tracker.get(`/announce?${HASH}&port=1`, null);
  tracker.ask("/announce", { method: METHOD_OPTIONS });
  assertEquals(tracker.errors, { unknown_address: 1, bad_method: 1 });
});

Deno.test("full scrapes are counted, and those that come too soon are errors", () => {
  const tracker = new TestTracker({ fullScrape: true });
  for (let i = 0; i < 3; i++) tracker.ask("/scrape").stream?.next();
  assertEquals(tracker.errors, { full_scrape_too_soon: 2 });
  const { httpScrapes, httpFullScrapes } = requestsOf(tracker.counters);
  assertEquals([httpScrapes, httpFullScrapes], [1, 1]);
});

Deno.test("a full table is a cause only where nothing can be told", () => {
  const tracker = new TestTracker({ maxPeers: 1 });
  for (const hash of [HASH, HASH, OTHER_HASH]) {
    tracker.get(`/announce?${hash}&port=${1 + requestsOf(tracker.counters).httpAnnounces}`);
  }
  assertEquals(tracker.errors, { full: 1 });
  assertEquals(tracker.counts, [2, 0, 1]);
});

Deno.test("what the operator refuses has causes of its own", async () => {
  const access = accessOf({
    networks: networkList(["198.51.100.1/32"]),
    whitelist: await hashList([new TextEncoder().encode("ABCDEFGHIJKLMNOPQRST")]),
    clients: ["-XL"],
    budget: budgetOf(3, 10),
  }, () => 0);
  const tracker = new TestTracker({ access });
  tracker.get(`/announce?${HASH}&port=1`, "198.51.100.1");
  tracker.get(`/announce?${HASH}&port=1&peer_id=-XL0012-abcdefghijkl`);
  tracker.get(`/announce?${OTHER_HASH}&port=1`);
  tracker.get(`/announce?${HASH}&port=1`);
  tracker.get(`/announce?${HASH}&port=1`);
  assertEquals(tracker.errors, {
    refused_address: 1,
    refused_client: 1,
    refused_torrent: 1,
    too_many_announces: 1,
  });
});

Deno.test("renewals and completions are counted with the announces", () => {
  const tracker = new TestTracker();
  for (const event of ["started", "completed", "completed", "", "stopped"]) {
    tracker.get(`/announce?${HASH}&port=1&left=0&event=${event}`);
  }
  const { httpAnnounces, completed } = requestsOf(tracker.counters);
  assertEquals([httpAnnounces, completed], [5, 1]);
  assertEquals(renewalsOf(tracker.counters), [3, ...new Array(45).fill(0)]);
});

testBackends("each request counts once with the time that it took", async (backend) => {
  await using servers = await TestServers.start({ backend });
  const sinceMs = performance.now();
  using client = await RawClient.connect(servers.endpoints[0]);
  await client.send(get("/health").repeat(3));
  for (let i = 0; i < 3; i++) await client.answer();
  assertEquals((await httpGet(servers.address(), "/nowhere")).status, 404);
  // A request is counted when its answer has left.
  const isCounted = () => Promise.resolve(servers.latency.count === 4);
  await until(PATIENCE_MS, isCounted, () => `${servers.latency.count} of 4 were counted`);
  const elapsedUs = (performance.now() - sinceMs) * 1000;
  const { sumUs } = servers.latency;
  assert(sumUs > 0 && sumUs < 4 * elapsedUs, `${sumUs} of ${elapsedUs}`);
  assertEquals(servers.requests.httpErrors, 1);
  assertEquals(servers.requests.httpConnections, backend === "libc" ? 2 : 0);
});
