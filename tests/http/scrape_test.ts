import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { FAILURE } from "../../src/http/failure.ts";
import { restoreTorrent, scrape, ScrapeAnswer } from "../../src/peers/mod.ts";
import { escaped } from "../http_client.ts";
import { failureOf, TestTracker } from "./handler.ts";

const KNOWN = "%00%ff%26ABCDEFGHIJKLMNOPQ";
const KNOWN_RAW = "\x00\xff&ABCDEFGHIJKLMNOPQ";

/** Behind the last torrent. */
const END = "e5:flagsd20:min_request_intervali900eee";

function entry(complete: number, downloaded: number, downloaders: number, incomplete: number): string {
  return `d8:completei${complete}e10:downloadedi${downloaded}e11:downloadersi${downloaders}e` +
    `10:incompletei${incomplete}ee`;
}

Deno.test("a scrape counts seeders, completions, downloaders and leechers over both families", () => {
  const tracker = new TestTracker();
  tracker.announce(`info_hash=${KNOWN}&port=1&left=0&event=completed`);
  tracker.announce(`info_hash=${KNOWN}&port=1&left=0`, "2001:db8::1");
  tracker.announce(`info_hash=${KNOWN}&port=2&left=5`);
  tracker.announce(`info_hash=${KNOWN}&port=3&left=5&event=paused`);
  const { status, contentType, text } = tracker.get(`/scrape?info_hash=${KNOWN}`);
  assertEquals([status, contentType], [200, "text/plain"]);
  assertEquals(text, `d5:filesd20:${KNOWN_RAW}${entry(2, 1, 1, 2)}${END}`);
  assertEquals(tracker.counts, [4, 1, 0]);
});

Deno.test("a scrape's torrents are in order of their bytes, each once, the unknown as zeros", () => {
  const tracker = new TestTracker();
  tracker.announce(`info_hash=${KNOWN}&port=1`);
  const high = `${"%ff".repeat(20)}`;
  const low = `${"%00".repeat(20)}`;
  const middle = "a".repeat(20);
  const hashes = [middle, high, KNOWN, low, high, KNOWN, middle];
  const query = hashes.map((hash) => `info_hash=${hash}`).join("&");
  assertEquals(
    tracker.get(`/scrape?x=%zz&${query}&port=none`).text,
    `d5:filesd20:${"\x00".repeat(20)}${entry(0, 0, 0, 0)}20:${KNOWN_RAW}${entry(0, 0, 1, 1)}` +
      `20:${middle}${entry(0, 0, 0, 0)}20:${"\xff".repeat(20)}${entry(0, 0, 0, 0)}${END}`,
  );
});

/** A scrape of torrents 0 to `count` - 1, last first. */
function scrapeOf(count: number): string {
  const query = Array.from({ length: count }, (_, i) => `info_hash=${String(i).padStart(20, "0")}`).reverse();
  return `/scrape?${query.join("&")}`;
}

Deno.test("a scrape may name 100 torrents", () => {
  const tracker = new TestTracker();
  const hundred = Array.from(
    { length: 100 },
    (_, i) => `20:${String(i).padStart(20, "0")}${entry(0, 0, 0, 0)}`,
  );
  const expected = `d5:filesd${hundred.join("")}${END}`;
  assertEquals(tracker.get(scrapeOf(100)).text, expected);
  assertEquals(tracker.get(`${scrapeOf(100)}&info_hash=${"0".repeat(20)}`).text, expected);
  assertEquals(tracker.get(scrapeOf(101)).text, failureOf(FAILURE.tooManyHashes));
});

Deno.test("a hundred torrents of which much is to be told fit", () => {
  const tracker = new TestTracker({ minIntervalSec: 4_294_967_295 });
  const answer = new ScrapeAnswer();
  const hash = new Uint32Array(5);
  for (let torrent = 0; torrent < 100; torrent++) {
    hash[4] = torrent;
    restoreTorrent(tracker.table, hash, 0, 0xffffffff);
    assertEquals([scrape(tracker.table, hash, 0, answer), answer.completed], [true, 0xffffffff]);
  }
  const query = Array.from(
    { length: 100 },
    (_, torrent) => `info_hash=${"%00".repeat(16)}%${torrent.toString(16).padStart(2, "0")}%00%00%00`,
  );
  const entries = [...tracker.scrape(query.join("&")).values()];
  assertEquals(entries.map(({ downloaded }) => downloaded), new Array(100).fill(0xffffffff));
});

Deno.test("random scrapes are canonical and have every torrent that was asked for", () => {
  const tracker = new TestTracker();
  tracker.announce(`info_hash=${KNOWN}&port=1&left=0`);
  const hash = fc.uint8Array({ minLength: 20, maxLength: 20 });
  const similar = hash.map((bytes) =>
    Uint8Array.of(...bytes.subarray(0, 1), ...new Uint8Array(18), bytes[19])
  );
  fc.assert(fc.property(fc.array(fc.oneof(hash, similar), { minLength: 1, maxLength: 60 }), (hashes) => {
    const query = hashes.map((hash) => `info_hash=${escaped(hash)}`).join("&");
    const asked = new Set(hashes.map((hash) => hash.toHex()));
    assertEquals([...tracker.scrape(query).keys()].sort(), [...asked].sort());
  }));
});

const FAILURES: [query: string, failure: string][] = [
  ["", FAILURE.fullScrape],
  ["?", FAILURE.fullScrape],
  ["?hash=ABCDEFGHIJKLMNOPQRST", FAILURE.fullScrape],
  ["?info_hash=", FAILURE.infoHashInvalid],
  ["?info_hash=ABCDEFGHIJKLMNOPQRS", FAILURE.infoHashInvalid],
  ["?info_hash=ABCDEFGHIJKLMNOPQRSTU", FAILURE.infoHashInvalid],
  ["?info_hash=ABCDEFGHIJKLMNOPQRS%4", FAILURE.infoHashInvalid],
  ["?info_hash=ABCDEFGHIJKLMNOPQRST&info_hash=x", FAILURE.infoHashInvalid],
];

for (const [query, failure] of FAILURES) {
  Deno.test(`/scrape${query} fails`, () => {
    const tracker = new TestTracker();
    const { status, text } = tracker.get(`/scrape${query}`);
    assertEquals([status, text], [200, failureOf(failure)]);
    assertEquals(tracker.counts, [0, 0, 1]);
  });
}
