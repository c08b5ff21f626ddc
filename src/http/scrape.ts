/**
 * An HTTP scrape: its query in, the bencoded answer out (BEP 48, and BEP 21 for `downloaders`).
 *
 * ```
 * d 5:files d
 *   20:<info hash> d 8:complete i<n>e 10:downloaded i<n>e 11:downloaders i<n>e 10:incomplete i<n>e e
 *   ...                                    ascending by hash, each once; zeros for a torrent that is unknown
 * e e
 * ```
 *
 * @module
 */

import { HASH_BYTES, type PeerTable, scrape, ScrapeAnswer } from "../peers/mod.ts";
import type { BencodeWriter } from "./bencode.ts";
import { FAILURE, type Failure, SCRAPE_HASHES_MAX } from "./failure.ts";
import { HashList } from "./hash_list.ts";
import { KEY_END, KEY_INFO_HASH, type QueryReader } from "./query.ts";

/** Answers scrapes out of one table. One a thread. */
export class ScrapeResponder {
  readonly #table: PeerTable;
  readonly #hashes = new HashList(SCRAPE_HASHES_MAX);
  readonly #hash = new Uint8Array(HASH_BYTES);
  readonly #answer = new ScrapeAnswer();

  constructor(table: PeerTable) {
    this.#table = table;
  }

  /** Writes the answer to the scrape in `query`. Returns null when all went well, else why nothing was written. */
  respond(query: QueryReader, writer: BencodeWriter): Failure | null {
    const failure = this.#readHashes(query);
    if (failure !== null) return failure;

    writer.beginDictionary();
    writer.text("files");
    writer.beginDictionary();
    for (let i = 0; i < this.#hashes.count; i++) this.#writeFile(i, writer);
    writer.end();
    writer.end();
    return null;
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

  #writeFile(index: number, writer: BencodeWriter): void {
    const answer = this.#answer;
    scrape(this.#table, this.#hashes.words, this.#hashes.wordOffset(index), answer);
    writer.bytes(this.#hashes.bytes, index * HASH_BYTES, (index + 1) * HASH_BYTES);
    writer.beginDictionary();
    writer.text("complete");
    writer.integer(answer.seeders);
    writer.text("downloaded");
    writer.integer(answer.completed);
    writer.text("downloaders");
    writer.integer(answer.downloaders);
    writer.text("incomplete");
    writer.integer(answer.leechers);
    writer.end();
  }
}
