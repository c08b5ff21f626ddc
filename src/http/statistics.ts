/**
 * What is told of the tracker over HTTP, and to whom: documents that main has put on the board, and the files of the page.
 *
 * @module
 */

import { type PublishedBuffers, Tokens } from "../access/mod.ts";
import {
  type BoardParts,
  type BoardPlace,
  BoardReader,
  type HttpError,
  httpErrorCounter,
} from "../stats/mod.ts";
import { AUTHENTICATE, tokenOf } from "./authorization.ts";
import type { ListFormat } from "./list_format.ts";
import { Networks } from "./networks.ts";
import { ascii, INVALID, KEY_END, KEY_FORMAT, KEY_MODE, QueryReader } from "./query.ts";
import { GZIP_ENCODING, type HttpReply, VARY_ENCODING } from "./reply.ts";
import { type HttpRequest, METHOD_OPTIONS } from "./request.ts";
import type { HttpSettings } from "./settings.ts";
import { answerFile, type StaticFile } from "./static_files.ts";
import { documentsByMode, type Resource, resourcesByPath } from "./statistics_paths.ts";
import type { TorrentLists } from "./torrent_lists.ts";

const TEXT = "text/plain";
/** The mode where none is named, as opentracker's. */
const DEFAULT_MODE = "peer";
/** The mode that tells of every torrent, and its forms: `format`, and without one the first. */
const LIST_MODE = "tpbs";
const LIST_FORMATS: readonly ListFormat[] = ["txt", "ben", "bin"];
/** Longer than any mode or format. */
const VALUE_LENGTH_MAX = 32;

/** What anybody may read is for anybody's web page too (Fetch standard, CORS protocol); nothing but statistics is. */
const CORS = "Access-Control-Allow-Origin: *\r\n";
/** The asterisk does not stand for Authorization. That is for tokens: passwords are kept by browsers, and so not allowed. */
const CORS_PREFLIGHT =
  `${CORS}Access-Control-Allow-Methods: GET, HEAD\r\nAccess-Control-Allow-Headers: *, Authorization\r\n` +
  "Access-Control-Max-Age: 86400\r\nAllow: GET, HEAD, OPTIONS\r\n";
/** Statistics are of the moment, and a cache on the way knows nothing of who may read them. */
const NO_STORE = "Cache-Control: no-store\r\n";
const RETRY_AFTER = "Retry-After: 1\r\n";

const EMPTY_BODY = new Uint8Array();
const ADDRESS_BODY = ascii("the statistics are not for this address");
const TOKEN_BODY = ascii("the statistics are for those who have a token");
const HASHES_BODY = ascii("info hashes are not told");
const MODE_BODY = ascii("there is no such mode or format");
const SOON_BODY = ascii("not yet");

/** What the statistics are served from. Plain data and shared memory. */
export interface StatisticsParts {
  board: BoardParts;
  files: readonly StaticFile[];
  /** The tokens of which readers must have one; null = none is needed. */
  tokens: PublishedBuffers | null;
}

/** The statistics of one thread. */
export class Statistics {
  readonly #places: readonly BoardPlace[];
  readonly #settings: HttpSettings;
  readonly #counters: Float64Array;
  readonly #lists: TorrentLists;
  readonly #board: BoardReader;
  readonly #resources: Map<string, Resource>;
  readonly #pathLengthMax: number;
  readonly #modes: Map<string, number>;
  readonly #readers: Networks;
  /** Empty where only some addresses may read the statistics: other sites' pages that are visited there may not. */
  readonly #cors: string;
  readonly #tokens: Tokens | null;
  readonly #query = new QueryReader();
  readonly #value = new Uint8Array(VALUE_LENGTH_MAX);

  /** `counters` is the row that this thread alone writes. */
  constructor(
    { board, files, tokens }: StatisticsParts,
    settings: HttpSettings,
    counters: Float64Array,
    lists: TorrentLists,
  ) {
    this.#places = board.places;
    this.#settings = settings;
    this.#counters = counters;
    this.#lists = lists;
    this.#board = new BoardReader(board);
    this.#resources = resourcesByPath(board.places, files, settings);
    this.#pathLengthMax = Math.max(...[...this.#resources.keys()].map((path) => path.length));
    this.#modes = documentsByMode(board.places);
    this.#readers = new Networks(settings.statsFrom);
    this.#cors = this.#readers.isEmpty ? CORS : "";
    this.#tokens = tokens === null ? null : new Tokens(tokens);
  }

  /** Answers a request whose path ends before `pathEnd`; null when nothing of the statistics is there. */
  answer(request: HttpRequest, pathEnd: number): HttpReply | null {
    const { bytes, targetStart } = request;
    if (pathEnd - targetStart > this.#pathLengthMax) return null;
    const path = String.fromCharCode(...bytes.subarray(targetStart, pathEnd));
    const resource = this.#resources.get(path);
    if (resource === undefined) return null;
    const isForPages = resource.kind === "document" || resource.kind === "modes";
    if (request.method === METHOD_OPTIONS) {
      return isForPages && this.#cors !== "" ? reply(204, "", EMPTY_BODY, CORS_PREFLIGHT) : null;
    }
    const refusal = this.#refuseReader(request);
    if (refusal !== null) return refusal;
    switch (resource.kind) {
      case "document":
        return this.#document(request, resource.number, this.#cors);
      case "page":
        return this.#document(request, resource.number, "");
      case "file":
        return answerFile(resource.file, request.acceptsGzip, request.fields.ifNoneMatch());
      case "modes":
        return this.#mode(request, pathEnd);
    }
  }

  /** Null when the client may read the statistics. */
  #refuseReader({ hasAddress, family, address, fields }: HttpRequest): HttpReply | null {
    const readers = this.#readers;
    if (!readers.isEmpty && !(hasAddress && readers.has(family, address))) {
      return this.#refuse(403, "forbidden", ADDRESS_BODY);
    }
    if (this.#tokens === null || this.#tokens.has(tokenOf(fields.authorization()))) return null;
    return this.#refuse(401, "unauthorized", TOKEN_BODY, AUTHENTICATE + this.#cors);
  }

  #mode(request: HttpRequest, pathEnd: number): HttpReply {
    let mode = DEFAULT_MODE;
    let format: string = LIST_FORMATS[0];
    const query = this.#query;
    query.open(request.bytes, Math.min(pathEnd + 1, request.targetEnd), request.targetEnd);
    for (let key = query.next(); key !== KEY_END; key = query.next()) {
      if (key === KEY_MODE) mode = this.#readValue();
      else if (key === KEY_FORMAT) format = this.#readValue();
    }
    const listFormat = LIST_FORMATS.find((name) => name === format);
    if (listFormat === undefined) return this.#refuse(400, "bad_request", MODE_BODY);
    if (mode === LIST_MODE) return this.#list(request, listFormat);
    const document = this.#modes.get(mode);
    return document === undefined
      ? this.#refuse(400, "bad_request", MODE_BODY)
      : this.#document(request, document, this.#cors);
  }

  /** The value of the parameter at hand; "" when it can be none that is known. */
  #readValue(): string {
    const length = this.#query.value(this.#value);
    if (length === INVALID || length > VALUE_LENGTH_MAX) return "";
    return String.fromCharCode(...this.#value.subarray(0, length));
  }

  #list(request: HttpRequest, format: ListFormat): HttpReply {
    if (!this.#settings.statsHashes) return this.#refuse(403, "forbidden", HASHES_BODY);
    const list = this.#lists.answer(request, format);
    return { ...list, headers: list.headers + NO_STORE + this.#cors };
  }

  #document({ acceptsGzip }: HttpRequest, number: number, cors: string): HttpReply {
    if (!this.#board.has(number)) return this.#refuse(503, "unavailable", SOON_BODY, RETRY_AFTER);
    const document = this.#board.read(number);
    if (document === null) return this.#refuse(403, "forbidden", HASHES_BODY);
    const { contentType, headers } = this.#places[number];
    const { body, gzipped } = document;
    const common = headers + VARY_ENCODING + NO_STORE + cors;
    return acceptsGzip && gzipped !== null
      ? reply(200, contentType, gzipped, common + GZIP_ENCODING)
      : reply(200, contentType, body, common);
  }

  #refuse(status: number, cause: HttpError, body: Uint8Array<ArrayBuffer>, headers = ""): HttpReply {
    this.#counters[httpErrorCounter(cause)]++;
    return reply(status, TEXT, body, headers);
  }
}

function reply(
  status: number,
  contentType: string,
  body: Uint8Array<ArrayBuffer>,
  headers: string,
): HttpReply {
  return { status, contentType, body, headers, stream: null };
}
