// Our modes beside those of Debian's opentracker, after the same announces and scrapes.
import { assert, assertEquals } from "@std/assert";
import { type Endpoint, startTracker } from "../harness.ts";
import { escaped } from "../http_client.ts";
import { PROCESS_MS } from "../process.ts";
import { testWith } from "../requirements.ts";
import { UDP_EVENT, UdpClient } from "../udp_client.ts";
import { until } from "../within.ts";
import { OPENTRACKER, Opentracker } from "./opentracker.ts";

/** Three torrents; there are no two with as many peers, or as many seeders. */
const HASHES = ["01", "ab", "f0"].map((byte) => Uint8Array.fromHex(byte.repeat(20)));

/** Behind a proxy each request may come from an address of its own, and so none has to wait for its list of torrents. */
const OPTIONS = ["--listen", "127.0.0.1:0", "--proxy-header", "X-Real-IP", "--trusted-proxy", "127.0.0.1"];
const SHOWING = [...OPTIONS, "--full-scrape", "--stats-hashes"];

async function get(to: Endpoint, target: string, from = "127.0.0.1"): Promise<Response> {
  return await fetch(`http://${to.hostname}:${to.port}${target}`, { headers: { "x-real-ip": from } });
}

async function bytesOf(to: Endpoint, target: string, from?: string): Promise<Uint8Array> {
  const answer = await get(to, target, from);
  const body = await answer.bytes();
  assertEquals([answer.status, answer.headers.get("content-type")], [200, "text/plain"], target);
  return body;
}

/** What both trackers are told: 13 announces, of which 6 over UDP, one download completed, two scrapes. */
async function tell(http: Endpoint, udp: Endpoint): Promise<void> {
  const [first, second, third] = HASHES;
  const announce = (hash: Uint8Array, port: number, query: string) =>
    bytesOf(
      http,
      `/announce?info_hash=${escaped(hash)}&peer_id=-TT0001-${"0".repeat(12)}&port=${port}&${query}`,
    );
  for (const port of [1, 2, 3, 4]) await announce(first, port, "left=1&event=started");
  await announce(first, 4, "left=0&event=completed");
  await announce(second, 1, "left=0&event=started");
  await announce(second, 1, "left=0");
  await bytesOf(http, `/scrape?info_hash=${escaped(first)}&info_hash=${escaped(third)}`);
  using client = await UdpClient.connect(udp);
  for (const port of [11, 12, 13]) await client.announce({ hash: second, port, left: 0 });
  await client.announce({ hash: third, port: 11, left: 0, event: UDP_EVENT.started });
  await client.announce({ hash: third, port: 12, left: 0 });
  await client.announce({ hash: third, port: 12, left: 0, event: UDP_EVENT.stopped });
  await client.scrape([first, second]);
}

/** Figures that differ by nature: times, and what the requests of this test itself count. */
const MASKS: Record<string, (text: string) => string> = {
  peer: (text) => text,
  torr: (text) => text,
  top10: (text) => text,
  top100: (text) => text,
  scrp: maskTimes,
  completed: maskTimes,
  conn: (text) => maskTimes(text).replace(/^\d+\n/, "N\n"),
  tcp4: (text) => maskTimes(text).replace(/^\d+\n/, "N\n"),
  udp4: maskTimes,
  // Theirs are not counted, whatever is scraped.
  fscr: (text) => maskTimes(text).replace(/^\d+\n\d+\n/, "N\nN\n"),
  // A minute may begin in between, for one earlier than for the other.
  renew: (text) => text.replace(/^(\d\d) \d+$/gm, "$1 N"),
};

function maskTimes(text: string): string {
  return text
    .replace(/^\d+ seconds \(\d+ hours\)$/m, "N seconds (N hours)")
    .replace(/\d+ (conns|success|scrape|bytes)\/s/g, "N $1/s")
    .replace(/\d+ completed\/h/, "N completed/h");
}

testWith([OPENTRACKER], "our modes have the bytes of opentracker's, but for times", async () => {
  await using theirs = await Opentracker.start(HASHES);
  await using ours = await startTracker(SHOWING);
  await tell(theirs.address, theirs.address);
  await tell(ours.http[0], ours.udp[0]);
  for (const [mode, mask] of Object.entries(MASKS)) {
    const target = `/stats?mode=${mode}`;
    const expected = mask(await (await get(theirs.address, target)).text());
    let found = "";
    await until(PROCESS_MS, async () => {
      const answer = await get(ours.http[0], target);
      found = mask(await answer.text());
      return answer.status === 200 && found === expected;
    }, () => `${target}: ${JSON.stringify(found)} and not ${JSON.stringify(expected)}`);
  }
  const renewals = async (to: Endpoint) =>
    (await (await get(to, "/stats?mode=renew")).text()).trim().split("\n")
      .reduce((sum, line) => sum + Number(line.split(" ")[1]), 0);
  const expected = await renewals(theirs.address);
  let found = 0;
  await until(PROCESS_MS, async () => {
    found = await renewals(ours.http[0]);
    return found === expected;
  }, () => `${found} renewals and not ${expected}`);
});

testWith([OPENTRACKER], "our lists of torrents have the bytes of opentracker's", async () => {
  await using theirs = await Opentracker.start(HASHES);
  await using ours = await startTracker(SHOWING);
  await tell(theirs.address, theirs.address);
  await tell(ours.http[0], ours.udp[0]);
  for (const [index, format] of ["txt", "ben", "bin"].entries()) {
    const target = `/stats?mode=tpbs&format=${format}`;
    const expected = await bytesOf(theirs.address, target);
    assert(expected.length > 0);
    assertEquals((await bytesOf(ours.http[0], target, `192.0.2.${index}`)).toHex(), expected.toHex(), format);
  }
});

/** Paths of the elements of a document, each with its attributes. */
function elementsOf(xml: string): string[] {
  const path: string[] = [];
  const found: string[] = [];
  for (const [, close, tag] of xml.matchAll(/<(\/?)([^?>]+)>/g)) {
    if (close === "/") path.pop();
    else found.push([...path, tag].join(" > "));
    if (close === "") path.push(tag);
  }
  assertEquals(path, []);
  return found;
}

/** What has no meaning here, and causes of errors, which are our own. */
const THEIRS_ALONE = /tracker_id|livesync|mutex_stall|code=/;

testWith(
  [OPENTRACKER],
  "everything has opentracker's elements, and its figures where they mean the same",
  async () => {
    await using theirs = await Opentracker.start(HASHES);
    await using ours = await startTracker(SHOWING);
    await tell(theirs.address, theirs.address);
    await tell(ours.http[0], ours.udp[0]);
    const target = "/stats?mode=everything";
    const expected = await (await get(theirs.address, target)).text();
    const figures = (xml: string) =>
      [...xml.matchAll(/<(count_mutex|count_iterator|count|connect|announce|scrape|overall)>(\d+)</g)]
        .map(([, name, figure]) => `${name} ${figure}`)
        // The last are those of livesync and mutex_stall.
        .slice(0, 11);
    let found = "";
    await until(PROCESS_MS, async () => {
      found = await (await get(ours.http[0], target)).text();
      return figures(found).join() === figures(expected).join();
    }, () => `${figures(found)} and not ${figures(expected)}`);
    const known = elementsOf(expected).filter((element) => !THEIRS_ALONE.test(element));
    assertEquals(elementsOf(found).filter((element) => !THEIRS_ALONE.test(element)), known);
    assertEquals(found.split("\n").slice(0, 3), expected.split("\n").slice(0, 2).concat("  <version>"));
  },
);

testWith([OPENTRACKER], "what opentracker refuses is refused with its status", async () => {
  await using theirs = await Opentracker.start(HASHES);
  await using ours = await startTracker(SHOWING);
  const targets = [
    "/stats",
    "/stats?",
    "/stats?other=1",
    "/stats?other=1&mode=torr",
    "/stats?mode=%70eer",
    "/stats?mode=peer&mode=torr",
    "/stats?mode=torr&format=txt",
    "/stats?mode=peers",
    "/stats?mode=PEER",
    "/stats?mode=",
    "/stats?mode=tpbs&format=xml",
    "/stats?mode=torr&format=xml",
    "/stats/",
    "/statsx?mode=peer",
  ];
  for (const target of targets) {
    const expected = await get(theirs.address, target);
    const text = await expected.text();
    let status = 0;
    await until(PROCESS_MS, async () => {
      const answer = await get(ours.http[0], target);
      const found = await answer.text();
      status = answer.status;
      return status === expected.status && (status !== 200 || found === text);
    }, () => `${target} has status ${status} and not ${expected.status}`);
  }
});
