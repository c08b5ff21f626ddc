/**
 * Every torrent with its counts, a piece at a time: the body of a full scrape and of its like. The table goes on changing
 * meanwhile, and each torrent is told as it is when its turn comes.
 *
 * @module
 */

import { type PeerTable, ScrapeAnswer, ScrapeWalk } from "../peers/mod.ts";
import { COUNTER } from "../stats/mod.ts";
import type { FullScrapeTurn } from "./full_scrape_limit.ts";
import { createListWriter, type ListFormat, type ListWriter } from "./list_format.ts";
import type { BodyStream, ListOrder } from "./reply.ts";

/** One walk through a table. */
export class TorrentList implements BodyStream {
  readonly format: ListFormat;
  readonly gzip: boolean;
  readonly client: string;
  readonly turn: FullScrapeTurn | null;
  readonly #walk: ScrapeWalk;
  readonly #answer = new ScrapeAnswer();
  readonly #writer: ListWriter;
  readonly #counters: Float64Array;
  readonly #onBegin: (client: string) => void;
  #isBegun = false;
  #isOver = false;

  /**
   * `counters` is the row that this thread alone writes. The list counts as a full scrape, and `onBegin` is told of the
   * client, when its first piece is asked for: a list that nobody sends is none.
   */
  constructor(
    table: PeerTable,
    { format, gzip, client, turn }: ListOrder,
    counters: Float64Array,
    onBegin: (client: string) => void,
  ) {
    this.format = format;
    this.gzip = gzip;
    this.client = client;
    this.turn = turn;
    this.#walk = new ScrapeWalk(table);
    this.#writer = createListWriter(format);
    this.#counters = counters;
    this.#onBegin = onBegin;
  }

  /** See `BodyStream.next`. A piece has up to 64 KiB and none is empty. */
  next(): Uint8Array<ArrayBuffer> | null {
    if (this.#isOver) return null;
    this.#begin();
    const writer = this.#writer;
    while (writer.hasRoom) {
      if (!this.#walk.next(this.#answer)) {
        this.#isOver = true;
        writer.end();
        break;
      }
      writer.write(this.#walk.hash, this.#answer);
    }
    const piece = writer.takePiece();
    this.#counters[COUNTER.httpFullScrapeBytes] += piece.length;
    return piece.length === 0 ? null : piece;
  }

  #begin(): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    this.#counters[COUNTER.httpScrapes]++;
    this.#counters[COUNTER.httpFullScrapes]++;
    this.#onBegin(this.client);
  }
}
