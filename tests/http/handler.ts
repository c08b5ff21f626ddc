// The HTTP handler over a table of its own, without sockets.
import { assertEquals } from "@std/assert";
import bencode from "bencode";
import type { Access } from "../../src/access/mod.ts";
import type { Serves } from "../../src/addresses/mod.ts";
import { createFullScrapeTimes } from "../../src/http/full_scrape_limit.ts";
import { HttpHandler } from "../../src/http/handle.ts";
import type { HttpReply } from "../../src/http/reply.ts";
import { type HttpMethod, HttpRequest, METHOD_GET } from "../../src/http/request.ts";
import type { HttpSettings } from "../../src/http/settings.ts";
import type { StatisticsParts } from "../../src/http/statistics.ts";
import { parseIp } from "../../src/os/mod.ts";
import { createTable, IPV4, IPV6, type PeerTable } from "../../src/peers/mod.ts";
import { httpErrorsOf } from "../../src/stats/counters.ts";
import { counterRow, createCounters, requestsOf } from "../../src/stats/mod.ts";
import { exampleStatistics } from "./example_statistics.ts";

export interface Answer {
  status: number;
  contentType: string;
  headers: string;
  text: string;
  bytes: Uint8Array;
}

/** What the answers to announces look like to the independent reader. */
export interface Announced {
  complete: number;
  downloaded: number;
  downloaders?: number;
  "external ip": Uint8Array;
  incomplete: number;
  interval: number;
  "min interval": number;
  peers: Uint8Array | { ip: Uint8Array; "peer id"?: Uint8Array; port: number }[];
  peers6?: Uint8Array;
  "tracker id"?: Uint8Array;
  "warning message"?: Uint8Array;
}

/** One torrent in the answer to a scrape. */
export interface Scraped {
  complete: number;
  downloaded: number;
  downloaders: number;
  incomplete: number;
}

/** An answer with a failure reason: its text, and the minutes after which to try again, where it names them. */
export interface Failed {
  reason: string;
  retryMin: string | null;
}

export interface Options extends Partial<HttpSettings> {
  peerIds?: boolean;
  maxPeers?: number;
  access?: Access | null;
  statistics?: StatisticsParts | null;
}

/** A request: GET from 192.0.2.1 if nothing else is said. An address of null is one that a proxy did not tell. */
export interface Asked {
  from?: string | null;
  method?: HttpMethod;
  acceptsGzip?: boolean;
  serves?: Serves;
  authorization?: string;
  ifNoneMatch?: string;
}

export const SETTINGS: HttpSettings = {
  intervalSec: 1800,
  minIntervalSec: 900,
  warningMessage: null,
  trackerId: null,
  fullScrape: false,
  fullScrapeIntervalSec: 300,
  statsPath: "stats",
  statsFrom: [],
  statsHashes: false,
  redirectUrl: null,
};

export class TestTracker {
  readonly table: PeerTable;
  readonly counters = counterRow(createCounters(1), 0);
  /** The time by which full scrapes are limited. */
  unixSec = 1_800_000_000;
  /** What is wrong with the tracker. */
  healthProblem: string | null = null;
  readonly #handler: HttpHandler;

  constructor(options: Options = {}) {
    const {
      peerIds = true,
      maxPeers = 10_000,
      access = null,
      statistics = exampleStatistics(),
      ...settings
    } = options;
    this.table = createTable({ maxPeers, maxTorrents: 1000, peerIds });
    this.#handler = new HttpHandler({
      table: this.table,
      counters: this.counters,
      settings: { ...SETTINGS, ...settings },
      statistics,
      access,
      fullScrapeTimes: createFullScrapeTimes(),
      unixSec: () => this.unixSec,
      healthProblem: () => this.healthProblem,
      onFullScrape() {},
    });
  }

  /** The handler's own reply to a request target given as bytes or as latin-1 text. */
  ask(target: string | Uint8Array, asked: Asked = {}): HttpReply {
    const bytes = typeof target === "string" ? Uint8Array.from(target, (c) => c.charCodeAt(0)) : target;
    const { from = "192.0.2.1", method = METHOD_GET, acceptsGzip = false, serves = "all" } = asked;
    const { authorization = "", ifNoneMatch = "" } = asked;
    const address = from === null ? null : parseIp(from)!;
    const request = new HttpRequest();
    request.method = method;
    // The target lies amid other bytes, as it would in a request's head.
    request.bytes = Uint8Array.of(0x2f, ...bytes, 0x20, 0x26);
    request.targetStart = 1;
    request.targetEnd = 1 + bytes.length;
    request.hasAddress = address !== null;
    request.family = address?.length === 16 ? IPV6 : IPV4;
    // Where none was told, the one of a request before lies there still.
    request.address.set(address ?? parseIp("192.0.2.1")!);
    request.acceptsGzip = acceptsGzip;
    request.serves = serves;
    request.fields = { authorization: () => authorization, ifNoneMatch: () => ifNoneMatch };
    return this.#handler.handle(request);
  }

  /** The answer to a GET. */
  get(target: string | Uint8Array, from?: string | null, asked: Omit<Asked, "from"> = {}): Answer {
    const reply = this.ask(target, from === undefined ? asked : { ...asked, from });
    assertEquals(reply.stream, null);
    return {
      status: reply.status,
      contentType: reply.contentType,
      headers: reply.headers,
      text: new TextDecoder("latin1").decode(reply.body),
      bytes: reply.body.slice(),
    };
  }

  /** Announces and reads the answer, which must be canonical. */
  announce(query: string, from?: string): Announced {
    const announced = readCanonical(this.get(`/announce?${query}`, from)) as unknown as Announced;
    assertEquals("failure reason" in announced, false);
    return announced;
  }

  /** GETs what fails and reads the answer, which must be canonical. */
  fail(target: string, from?: string | null): Failed {
    const failed = readCanonical(this.get(target, from));
    const reason = asText(failed["failure reason"]);
    const retryIn = failed["retry in"];
    return { reason, retryMin: retryIn === undefined ? null : asText(retryIn) };
  }

  /** Scrapes and reads the answer, which must be canonical: the torrents by their hashes in hexadecimal. */
  scrape(query: string): Map<string, Scraped> {
    const { bytes, status } = this.get(`/scrape?${query}`);
    assertEquals(status, 200);
    return readScrape(bytes);
  }

  /** Counted announces, scrapes and errors. */
  get counts(): [announces: number, scrapes: number, errors: number] {
    const { httpAnnounces, httpScrapes, httpErrors } = requestsOf(this.counters);
    return [httpAnnounces, httpScrapes, httpErrors];
  }

  /** The errors counted so far, by causes that occurred. */
  get errors(): Record<string, number> {
    return Object.fromEntries(Object.entries(httpErrorsOf(this.counters)).filter(([, count]) => count > 0));
  }
}

/** The dictionary in an answer; written anew by an independent writer it must have the same bytes. */
function readCanonical({ status, contentType, headers, bytes }: Answer): Record<string, unknown> {
  assertEquals([status, contentType, headers], [200, "text/plain", ""]);
  const decoded = bencode.decode(bytes);
  assertEquals(new Uint8Array(bencode.encode(decoded)), bytes);
  return decoded as Record<string, unknown>;
}

/** The torrents of a scrape's body by their hashes in hexadecimal; the body must be canonical. */
export function readScrape(bytes: Uint8Array): Map<string, Scraped> {
  const { files, ...rest } = bencode.decode(bytes) as { files: Record<string, Scraped> };
  const scraped = new Map(Object.entries(files).map(([key, entry]) => [hashOfKey(key), entry]));
  // The writer cannot write keys that are no text: it writes everything else.
  const latin1 = new TextDecoder("latin1");
  const entries = [...scraped].sort(([a], [b]) => a < b ? -1 : 1).map(([hash, entry]) =>
    `20:${latin1.decode(Uint8Array.fromHex(hash))}${latin1.decode(bencode.encode(entry))}`
  );
  const others = latin1.decode(bencode.encode(rest)).slice("d".length);
  assertEquals(`d5:filesd${entries.join("")}e${others}`, latin1.decode(bytes));
  return scraped;
}

/** The reader gives keys that are UTF-8 as text and all others in hexadecimal. */
function hashOfKey(key: string): string {
  const bytes = new TextEncoder().encode(key);
  return bytes.length === 20 ? bytes.toHex() : key;
}

function asText(value: unknown): string {
  return new TextDecoder().decode(value as Uint8Array);
}

/** The answer with a failure reason and nothing else. */
export function failureOf(reason: string): string {
  return `d14:failure reason${reason.length}:${reason}e`;
}
