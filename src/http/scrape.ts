/**
 * An HTTP scrape: its query in, the bencoded answer out (BEP 48, and BEP 21 for `downloaders`).
 *
 * ```
 * d 5:files d
 *     20:<info hash> d 8:complete i<n>e 10:downloaded i<n>e 11:downloaders i<n>e 10:incomplete i<n>e e
 *     ...                                  ascending by hash, each once; zeros for a torrent that is unknown
 *   e
 *   5:flags d 20:min_request_interval i<s>e e
 * e
 * ```
 *
 * @module
 */

import type { Access } from "../access/mod.ts";
import { HASH_BYTES, type PeerTable, scrape, ScrapeAnswer } from "../peers/mod.ts";
import { type BencodeWriter, encodeText } from "./bencode.ts";
import { FAILURE, type Failure, SCRAPE_HASHES_MAX } from "./failure.ts";
import { HashList } from "./hash_list.ts";
import { KEY_END, KEY_INFO_HASH, type QueryReader } from "./query.ts";

const KEY_COMPLETE = encodeText("complete");
const KEY_DOWNLOADED = encodeText("downloaded");
const KEY_DOWNLOADERS = encodeText("downloaders");
const KEY_FILES = encodeText("files");
const KEY_FLAGS = encodeText("flags");
const KEY_INCOMPLETE = encodeText("incomplete");
const KEY_MIN_REQUEST_INTERVAL = encodeText("min_request_interval");

/** Bytes of one torrent in an answer when every count has ten digits. */
export const SCRAPE_ENTRY_BYTES_MAX = 3 + HASH_BYTES + 2 + 4 * 12 +
  KEY_COMPLETE.length + KEY_DOWNLOADED.length + KEY_DOWNLOADERS.length + KEY_INCOMPLETE.length;
/** Bytes of the longest answer; the interval has 16 digits at most. */
export const SCRAPE_BYTES_MAX = SCRAPE_HASHES_MAX * SCRAPE_ENTRY_BYTES_MAX + 6 + 18 +
  KEY_FILES.length + KEY_FLAGS.length + KEY_MIN_REQUEST_INTERVAL.length;

/** Answers scrapes out of one table. One a thread. */
export class ScrapeResponder {
  readonly #table: PeerTable;
  readonly #minIntervalSec: number;
  readonly #access: Access | null;
  readonly #hashes = new HashList(SCRAPE_HASHES_MAX);
  readonly #hash = new Uint8Array(HASH_BYTES);
  readonly #answer = new ScrapeAnswer();

  /** Clients are told not to scrape again within `minIntervalSec` seconds, and nothing of torrents that are refused. */
  constructor(table: PeerTable, minIntervalSec: number, access: Access | null) {
    this.#table = table;
    this.#access = access;
    this.#minIntervalSec = minIntervalSec;
  }

  /**
   * Writes the answer to the scrape in `query`. Returns null when all went well, else why nothing was written:
   * FAILURE.fullScrape when it names no torrent at all.
   */
  respond(query: QueryReader, writer: BencodeWriter): Failure | null {
    const failure = this.#readHashes(query);
    if (failure !== null) return failure;

    beginScrape(writer);
    for (let i = 0; i < this.#hashes.count; i++) {
      this.#scrape(this.#hashes.wordOffset(i));
      writeScrapeEntry(this.#hashes.bytes, i * HASH_BYTES, this.#answer, writer);
    }
    writer.end();
    writer.encoded(KEY_FLAGS);
    writer.beginDictionary();
    writer.encoded(KEY_MIN_REQUEST_INTERVAL);
    writer.integer(this.#minIntervalSec);
    writer.end();
    writer.end();
    return null;
  }

  #scrape(hashAt: number): void {
    const { words } = this.#hashes;
    // One that was refused just now may be in the table still.
    if (this.#access !== null && this.#access.refusesTorrent(words, hashAt)) this.#answer.clear();
    else scrape(this.#table, words, hashAt, this.#answer);
  }

  #readHashes(query: QueryReader): Failure | null {
    this.#hashes.clear();
    for (let key = query.next(); key !== KEY_END; key = query.next()) {
      if (key !== KEY_INFO_HASH) continue;
      if (query.value(this.#hash) !== HASH_BYTES) return FAILURE.infoHashInvalid;
      if (!this.#hashes.add(this.#hash)) return FAILURE.tooManyHashes;
    }
    return this.#hashes.count === 0 ? FAILURE.fullScrape : null;
  }
}

/** Writes what comes before the first torrent. Behind the last one both dictionaries, `files` first, must end. */
export function beginScrape(writer: BencodeWriter): void {
  writer.beginDictionary();
  writer.encoded(KEY_FILES);
  writer.beginDictionary();
}

/**
 * Writes one torrent: the 20 bytes of its hash in `bytes` from `at` on, and its counts, `downloaders` if they shall be
 * told.
 */
export function writeScrapeEntry(
  bytes: Uint8Array,
  at: number,
  { seeders, completed, downloaders, leechers }: ScrapeAnswer,
  writer: BencodeWriter,
  tellsDownloaders = true,
): void {
  writer.bytes(bytes, at, at + HASH_BYTES);
  writer.beginDictionary();
  writer.encoded(KEY_COMPLETE);
  writer.integer(seeders);
  writer.encoded(KEY_DOWNLOADED);
  writer.integer(completed);
  if (tellsDownloaders) {
    writer.encoded(KEY_DOWNLOADERS);
    writer.integer(downloaders);
  }
  writer.encoded(KEY_INCOMPLETE);
  writer.integer(leechers);
  writer.end();
}
