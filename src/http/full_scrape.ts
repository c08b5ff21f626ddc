/**
 * A scrape of every torrent, a piece at a time. It is as scrape.ts says, without flags. The table goes on changing
 * meanwhile, and each torrent is told as it is when its turn comes.
 *
 * @module
 */

import { type PeerTable, ScrapeAnswer, ScrapeWalk } from "../peers/mod.ts";
import { BencodeWriter } from "./bencode.ts";
import type { BodyStream } from "./reply.ts";
import { beginScrape, SCRAPE_ENTRY_BYTES_MAX, writeScrapeEntry } from "./scrape.ts";

/** About the most bytes of a piece. */
const PIECE_BYTES = 65_536;

/** One full scrape of a table. */
export class FullScrape implements BodyStream {
  readonly gzip: boolean;
  readonly #walk: ScrapeWalk;
  readonly #answer = new ScrapeAnswer();
  readonly #writer = new BencodeWriter(new ArrayBuffer(PIECE_BYTES), PIECE_BYTES);
  #isOver = false;

  constructor(table: PeerTable, gzip: boolean) {
    this.gzip = gzip;
    this.#walk = new ScrapeWalk(table);
    beginScrape(this.#writer);
  }

  /** See `BodyStream.next`. A piece has up to 64 KiB and none is empty. */
  next(): Uint8Array<ArrayBuffer> | null {
    if (this.#isOver) return null;
    const writer = this.#writer;
    while (writer.length <= PIECE_BYTES - SCRAPE_ENTRY_BYTES_MAX) {
      if (!this.#walk.next(this.#answer)) {
        this.#isOver = true;
        writer.end();
        writer.end();
        break;
      }
      writeScrapeEntry(this.#walk.hash, 0, this.#answer, writer);
    }
    const piece = writer.document().slice();
    writer.clear();
    return piece;
  }
}
