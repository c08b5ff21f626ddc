/**
 * What the tracker answers over HTTP, whatever carries the requests: a request target and the client's address in,
 * a status and bytes out. It knows no sockets, no headers of requests and no `Request`s.
 *
 * @module
 */

import type { Access } from "../access/mod.ts";
import type { PeerTable } from "../peers/mod.ts";
import { countAnnounce, COUNTER, type HttpError, httpErrorCounter } from "../stats/mod.ts";
import { ANNOUNCE_BYTES_MAX, ANNOUNCE_PEERS_BYTES, AnnounceResponder, roundUpToWord } from "./announce.ts";
import { BencodeWriter } from "./bencode.ts";
import { FAILURE, type Failure, failureCounter, writeFailure } from "./failure.ts";
import { ROUTE_ANNOUNCE, ROUTE_HEALTH, ROUTE_NONE, ROUTE_ROOT, ROUTE_SCRAPE, routeOf } from "./paths.ts";
import { ascii, QueryReader } from "./query.ts";
import type { HttpReply } from "./reply.ts";
import { type HttpRequest, METHOD_OPTIONS } from "./request.ts";
import { SCRAPE_BYTES_MAX, ScrapeResponder } from "./scrape.ts";
import type { HttpSettings } from "./settings.ts";
import { Statistics, type StatisticsParts } from "./statistics.ts";
import { TorrentLists } from "./torrent_lists.ts";

const QUESTION_MARK = 0x3f;
const SEC_PER_MIN = 60;

/** Also of bencoded answers: clients expect it, whatever else would be truer. */
const TEXT = "text/plain";

const EMPTY_BODY = new Uint8Array();
const HEALTH_BODY = ascii("ok");
const NOT_FOUND_BODY = ascii("not found");
const METHOD_BODY = ascii("only GET and HEAD are served");

const ALLOW = "Allow: GET, HEAD\r\n";

/** What a handler works on. */
export interface HttpHandlerOptions {
  table: PeerTable;
  /** The row of counters that this thread alone writes. */
  counters: Float64Array;
  settings: HttpSettings;
  /** What is told of the tracker; null = nothing. */
  statistics: StatisticsParts | null;
  /** Who is refused; null = nobody. */
  access: Access | null;
  /** From `createFullScrapeTimes`, one for all threads. */
  fullScrapeTimes: SharedArrayBuffer;
  /** The time in whole seconds since 1970. */
  unixSec: () => number;
  /** Says what is wrong with the tracker, for `/health`; null when it is well. */
  healthProblem: () => string | null;
  /** Told the address of each client to which this thread sends a full scrape. */
  onFullScrape: (client: string) => void;
}

/** Answers requests, one at a time. One a thread. */
export class HttpHandler {
  readonly #options: HttpHandlerOptions;
  readonly #counters: Float64Array;
  readonly #announces: AnnounceResponder;
  readonly #scrapes: ScrapeResponder;
  readonly #lists: TorrentLists;
  readonly #statistics: Statistics | null;
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
    const { table, settings, statistics, access } = options;
    this.#options = options;
    this.#counters = options.counters;
    const documentBytes = roundUpToWord(documentBytesMax(settings));
    const memory = new ArrayBuffer(documentBytes + ANNOUNCE_PEERS_BYTES);
    this.#writer = new BencodeWriter(memory, documentBytes);
    this.#announces = new AnnounceResponder(table, settings, access, memory, documentBytes);
    this.#scrapes = new ScrapeResponder(table, settings.minIntervalSec, access);
    this.#lists = new TorrentLists(options);
    this.#statistics = statistics === null
      ? null
      : new Statistics(statistics, settings, this.#counters, this.#lists);
  }

  /** Answers one request. HEAD gets what GET would. Nothing in the request makes it throw. */
  handle(request: HttpRequest): HttpReply {
    const { bytes, targetStart, targetEnd } = request;
    let pathEnd = targetStart;
    while (pathEnd < targetEnd && bytes[pathEnd] !== QUESTION_MARK) pathEnd++;
    const { method, serves } = request;
    const route = routeOf(bytes, targetStart, pathEnd);
    if (method !== METHOD_OPTIONS) {
      this.#query.open(bytes, Math.min(pathEnd + 1, targetEnd), targetEnd);
      if (route === ROUTE_HEALTH) return this.#health();
      if (route === ROUTE_ANNOUNCE && serves !== "statistics") return this.#announce(request);
      if (route === ROUTE_SCRAPE && serves !== "statistics") return this.#scrape(request);
    }
    return this.#answerOther(request, route, pathEnd);
  }

  /** Answers what is not for clients. */
  #answerOther(request: HttpRequest, route: number, pathEnd: number): HttpReply {
    const { method, serves } = request;
    const { redirectUrl } = this.#options.settings;
    if (route === ROUTE_ROOT && redirectUrl !== null && method !== METHOD_OPTIONS) {
      return this.#answer(302, TEXT, ascii(redirectUrl), `Location: ${redirectUrl}\r\n`);
    }
    const mayBeStatistics = serves !== "clients" && (route === ROUTE_NONE || route === ROUTE_ROOT);
    const statistics = mayBeStatistics ? this.#statistics?.answer(request, pathEnd) ?? null : null;
    if (statistics !== null) return statistics;
    if (method === METHOD_OPTIONS) return this.#refuse(405, "bad_method", METHOD_BODY, ALLOW);
    return this.#refuse(404, "not_found", NOT_FOUND_BODY);
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
    const { renewedAfterMin, completes } = this.#announces.answer;
    countAnnounce(this.#counters, COUNTER.httpAnnounces, renewedAfterMin, completes);
    return this.#answer(200, TEXT, this.#writer.document());
  }

  #scrape(request: HttpRequest): HttpReply {
    if (this.#isRefused(request)) return this.#fail(FAILURE.addressRefused, 0);
    this.#writer.clear();
    const failure = this.#scrapes.respond(this.#query, this.#writer);
    if (failure === FAILURE.fullScrape) return this.#scrapeFully(request);
    if (failure !== null) return this.#fail(failure, 0);
    this.#counters[COUNTER.httpScrapes]++;
    return this.#answer(200, TEXT, this.#writer.document());
  }

  #scrapeFully(request: HttpRequest): HttpReply {
    const lists = this.#lists;
    const failure = lists.claim(request);
    return failure === null ? lists.give(request, "scrape") : this.#fail(failure, lists.waitSec);
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

  /**
   * Failures go out with status 200 too: at any other, clients stop and never read why. `retrySec` is the time after
   * which the same request may go well; 0 = never, as it is.
   */
  #fail(failure: Failure, retrySec: number): HttpReply {
    this.#counters[failureCounter(failure)]++;
    this.#writer.clear();
    writeFailure(failure, Math.ceil(retrySec / SEC_PER_MIN), this.#writer);
    return this.#answer(200, TEXT, this.#writer.document());
  }

  #refuse(
    status: 403 | 404 | 405,
    cause: HttpError,
    body: Uint8Array<ArrayBuffer>,
    headers = "",
  ): HttpReply {
    this.#counters[httpErrorCounter(cause)]++;
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
