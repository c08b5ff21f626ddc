/**
 * What the tracker answers over HTTP, whatever carries the requests: a request target and the client's address in,
 * a status and bytes out. It knows no sockets, headers or `Request`s.
 *
 * @module
 */

import type { Family, PeerTable } from "../peers/mod.ts";
import { COUNTER } from "../stats/mod.ts";
import { AnnounceResponder, type HttpSettings } from "./announce.ts";
import { BencodeWriter } from "./bencode.ts";
import type { Failure } from "./failure.ts";
import { ascii, equalBytes, QueryReader } from "./query.ts";
import { ScrapeResponder } from "./scrape.ts";

const QUESTION_MARK = 0x3f;

const ANNOUNCE_PATH = ascii("/announce");
const SCRAPE_PATH = ascii("/scrape");
const HEALTH_PATH = ascii("/health");
const STATS_JSON_PATH = ascii("/stats.json");

/** Also of bencoded answers: clients expect it, whatever else would be truer. */
const TEXT = "text/plain";
const JSON_TEXT = "application/json";

const HEALTH_BODY = ascii("ok");
const NOT_FOUND_BODY = ascii("not found");

/** One answer. The handler reuses it and its body: use or copy them before the next request. */
export interface HttpReply {
  status: number;
  contentType: string;
  body: Uint8Array<ArrayBuffer>;
}

/** What a handler works on. */
export interface HttpHandlerOptions {
  table: PeerTable;
  /** The row of counters that this thread alone writes. */
  counters: Float64Array;
  settings: HttpSettings;
  /** Gives the document served as `/stats.json`. */
  statsJson: () => string;
}

/** Answers requests, one at a time. One a thread. */
export class HttpHandler {
  readonly #counters: Float64Array;
  readonly #statsJson: () => string;
  readonly #announces: AnnounceResponder;
  readonly #scrapes: ScrapeResponder;
  readonly #query = new QueryReader();
  readonly #writer = new BencodeWriter();
  readonly #reply: HttpReply = { status: 200, contentType: TEXT, body: HEALTH_BODY };

  constructor(options: HttpHandlerOptions) {
    this.#counters = options.counters;
    this.#statsJson = options.statsJson;
    this.#announces = new AnnounceResponder(options.table, options.settings);
    this.#scrapes = new ScrapeResponder(options.table);
  }

  /**
   * Answers a GET for the request target in `target` from `start` to before `end`: path and query, percent-encoded
   * as they came. `address` begins with the client's 4 or 16 bytes by `family`; an IPv4-mapped address must come as
   * IPv4. Nothing in the target makes it throw.
   */
  handle(target: Uint8Array, start: number, end: number, family: Family, address: Uint8Array): HttpReply {
    let pathEnd = start;
    while (pathEnd < end && target[pathEnd] !== QUESTION_MARK) pathEnd++;
    this.#query.open(target, Math.min(pathEnd + 1, end), end);

    if (equalBytes(target, start, pathEnd, ANNOUNCE_PATH)) {
      this.#writer.clear();
      const failure = this.#announces.respond(this.#query, family, address, this.#writer);
      return this.#bencoded(failure, COUNTER.httpAnnounces);
    }
    if (equalBytes(target, start, pathEnd, SCRAPE_PATH)) {
      this.#writer.clear();
      const failure = this.#scrapes.respond(this.#query, this.#writer);
      return this.#bencoded(failure, COUNTER.httpScrapes);
    }
    if (equalBytes(target, start, pathEnd, HEALTH_PATH)) return this.#document(200, TEXT, HEALTH_BODY);
    if (equalBytes(target, start, pathEnd, STATS_JSON_PATH)) {
      return this.#document(200, JSON_TEXT, new TextEncoder().encode(this.#statsJson()));
    }
    this.#counters[COUNTER.httpErrors]++;
    return this.#document(404, TEXT, NOT_FOUND_BODY);
  }

  /** Failures go out with status 200 too: at any other, clients stop and never read why. */
  #bencoded(
    failure: Failure | null,
    counter: typeof COUNTER.httpAnnounces | typeof COUNTER.httpScrapes,
  ): HttpReply {
    if (failure === null) {
      this.#counters[counter]++;
    } else {
      this.#counters[COUNTER.httpErrors]++;
      this.#writer.clear();
      this.#writer.beginDictionary();
      this.#writer.text("failure reason");
      this.#writer.text(failure);
      this.#writer.end();
    }
    return this.#document(200, TEXT, this.#writer.document());
  }

  #document(status: number, contentType: string, body: Uint8Array<ArrayBuffer>): HttpReply {
    this.#reply.status = status;
    this.#reply.contentType = contentType;
    this.#reply.body = body;
    return this.#reply;
  }
}
