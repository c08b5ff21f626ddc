/**
 * What the tracker answers over HTTP, whatever carries the requests: a request target and the client's address in,
 * a status and bytes out. It knows no sockets, no headers of requests and no `Request`s.
 *
 * @module
 */

import type { Access } from "../access/mod.ts";
import { formatIp, IPV4_BYTES, IPV6_BYTES } from "../os/mod.ts";
import { IPV4, type PeerTable } from "../peers/mod.ts";
import { COUNTER } from "../stats/mod.ts";
import { ANNOUNCE_BYTES_MAX, ANNOUNCE_PEERS_BYTES, AnnounceResponder, roundUpToWord } from "./announce.ts";
import { BencodeWriter } from "./bencode.ts";
import { FAILURE, type Failure, writeFailure } from "./failure.ts";
import { FullScrape } from "./full_scrape.ts";
import { FullScrapeLimit } from "./full_scrape_limit.ts";
import { Networks } from "./networks.ts";
import {
  ROUTE_ANNOUNCE,
  ROUTE_HEALTH,
  ROUTE_ROOT,
  ROUTE_SCRAPE,
  ROUTE_STATS_JSON,
  routeOf,
} from "./paths.ts";
import { ascii, QueryReader } from "./query.ts";
import type { HttpReply } from "./reply.ts";
import { type HttpRequest, METHOD_OPTIONS } from "./request.ts";
import { SCRAPE_BYTES_MAX, ScrapeResponder } from "./scrape.ts";
import type { HttpSettings } from "./settings.ts";

const QUESTION_MARK = 0x3f;
const SEC_PER_MIN = 60;

/** Also of bencoded answers: clients expect it, whatever else would be truer. */
const TEXT = "text/plain";
const JSON_TEXT = "application/json";

const EMPTY_BODY = new Uint8Array();
const HEALTH_BODY = ascii("ok");
const NOT_FOUND_BODY = ascii("not found");
const FORBIDDEN_BODY = ascii("the statistics are not for this address");
const METHOD_BODY = ascii("only GET and HEAD are served");

const ALLOW = "Allow: GET, HEAD\r\n";
/** A full scrape is compressed for those who take it so. */
const VARY = "Vary: Accept-Encoding\r\n";
/** The statistics are for anybody's web page (Fetch standard, CORS protocol); nothing else is. */
const CORS = "Access-Control-Allow-Origin: *\r\n";
const CORS_PREFLIGHT =
  `${CORS}Access-Control-Allow-Methods: GET, HEAD\r\nAccess-Control-Allow-Headers: *\r\n` +
  "Access-Control-Max-Age: 86400\r\nAllow: GET, HEAD, OPTIONS\r\n";

/** What a handler works on. */
export interface HttpHandlerOptions {
  table: PeerTable;
  /** The row of counters that this thread alone writes. */
  counters: Float64Array;
  settings: HttpSettings;
  /** Who is refused; null = nobody. */
  access: Access | null;
  /** From `createFullScrapeTimes`, one for all threads. */
  fullScrapeTimes: SharedArrayBuffer;
  /** The time in whole seconds since 1970. */
  unixSec: () => number;
  /** Says what is wrong with the tracker, for `/health`; null when it is well. */
  healthProblem: () => string | null;
  /** Gives the document served as `/stats.json`. */
  statsJson: () => string;
  /** Told the address of each client that is given a full scrape. */
  onFullScrape: (client: string) => void;
}

/** Answers requests, one at a time. One a thread. */
export class HttpHandler {
  readonly #options: HttpHandlerOptions;
  readonly #counters: Float64Array;
  readonly #announces: AnnounceResponder;
  readonly #scrapes: ScrapeResponder;
  readonly #fullScrapeLimit: FullScrapeLimit;
  readonly #statsJsonPath: Uint8Array;
  readonly #statsReaders: Networks;
  readonly #query = new QueryReader();
  readonly #writer: BencodeWriter;
  readonly #encoder = new TextEncoder();
  readonly #reply: HttpReply = {
    status: 200,
    contentType: TEXT,
    body: EMPTY_BODY,
    headers: "",
    stream: null,
  };

  constructor(options: HttpHandlerOptions) {
    const { table, settings, access, fullScrapeTimes } = options;
    this.#options = options;
    this.#counters = options.counters;
    const documentBytes = roundUpToWord(documentBytesMax(settings));
    const memory = new ArrayBuffer(documentBytes + ANNOUNCE_PEERS_BYTES);
    this.#writer = new BencodeWriter(memory, documentBytes);
    this.#announces = new AnnounceResponder(table, settings, access, memory, documentBytes);
    this.#scrapes = new ScrapeResponder(table, settings.minIntervalSec, access);
    this.#statsJsonPath = ascii(`/${settings.statsPath}.json`);
    this.#statsReaders = new Networks(settings.statsFrom);
    this.#fullScrapeLimit = new FullScrapeLimit(fullScrapeTimes, settings.fullScrapeIntervalSec);
  }

  /** Answers one request. HEAD gets what GET would. Nothing in the request makes it throw. */
  handle(request: HttpRequest): HttpReply {
    const { bytes, targetStart, targetEnd } = request;
    let pathEnd = targetStart;
    while (pathEnd < targetEnd && bytes[pathEnd] !== QUESTION_MARK) pathEnd++;
    const route = routeOf(bytes, targetStart, pathEnd, this.#statsJsonPath);
    if (request.method === METHOD_OPTIONS) return this.#preflight(route);
    this.#query.open(bytes, Math.min(pathEnd + 1, targetEnd), targetEnd);
    switch (route) {
      case ROUTE_ANNOUNCE:
        return this.#announce(request);
      case ROUTE_SCRAPE:
        return this.#scrape(request);
      case ROUTE_HEALTH:
        return this.#health();
      case ROUTE_STATS_JSON:
        return this.#stats(request);
      case ROUTE_ROOT:
        return this.#root();
      default:
        return this.#refuse(404, NOT_FOUND_BODY);
    }
  }

  #announce(request: HttpRequest): HttpReply {
    if (this.#isRefused(request)) return this.#fail(FAILURE.addressRefused, 0);
    const waitMs = this.#claimAnnounce(request);
    if (waitMs > 0) return this.#fail(FAILURE.tooManyAnnounces, waitMs / 1000);
    this.#writer.clear();
    const failure = this.#announces.respond(this.#query, request, this.#writer);
    if (failure !== null) {
      // Peers expire, and there may be room by the time that the client would come again anyway.
      return this.#fail(failure, failure === FAILURE.full ? this.#options.settings.minIntervalSec : 0);
    }
    this.#counters[COUNTER.httpAnnounces]++;
    return this.#answer(200, TEXT, this.#writer.document());
  }

  #scrape(request: HttpRequest): HttpReply {
    if (this.#isRefused(request)) return this.#fail(FAILURE.addressRefused, 0);
    this.#writer.clear();
    const failure = this.#scrapes.respond(this.#query, this.#writer);
    if (failure === FAILURE.fullScrape && this.#options.settings.fullScrape) {
      return this.#scrapeFully(request);
    }
    if (failure !== null) return this.#fail(failure, 0);
    this.#counters[COUNTER.httpScrapes]++;
    return this.#answer(200, TEXT, this.#writer.document());
  }

  #scrapeFully({ hasAddress, family, address, acceptsGzip }: HttpRequest): HttpReply {
    if (!hasAddress) return this.#fail(FAILURE.addressUnknown, 0);
    const waitSec = this.#fullScrapeLimit.claim(family, address, this.#options.unixSec());
    if (waitSec > 0) return this.#fail(FAILURE.fullScrapeTooSoon, waitSec);
    this.#counters[COUNTER.httpScrapes]++;
    this.#options.onFullScrape(formatIp(address, 0, family === IPV4 ? IPV4_BYTES : IPV6_BYTES));
    const reply = this.#answer(200, TEXT, EMPTY_BODY, VARY);
    reply.stream = new FullScrape(this.#options.table, acceptsGzip);
    return reply;
  }

  #health(): HttpReply {
    const problem = this.#options.healthProblem();
    if (problem === null) return this.#answer(200, TEXT, HEALTH_BODY);
    return this.#answer(503, TEXT, this.#encoder.encode(problem));
  }

  #isRefused({ hasAddress, family, addressWords }: HttpRequest): boolean {
    const { access } = this.#options;
    return access !== null && hasAddress && access.refusesAddress(family, addressWords);
  }

  /** See `Access.claimAnnounce`. */
  #claimAnnounce({ hasAddress, family, addressWords }: HttpRequest): number {
    const { access } = this.#options;
    if (access === null || !hasAddress) return 0;
    access.readClock();
    return access.claimAnnounce(family, addressWords);
  }

  #stats({ hasAddress, family, address }: HttpRequest): HttpReply {
    const readers = this.#statsReaders;
    if (!readers.isEmpty && !(hasAddress && readers.has(family, address))) {
      return this.#refuse(403, FORBIDDEN_BODY);
    }
    return this.#answer(200, JSON_TEXT, this.#encoder.encode(this.#options.statsJson()), CORS);
  }

  #root(): HttpReply {
    const { redirectUrl } = this.#options.settings;
    if (redirectUrl === null) return this.#refuse(404, NOT_FOUND_BODY);
    return this.#answer(302, TEXT, ascii(redirectUrl), `Location: ${redirectUrl}\r\n`);
  }

  #preflight(route: number): HttpReply {
    if (route === ROUTE_STATS_JSON) return this.#answer(204, "", EMPTY_BODY, CORS_PREFLIGHT);
    return this.#refuse(405, METHOD_BODY, ALLOW);
  }

  /**
   * Failures go out with status 200 too: at any other, clients stop and never read why. `retrySec` is the time after
   * which the same request may go well; 0 = never, as it is.
   */
  #fail(failure: Failure, retrySec: number): HttpReply {
    this.#counters[COUNTER.httpErrors]++;
    this.#writer.clear();
    writeFailure(failure, Math.ceil(retrySec / SEC_PER_MIN), this.#writer);
    return this.#answer(200, TEXT, this.#writer.document());
  }

  #refuse(status: 403 | 404 | 405, body: Uint8Array<ArrayBuffer>, headers = ""): HttpReply {
    this.#counters[COUNTER.httpErrors]++;
    return this.#answer(status, TEXT, body, headers);
  }

  #answer(status: number, contentType: string, body: Uint8Array<ArrayBuffer>, headers = ""): HttpReply {
    const reply = this.#reply;
    reply.status = status;
    reply.contentType = contentType;
    reply.body = body;
    reply.headers = headers;
    reply.stream = null;
    return reply;
  }
}

/** Bytes of the longest bencoded answer. */
function documentBytesMax({ warningMessage, trackerId }: HttpSettings): number {
  // Three bytes a UTF-16 unit at most, and a length in front.
  const texts = 3 * ((warningMessage?.length ?? 0) + (trackerId?.length ?? 0)) + 32;
  return Math.max(ANNOUNCE_BYTES_MAX + texts, SCRAPE_BYTES_MAX);
}
