import { assert, assertEquals } from "@std/assert";
import { FAILURE } from "../../src/http/failure.ts";
import type { ListFormat } from "../../src/http/list_format.ts";
import type { BodyStream } from "../../src/http/reply.ts";
import { TorrentList } from "../../src/http/torrent_list.ts";
import { createTable, type PeerTable, restoreTorrent } from "../../src/peers/mod.ts";
import { COUNTER, counterRow, createCounters } from "../../src/stats/mod.ts";
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

/** The pieces of a list of the table, of which it must have been counted, and told once, that it was given. */
function piecesOf(table: PeerTable, format: ListFormat): Uint8Array<ArrayBuffer>[] {
  const counters = counterRow(createCounters(1), 0);
  const clients: string[] = [];
  const order = { format, gzip: false, client: "192.0.2.1", turn: null };
  const list = new TorrentList(table, order, counters, (client) => clients.push(client));
  const counts = () => [counters[COUNTER.httpScrapes], counters[COUNTER.httpFullScrapes], ...clients];
  assertEquals(counts(), [0, 0]);
  const pieces = readAll(list);
  assertEquals(counts(), [1, 1, "192.0.2.1"]);
  assertEquals(counters[COUNTER.httpFullScrapeBytes], pieces.reduce((sum, { length }) => sum + length, 0));
  return pieces;
}

/** What a list of the table has, in one piece. */
function list(table: PeerTable, format: ListFormat): Promise<Uint8Array> {
  return join(piecesOf(table, format));
}

const asText = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);

Deno.test("lists of an empty table are whole", async () => {
  const table = createTable({ maxPeers: 1, maxTorrents: 1, peerIds: false });
  const bodies = { scrape: "d5:filesdee", ben: "d5:filesdee", txt: "", bin: "" };
  for (const [format, body] of Object.entries(bodies)) {
    assertEquals(asText(await list(table, format as ListFormat)), body, format);
  }
});

Deno.test("a list has the bytes that opentracker gives it", async () => {
  const tracker = new TestTracker();
  const announce = (escaped: string, query: string) =>
    tracker.announce(`info_hash=${escaped.repeat(20)}&compact=1&${query}`);
  announce("%01", "port=1&left=1");
  announce("%01", "port=2&left=7");
  announce("%ab", "port=1&left=0&event=completed");
  announce("%ab", "port=2&left=1&event=paused");
  const first = "\x01".repeat(20), second = "\xab".repeat(20);
  const bodies = {
    scrape: `d5:filesd20:${first}d8:completei0e10:downloadedi0e11:downloadersi2e10:incompletei2ee` +
      `20:${second}d8:completei1e10:downloadedi1e11:downloadersi0e10:incompletei1eeee`,
    ben: `d5:filesd20:${first}d8:completei0e10:downloadedi0e10:incompletei2ee` +
      `20:${second}d8:completei1e10:downloadedi1e10:incompletei1eeee`,
    txt: `${"01".repeat(20)}:0:2\n${"AB".repeat(20)}:1:1\n`,
    bin: `${first}\0\0\0\0\0\0\0\x02${second}\0\0\0\x01\0\0\0\x01`,
  };
  for (const [format, body] of Object.entries(bodies)) {
    assertEquals(asText(await list(tracker.table, format as ListFormat)), body, format);
  }
});

Deno.test("a list tells every torrent, in order, in pieces", async () => {
  const { table, completed } = randomTable(5000);
  const hashes = [...completed.keys()].sort();
  const pieces = piecesOf(table, "scrape");
  assert(pieces.length > 1);
  const scraped = readScrape(await join(pieces));
  assertEquals(new Map([...scraped].map(([hash, { downloaded }]) => [hash, downloaded])), completed);
  assertEquals(
    asText(await list(table, "txt")),
    hashes.map((hash) => `${hash.toUpperCase()}:0:0\n`).join(""),
  );
  assertEquals((await list(table, "bin")).toHex(), hashes.map((hash) => hash + "0".repeat(16)).join(""));
  assertEquals([...readScrape(await list(table, "ben")).keys()], hashes);
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
    assertEquals([status, contentType, body.length], [200, "text/plain", 0]);
    readAll(stream!);
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
  assertEquals(tracker.counts, [0, 0, 3]);
  assert(tracker.ask("/scrape", { from: "192.0.2.77" }).stream !== null);
  assertEquals(tracker.scrape("info_hash=ABCDEFGHIJKLMNOPQRST").size, 1);
  tracker.unixSec += 1;
  assert(tracker.ask("/scrape").stream !== null);
});

Deno.test("a proxy that does not say whose request it is gets no full scrape", () => {
  const tracker = new TestTracker({ fullScrape: true });
  assertEquals(tracker.fail("/scrape", null), { reason: FAILURE.addressUnknown, retryMin: null });
});
