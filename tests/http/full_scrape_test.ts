import { assert, assertEquals } from "@std/assert";
import { FAILURE } from "../../src/http/failure.ts";
import { FullScrape } from "../../src/http/full_scrape.ts";
import type { BodyStream } from "../../src/http/reply.ts";
import { createTable, type PeerTable, restoreTorrent } from "../../src/peers/mod.ts";
import { readScrape, TestTracker } from "./handler.ts";

const PIECE_BYTES_MAX = 65_536;

/** All pieces, none of which may be empty or too long. */
function readAll(stream: BodyStream): Uint8Array<ArrayBuffer>[] {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (let piece; (piece = stream.next()) !== null;) pieces.push(piece);
  assert(pieces.every(({ length }) => length > 0 && length <= PIECE_BYTES_MAX));
  assertEquals(stream.next(), null);
  return pieces;
}

async function join(pieces: Uint8Array<ArrayBuffer>[]): Promise<Uint8Array> {
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

/** A table of torrents with random hashes; torrent i was completed i times. */
function randomTable(torrents: number): { table: PeerTable; completed: Map<string, number> } {
  const table = createTable({ maxPeers: 1, maxTorrents: torrents, peerIds: false });
  const completed = new Map<string, number>();
  for (let i = 0; i < torrents; i++) {
    const hash = crypto.getRandomValues(new Uint8Array(20));
    restoreTorrent(table, new Uint32Array(hash.buffer), 0, i);
    completed.set(hash.toHex(), i);
  }
  return { table, completed };
}

Deno.test("a full scrape of an empty table is whole", async () => {
  const table = createTable({ maxPeers: 1, maxTorrents: 1, peerIds: false });
  assertEquals(new TextDecoder().decode(await join(readAll(new FullScrape(table, false)))), "d5:filesdee");
});

Deno.test("a full scrape tells every torrent, in order, in pieces", async () => {
  const { table, completed } = randomTable(5000);
  const pieces = readAll(new FullScrape(table, false));
  assert(pieces.length > 1);
  const scraped = readScrape(await join(pieces));
  assertEquals(new Map([...scraped].map(([hash, { downloaded }]) => [hash, downloaded])), completed);
});

Deno.test("a full scrape tells the counts of the table when a torrent has its turn", async () => {
  const tracker = new TestTracker({ fullScrape: true });
  const { stream } = tracker.ask("/scrape");
  tracker.announce(`info_hash=${"%ff".repeat(20)}&port=1&left=0&event=completed`);
  tracker.announce(`info_hash=${"%ff".repeat(20)}&port=2&event=paused`);
  tracker.announce(`info_hash=${"%ff".repeat(20)}&port=3`);
  const scraped = readScrape(await join(readAll(stream!)));
  assertEquals([...scraped], [
    ["ff".repeat(20), { complete: 1, downloaded: 1, downloaders: 1, incomplete: 2 }],
  ]);
});

Deno.test("a scrape that names no torrent is a full one only where the operator says so", () => {
  for (const target of ["/scrape", "/scrape?", "/scrape?x=1", "/scrape/passkey", "/passkey/scrape"]) {
    assertEquals(new TestTracker().fail(target), { reason: FAILURE.fullScrape, retryMin: null }, target);
    const tracker = new TestTracker({ fullScrape: true });
    const { status, contentType, body, stream } = tracker.ask(target);
    assertEquals([status, contentType, body.length, stream !== null], [200, "text/plain", 0, true]);
    assertEquals(tracker.counts, [0, 1, 0]);
  }
  const tracker = new TestTracker({ fullScrape: true });
  assertEquals(tracker.fail("/scrape?info_hash=").reason, FAILURE.infoHashInvalid);
  assertEquals(tracker.scrape("info_hash=ABCDEFGHIJKLMNOPQRST").size, 1);
});

Deno.test("a full scrape is compressed for a client that takes it so, and caches are told", () => {
  for (const acceptsGzip of [false, true]) {
    const { stream, headers } = new TestTracker({ fullScrape: true }).ask("/scrape", { acceptsGzip });
    assertEquals([stream!.gzip, headers], [acceptsGzip, "Vary: Accept-Encoding\r\n"]);
  }
});

Deno.test("an address that comes again too soon is told in how many minutes to come", () => {
  const tracker = new TestTracker({ fullScrape: true, fullScrapeIntervalSec: 300 });
  const reason = FAILURE.fullScrapeTooSoon;
  assert(tracker.ask("/scrape").stream !== null);
  assertEquals(tracker.fail("/scrape"), { reason, retryMin: "5" });
  tracker.unixSec += 60;
  assertEquals(tracker.fail("/scrape"), { reason, retryMin: "4" });
  tracker.unixSec += 239;
  assertEquals(tracker.fail("/scrape"), { reason, retryMin: "1" });
  assertEquals(tracker.counts, [0, 1, 3]);
  assert(tracker.ask("/scrape", { from: "192.0.2.77" }).stream !== null);
  assertEquals(tracker.scrape("info_hash=ABCDEFGHIJKLMNOPQRST").size, 1);
  tracker.unixSec += 1;
  assert(tracker.ask("/scrape").stream !== null);
});

Deno.test("a proxy that does not say whose request it is gets no full scrape", () => {
  const tracker = new TestTracker({ fullScrape: true });
  assertEquals(tracker.fail("/scrape", null), { reason: FAILURE.addressUnknown, retryMin: null });
});
