// The statistics of a running tracker: where they are, for whom, and that they tell of what happens.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { randomHash } from "./compact_peers.ts";
import { type Endpoint, runToEnd, startTracker, TempFolder, TEST_ARGS } from "./harness.ts";
import { httpAnnounce, httpGet } from "./http_client.ts";
import { RawClient } from "./http/raw_client.ts";
import { PROCESS_MS } from "./process.ts";
import { GLIBC, testWith } from "./requirements.ts";
import { UdpClient } from "./udp_client.ts";
import { until } from "./within.ts";

const TOKEN = "a-token-of-some-length";
const OTHER_TOKEN = "another-token-of-some-length";

/** Registers a test of what both backends do. */
function testBackends(name: string, test: (backend: string) => Promise<void>): void {
  testWith([GLIBC], `${name} (libc)`, () => test("libc"));
  testWith([], `${name} (deno)`, () => test("deno"));
}

async function statusOf(to: Endpoint, target: string, ...fields: string[]): Promise<number> {
  return (await httpGet(to, target, ...fields)).status;
}

async function textOf(to: Endpoint, target: string): Promise<string> {
  const { status, body } = await httpGet(to, target);
  return status === 200 ? new TextDecoder().decode(body) : "";
}

/** Waits until a document is as wanted; they are made about once a second while somebody reads them. */
function whenText(to: Endpoint, target: string, wanted: RegExp): Promise<true> {
  let text = "";
  return until(PROCESS_MS, async () => {
    text = await textOf(to, target);
    return wanted.test(text);
  }, () => `${target} is ${text}`);
}

Deno.test("every document is there from the first moment, and tells of announces soon", async () => {
  await using tracker = await startTracker(TEST_ARGS);
  const [http] = tracker.http;
  const targets = ["/", "/stats", "/stats.json", "/metrics", "/history.json", "/top.json"];
  const statuses = await Promise.all(targets.map((target) => statusOf(http, target)));
  assertEquals(statuses, targets.map(() => 200));
  const hash = randomHash();
  await httpAnnounce(http, hash, { port: 1, left: 0 });
  using client = await UdpClient.connect(tracker.udp[0]);
  await client.announce({ hash, port: 2 });
  await whenText(http, "/stats?mode=peer", /^2\n1\n/);
  await whenText(http, "/stats.json", /"announces":1.*"announces":1/);
  await whenText(http, "/metrics", /^tracker_seeders 1$/m);
  await whenText(http, "/top.json", /"info_hash":null,"seeders":1,"leechers":1,/);
  assertEquals(await statusOf(http, "/stats?mode=top10"), 403);
  assertEquals(await tracker.stop(), 0, tracker.log);
});

Deno.test("info hashes are told where the operator allows it", async () => {
  await using tracker = await startTracker([...TEST_ARGS, "--stats-hashes", "--full-scrape"]);
  const [http] = tracker.http;
  const hash = randomHash();
  await httpAnnounce(http, hash, { port: 1 });
  await whenText(http, "/stats?mode=top10", new RegExp(`\t1\t${hash.toHex().toUpperCase()}\n`));
  await whenText(http, "/top.json", new RegExp(`"info_hash":"${hash.toHex()}"`));
});

testBackends("documents are compressed for those who accept it, but for tiny ones", async (backend) => {
  await using tracker = await startTracker(["--http", "127.0.0.1:0", "--http-backend", backend]);
  const [http] = tracker.http;
  const beginnings = {
    "/": "<!DOCTYPE html>",
    "/stats.json": "{",
    "/metrics": "# HELP ",
    "/stats?mode=version": "",
  };
  for (const [target, beginning] of Object.entries(beginnings)) {
    for (const accept of [[], ["Accept-Encoding: gzip"]]) {
      const { status, head, body } = await httpGet(http, target, ...accept);
      const isGzip = /^content-encoding: gzip$/im.test(head);
      assertEquals([status, isGzip], [200, accept.length > 0 && beginning !== ""], target);
      assertMatch(head, /^vary: accept-encoding$/im);
      const stream = new Blob([body.slice()]).stream();
      const text = new Response(isGzip ? stream.pipeThrough(new DecompressionStream("gzip")) : stream).text();
      assertEquals((await text).slice(0, beginning.length), beginning);
    }
  }
  const { head } = await httpGet(http, "/health", "Accept-Encoding: gzip");
  assertEquals(/^content-encoding:/im.test(head), false);
});

testBackends("statistics have addresses of their own, and clients the others", async (backend) => {
  await using tracker = await startTracker([
    ...["--http", "127.0.0.1:0", "--http-backend", backend],
    ...["--stats-listen", "127.0.0.1:0", "--stats-listen", "127.0.0.1:0"],
  ]);
  const [http] = tracker.http;
  const hash = randomHash();
  await httpAnnounce(http, hash, { port: 1 });
  for (const target of ["/", "/stats", "/stats.json", "/metrics", "/page.js"]) {
    assertEquals(await statusOf(http, target), 404, target);
  }
  assertEquals(tracker.stats.length, 2);
  for (const stats of tracker.stats) {
    for (const target of ["/", "/stats", "/stats.json", "/metrics", "/page.js", "/health"]) {
      assertEquals(await statusOf(stats, target), 200, target);
    }
    for (const target of ["/announce?info_hash=ABCDEFGHIJKLMNOPQRST&port=1", "/scrape", "/a/scrape"]) {
      assertEquals(await statusOf(stats, target), 404, target);
    }
  }
  assertEquals(await statusOf(http, "/health"), 200);
  await whenText(tracker.stats[0], "/stats.json", /"torrents":1,/);
  assertEquals(await tracker.stop(), 0, tracker.log);
});

testBackends("a tracker of UDP alone has statistics where they are asked for", async (backend) => {
  await using tracker = await startTracker([
    ...["--udp", "127.0.0.1:0", "--http-backend", backend, "--stats-listen", "127.0.0.1:0"],
  ]);
  assertMatch(tracker.log, /ready udp=127\.0\.0\.1:\d+ http=- https=- stats=127\.0\.0\.1:\d+\n/);
  using client = await UdpClient.connect(tracker.udp[0]);
  await client.announce({ hash: randomHash(), port: 2 });
  await whenText(tracker.stats[0], "/stats.json", /"torrents":1,/);
});

testWith([GLIBC], "statistics through a Unix-domain socket are for those whom its proxy names", async () => {
  using folder = new TempFolder();
  const path = folder.file("stats.sock");
  await using tracker = await startTracker([
    ...TEST_ARGS,
    ...["--stats-listen", `unix:${path}@X-Real-IP`, "--stats-from", "192.0.2.1"],
  ]);
  assertEquals(tracker.unix, [path]);
  using client = await RawClient.connect({ kind: "unix", path, proxyHeader: "X-Real-IP", serves: "all" });
  for (const [address, status] of [["192.0.2.1", 200], ["192.0.2.2", 403]] as const) {
    await client.send(`GET /stats.json HTTP/1.1\r\nHost: tracker\r\nX-Real-IP: ${address}\r\n\r\n`);
    assertEquals((await client.answer()).status, status);
  }
});

Deno.test("without statistics there are none", async () => {
  await using tracker = await startTracker([...TEST_ARGS, "--no-stats"]);
  for (const target of ["/", "/stats", "/stats.json", "/metrics", "/page.js"]) {
    assertEquals(await statusOf(tracker.http[0], target), 404, target);
  }
  assertEquals(await statusOf(tracker.http[0], "/health"), 200);
  assertEquals(await tracker.stop(), 0, tracker.log);
});

testBackends("tokens open the statistics, and are read anew on SIGHUP", async (backend) => {
  using folder = new TempFolder();
  const path = folder.file("tokens");
  Deno.writeTextFileSync(path, `${TOKEN}\n`, { mode: 0o600 });
  await using tracker = await startTracker([
    ...["--http", "127.0.0.1:0", "--http-backend", backend, "--stats-token-file", path],
  ]);
  const [http] = tracker.http;
  const refused = await httpGet(http, "/stats.json");
  assertEquals(refused.status, 401);
  assertMatch(refused.head, /^www-authenticate: .*Bearer realm="statistics"/im);
  assertMatch(refused.head, /^www-authenticate: .*Basic realm="statistics"/im);
  const bearer = (token: string) => `Authorization: Bearer ${token}`;
  assertEquals(await statusOf(http, "/stats.json", bearer(TOKEN)), 200);
  assertEquals(await statusOf(http, "/", `authorization:Basic ${btoa(`me:${TOKEN}`)}`), 200);
  assertEquals(await statusOf(http, "/metrics", bearer(OTHER_TOKEN)), 401);
  assertEquals(await statusOf(http, "/metrics", bearer(OTHER_TOKEN), bearer(OTHER_TOKEN)), 401);
  assertEquals(await statusOf(http, "/health"), 200);
  assert(!/may read/.test(tracker.log), tracker.log);

  Deno.writeTextFileSync(path, "");
  tracker.signal("SIGHUP");
  await tracker.waitForLog(/tokens: has no token; the old list stays in force/);
  assertEquals(await statusOf(http, "/stats.json", bearer(TOKEN)), 200);

  Deno.writeTextFileSync(path, `${OTHER_TOKEN}\n`);
  Deno.chmodSync(path, 0o644);
  tracker.signal("SIGHUP");
  await tracker.waitForLog(/--stats-token-file: 1 tokens in /);
  await until(
    PROCESS_MS,
    async () => await statusOf(http, "/stats.json", bearer(OTHER_TOKEN)) === 200,
    () => `the new token is refused:\n${tracker.log}`,
  );
  assertEquals(await statusOf(http, "/stats.json", bearer(TOKEN)), 401);
  assertMatch(tracker.log, /warning --stats-token-file: everybody on this machine may read /);
  assert(!tracker.log.includes(TOKEN) && !tracker.log.includes(OTHER_TOKEN), tracker.log);
});

Deno.test("a file without tokens, and none at all, keep the tracker from starting", async () => {
  using folder = new TempFolder();
  Deno.writeTextFileSync(folder.file("empty"), "# none yet\n");
  for (const [name, problem] of [["empty", "has no token"], ["missing", "cannot be read: "]]) {
    const path = folder.file(name);
    for (const args of [TEST_ARGS, ["--check-config"]]) {
      const { code, log } = await runToEnd([...args, "--stats-token-file", path]);
      assertEquals(code, 2, log);
      assertMatch(log, new RegExp(`--stats-token-file ${path}: ${path}: ${problem}`));
    }
  }
});
