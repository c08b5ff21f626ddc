// Who is given a list of all torrents at `/stats?mode=tpbs`, and how often.
import { assert, assertEquals } from "@std/assert";
import type { Access } from "../../src/access/mod.ts";
import { createFullScrapeTimes } from "../../src/http/full_scrape_limit.ts";
import type { HttpReply } from "../../src/http/reply.ts";
import { type HttpMethod, HttpRequest, METHOD_GET, METHOD_HEAD } from "../../src/http/request.ts";
import { TorrentLists } from "../../src/http/torrent_lists.ts";
import { parseIp } from "../../src/os/mod.ts";
import { createTable } from "../../src/peers/mod.ts";
import { httpErrorsOf } from "../../src/stats/counters.ts";
import { COUNTER, counterRow, createCounters } from "../../src/stats/mod.ts";
import { accessOf, networkList } from "../access/lists.ts";
import { SETTINGS } from "./handler.ts";

const INTERVAL_SEC = 300;

/** The lists of a thread whose clock stands still until it is moved. */
class TestLists {
  unixSec = 1_800_000_000;
  readonly counters = counterRow(createCounters(1), 0);
  /** Who was given a list. */
  readonly clients: string[] = [];
  readonly #lists: TorrentLists;

  constructor({ fullScrape = true, access = null }: { fullScrape?: boolean; access?: Access | null } = {}) {
    this.#lists = new TorrentLists({
      table: createTable({ maxPeers: 1, maxTorrents: 1, peerIds: false }),
      counters: this.counters,
      settings: { ...SETTINGS, fullScrape, fullScrapeIntervalSec: INTERVAL_SEC },
      access,
      fullScrapeTimes: createFullScrapeTimes(),
      unixSec: () => this.unixSec,
      onFullScrape: (client) => this.clients.push(client),
    });
  }

  ask(from: string | null, acceptsGzip = false, method: HttpMethod = METHOD_GET): HttpReply {
    const request = new HttpRequest();
    request.method = method;
    request.hasAddress = from !== null;
    request.address.set(parseIp(from ?? "192.0.2.1")!);
    request.acceptsGzip = acceptsGzip;
    return this.#lists.answer(request, "txt");
  }

  /** Status, text and further lines of the head of an answer that is no list. */
  refusal(from: string | null): [status: number, text: string, headers: string] {
    const { status, body, headers, stream, contentType } = this.ask(from);
    assertEquals([stream, contentType], [null, "text/plain"]);
    return [status, new TextDecoder().decode(body), headers];
  }

  /** Scrapes, full ones among them, and errors by their causes, of those that occurred. */
  get counts(): [scrapes: number, full: number, errors: Record<string, number>] {
    const { counters } = this;
    const errors = Object.entries(httpErrorsOf(counters)).filter(([, count]) => count > 0);
    return [counters[COUNTER.httpScrapes], counters[COUNTER.httpFullScrapes], Object.fromEntries(errors)];
  }
}

Deno.test("a list is given as it is asked for, and counted as a full scrape once it is sent", () => {
  for (const acceptsGzip of [false, true]) {
    const lists = new TestLists();
    const { status, contentType, headers, body, stream } = lists.ask("192.0.2.7", acceptsGzip);
    assertEquals([status, contentType, headers], [200, "text/plain", "Vary: Accept-Encoding\r\n"]);
    assertEquals([body.length, stream!.format, stream!.gzip], [0, "txt", acceptsGzip]);
    assertEquals([lists.clients, lists.counts], [[], [0, 0, {}]]);
    stream!.next();
    assertEquals([lists.clients, lists.counts], [["192.0.2.7"], [1, 1, {}]]);
  }
});

Deno.test("an address that was given a list a short time ago is told when to come again", () => {
  const lists = new TestLists();
  assert(lists.ask("192.0.2.7").stream !== null);
  lists.unixSec += 100;
  const text = "you were given a full scrape a short time ago";
  assertEquals(lists.refusal("192.0.2.7"), [429, text, "Retry-After: 200\r\n"]);
  lists.unixSec += 200;
  assert(lists.ask("192.0.2.7").stream !== null);
  assertEquals(lists.counts, [0, 0, { full_scrape_too_soon: 1 }]);
});

Deno.test("HEAD takes no turn, and is answered as GET would be", () => {
  const lists = new TestLists();
  const head = () => lists.ask("192.0.2.7", false, METHOD_HEAD);
  assertEquals([head().stream?.turn, head().stream?.turn], [null, null]);
  assert(lists.ask("192.0.2.7").stream!.turn !== null);
  assertEquals([head().status, head().headers], [429, "Retry-After: 300\r\n"]);
});

Deno.test("there is no list where there are no full scrapes", () => {
  const lists = new TestLists({ fullScrape: false });
  const text = "a scrape must name an info_hash, this tracker gives no full scrape";
  assertEquals(lists.refusal("192.0.2.7"), [403, text, ""]);
  assertEquals([lists.counts, lists.clients], [[0, 0, { no_full_scrape: 1 }], []]);
});

Deno.test("there is no list for clients that are unknown or refused", () => {
  const lists = new TestLists({ access: accessOf({ networks: networkList(["192.0.2.7/32"]) }) });
  assertEquals(lists.refusal("192.0.2.7"), [403, "this tracker does not serve your address", ""]);
  assertEquals(lists.refusal(null), [
    403,
    "the proxy in front of this tracker does not say where you are",
    "",
  ]);
  assertEquals(lists.counts, [0, 0, { refused_address: 1, unknown_address: 1 }]);
  assert(lists.ask("192.0.2.8").stream !== null);
});
