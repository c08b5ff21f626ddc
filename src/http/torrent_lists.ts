/** Lists of all torrents: who is given one, and how often. @module */

import type { Access } from "../access/mod.ts";
import { formatIp, IPV4_BYTES, IPV6_BYTES } from "../os/mod.ts";
import { IPV4, type PeerTable } from "../peers/mod.ts";
import { FAILURE, type Failure, failureCounter } from "./failure.ts";
import { FullScrapeLimit } from "./full_scrape_limit.ts";
import type { ListFormat } from "./list_format.ts";
import { ascii } from "./query.ts";
import { type HttpReply, VARY_ENCODING } from "./reply.ts";
import { type HttpRequest, METHOD_HEAD } from "./request.ts";
import type { HttpSettings } from "./settings.ts";
import { TorrentList } from "./torrent_list.ts";

const TEXT = "text/plain";
const EMPTY_BODY = new Uint8Array();

/** What `TorrentLists` works with. */
export interface TorrentListsOptions {
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
  /** Told the address of each client to which this thread sends a list. */
  onFullScrape: (client: string) => void;
}

/** The lists that one thread gives. */
export class TorrentLists {
  /** After `claim`: the seconds after which the same request may go well; 0 = never, as it is. */
  waitSec = 0;
  readonly #options: TorrentListsOptions;
  readonly #limit: FullScrapeLimit;

  constructor(options: TorrentListsOptions) {
    this.#options = options;
    this.#limit = new FullScrapeLimit(options.fullScrapeTimes, options.settings.fullScrapeIntervalSec);
  }

  /** Returns null when the client is to be given a list now, which is entered unless it asks by HEAD, else why not. */
  claim({ method, hasAddress, family, address, addressWords }: HttpRequest): Failure | null {
    const { settings, access, unixSec } = this.#options;
    this.waitSec = 0;
    if (!settings.fullScrape) return FAILURE.fullScrape;
    if (!hasAddress) return FAILURE.addressUnknown;
    if (access !== null && access.refusesAddress(family, addressWords)) return FAILURE.addressRefused;
    this.waitSec = this.#limit.claim(family, address, unixSec(), method !== METHOD_HEAD);
    return this.waitSec === 0 ? null : FAILURE.fullScrapeTooSoon;
  }

  /** The list for the client that has claimed it just now. */
  give({ family, address, acceptsGzip }: HttpRequest, format: ListFormat): HttpReply {
    const { table, counters, onFullScrape } = this.#options;
    const client = formatIp(address, 0, family === IPV4 ? IPV4_BYTES : IPV6_BYTES);
    const order = { format, gzip: acceptsGzip, client, turn: this.#limit.turn };
    const stream = new TorrentList(table, order, counters, onFullScrape);
    return { status: 200, contentType: TEXT, body: EMPTY_BODY, headers: VARY_ENCODING, stream };
  }

  /** Answers a reader of the statistics: by a list, or by a status that says why there is none. */
  answer(request: HttpRequest, format: ListFormat): HttpReply {
    const failure = this.claim(request);
    if (failure === null) return this.give(request, format);
    this.#options.counters[failureCounter(failure)]++;
    const { waitSec } = this;
    const [status, headers] = waitSec === 0 ? [403, ""] : [429, `Retry-After: ${waitSec}\r\n`];
    return { status, contentType: TEXT, body: ascii(failure), headers, stream: null };
  }
}
