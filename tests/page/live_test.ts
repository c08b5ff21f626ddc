// The page of a running tracker in a real browser, while clients announce.
import { assertEquals, assertMatch } from "@std/assert";
import { randomHash } from "../compact_peers.ts";
import { startTracker, TempFolder, TEST_ARGS, type Tracker } from "../harness.ts";
import { httpAnnounce } from "../http_client.ts";
import { testWith } from "../requirements.ts";
import { UDP_EVENT, UdpClient } from "../udp_client.ts";
import { CHROMIUM, OTHER_HOST, TestBrowser, type Visit } from "./browser.ts";
import { announceUrls, pageText, tableTexts } from "./in_page.ts";

const PEER_PORT = 54_321;

function urlOf({ http: [{ port }] }: Tracker, path = "/", host = "127.0.0.1"): string {
  return `http://${host}:${port}${path}`;
}

/** Clients that announce one torrent over UDP and HTTP, on and on until it is disposed. */
class Announcing implements AsyncDisposable {
  readonly hash = randomHash();
  readonly #end: Promise<void>;
  #isStopped = false;

  constructor(tracker: Tracker) {
    this.#end = this.#announce(tracker);
  }

  async #announce({ udp: [udp], http: [http] }: Tracker): Promise<void> {
    using client = await UdpClient.connect(udp);
    for (let round = 0; !this.#isStopped; round++) {
      const event = round === 1 ? UDP_EVENT.completed : UDP_EVENT.none;
      await client.announce({ hash: this.hash, port: PEER_PORT, left: round === 0 ? 1 : 0, event });
      await httpAnnounce(http, this.hash, { port: PEER_PORT + 1 });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    await this.#end;
  }
}

/** What the chart of announces says at its first point. */
async function firstReading(visit: Visit): Promise<string> {
  const over = visit.page.locator(".u-over").first();
  await over.hover({ position: { x: 1, y: 20 } });
  await visit.waitForText(".reading", /UDP/);
  return await visit.page.locator(".reading").first().innerText();
}

testWith([CHROMIUM], "charts draw live traffic, and a reload keeps what they had", async () => {
  await using tracker = await startTracker();
  await using browser = await TestBrowser.start();
  const visit = await browser.visit(urlOf(tracker));
  {
    await using _announcing = new Announcing(tracker);
    // Both above nothing.
    await visit.waitForText("#now-announces", /^UDP\s+[\d.,]*[1-9][\d.,]*\s+HTTP\s+[\d.,]*[1-9]/);
    await visit.waitForText("#now-peers", /^Seeders\s+1\s+Leechers\s+1$/);
    await visit.waitForCharts();
    await visit.waitForText("#top", /\s1\s+2\s+1\s+1\s+1\s*$/);
  }
  await visit.waitForText("#now-announces", /^UDP\s+0\s+HTTP\s+0$/);
  const reading = await firstReading(visit);
  assertMatch(reading, /UDP [\d.,]*[1-9]/);
  await visit.page.reload();
  await visit.waitForCharts();
  assertEquals(await firstReading(visit), reading);
  assertEquals(visit.complaints, []);
  await visit.takePicture("live");
});

testWith([CHROMIUM], "nothing tells who a peer is, nor which torrents there are", async () => {
  await using tracker = await startTracker();
  await using announcing = new Announcing(tracker);
  await using browser = await TestBrowser.start();
  const visit = await browser.visit(urlOf(tracker, "/", OTHER_HOST));
  await visit.waitForText("#top", /\s1\s+2\s/);
  const text = await visit.page.evaluate(pageText);
  assertEquals(text.match(/127\.0\.0\.1|[0-9a-f]{40}/g), null);
  assertEquals([text.includes(String(PEER_PORT)), text.includes(announcing.hash.toHex())], [false, false]);
  assertEquals(visit.complaints, []);
});

testWith([CHROMIUM], "hashes are shown where the operator lets them be", async () => {
  await using tracker = await startTracker([...TEST_ARGS, "--stats-hashes"]);
  await using announcing = new Announcing(tracker);
  await using browser = await TestBrowser.start();
  const visit = await browser.visit(urlOf(tracker));
  await visit.waitForText("#top", new RegExp(announcing.hash.toHex()));
  assertEquals((await visit.page.evaluate(tableTexts, "top"))[1].length, 5);
  assertEquals(visit.complaints, []);
});

testWith([CHROMIUM], "a full tracker and one that cannot save say so", async () => {
  using folder = new TempFolder();
  const state = folder.file("state");
  Deno.mkdirSync(state);
  await using tracker = await startTracker([
    ...TEST_ARGS,
    ...["--max-torrents", "1", "--odb", `${state}/state.odb`],
    ...["--odb-save", "1:1", "--odb-stale-after", "1"],
  ]);
  await using browser = await TestBrowser.start();
  const visit = await browser.visit(urlOf(tracker));
  await visit.waitForText("#state", /^Well\s+Everything works\.$/);
  using client = await UdpClient.connect(tracker.udp[0]);
  const hash = randomHash();
  await client.announce({ hash, port: PEER_PORT });
  await visit.waitForText("#state", /^Full\s+The table holds 1 of \d+ peers and 1 of 1 torrents/);
  await visit.waitForText("#odb", /Last save\s+\d+\ss ago/);
  Deno.removeSync(state, { recursive: true });
  await httpAnnounce(tracker.http[0], hash, { port: PEER_PORT + 1 });
  await visit.waitForText("#state", /^Degraded\s+A save has been due for \d+ seconds: the folder is gone$/);
  await visit.waitForText("#odb", /Because\s+the folder is gone/);
  assertEquals(visit.complaints, []);
});

testWith(
  [CHROMIUM],
  "a browser gives its token as a password, for the page and all that belongs to it",
  async () => {
    using folder = new TempFolder();
    const file = folder.file("tokens");
    Deno.writeTextFileSync(file, "correct-horse-battery-staple\n", { mode: 0o600 });
    await using tracker = await startTracker([...TEST_ARGS, "--stats-token-file", file]);
    await using browser = await TestBrowser.start();
    const refused = await fetch(urlOf(tracker));
    await refused.body?.cancel();
    assertEquals(refused.status, 401);
    const httpCredentials = { username: "anybody", password: "correct-horse-battery-staple" };
    const visit = await browser.visit(urlOf(tracker), { httpCredentials });
    await visit.waitForCharts();
    assertEquals(visit.complaints, []);
  },
);

for (
  const [place, path, args] of [
    ["below a path of the operator's", "/hidden/", ["--stats-path", "hidden"]],
    ["beside a page of the operator's", "/stats/", ["--redirect-url", "https://tracker.example/"]],
  ] as const
) {
  testWith([CHROMIUM], `the page finds all that belongs to it ${place}`, async () => {
    await using tracker = await startTracker([...TEST_ARGS, ...args]);
    await using browser = await TestBrowser.start();
    const visit = await browser.visit(urlOf(tracker, path));
    await visit.waitForCharts();
    assertEquals(await visit.page.evaluate(announceUrls), [
      `udp://127.0.0.1:${tracker.udp[0].port}/announce`,
      urlOf(tracker, "/announce"),
    ]);
    for (const link of await visit.page.locator("a").all()) {
      const target = new URL(await link.getAttribute("href") ?? "", visit.page.url());
      const response = await fetch(target);
      await response.body?.cancel();
      assertEquals(response.status, 200, target.href);
    }
    assertEquals(visit.complaints, []);
  });
}

testWith([CHROMIUM], "a page with a listener of its own names those that answer announces", async () => {
  await using tracker = await startTracker([...TEST_ARGS, "--stats-listen", "127.0.0.1:0"]);
  const [own] = tracker.stats;
  await using browser = await TestBrowser.start();
  const visit = await browser.visit(`http://127.0.0.1:${own.port}/`);
  assertEquals(await visit.page.evaluate(announceUrls), [
    `udp://127.0.0.1:${tracker.udp[0].port}/announce`,
    urlOf(tracker, "/announce"),
  ]);
  assertEquals(visit.complaints, []);
});
