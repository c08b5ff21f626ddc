/**
 * The forms of a list of all torrents: a full scrape (scrape.ts), and the three of opentracker's `/stats?mode=tpbs`.
 *
 * ```
 * ben   as a full scrape, without `downloaders`
 * txt   a line for each torrent: 40 hexadecimal digits in capitals, ":", seeders, ":", leechers
 * bin   28 bytes for each torrent: 20 hash, 4 seeders, 4 leechers, both big-endian
 * ```
 *
 * @module
 */

import { HASH_BYTES, type ScrapeAnswer } from "../peers/mod.ts";
import { BencodeWriter } from "./bencode.ts";
import { ascii } from "./query.ts";
import { beginScrape, SCRAPE_ENTRY_BYTES_MAX, writeScrapeEntry } from "./scrape.ts";

/** One of the forms. */
export type ListFormat = "scrape" | "ben" | "txt" | "bin";

/** About the most bytes of a piece. */
export const PIECE_BYTES = 65_536;

/** Writes a list in one of the forms, a piece at a time. */
export interface ListWriter {
  /** Whether one torrent more, and the list's end, fit into the piece. */
  readonly hasRoom: boolean;
  /** Writes one torrent: the 20 bytes of its hash, and its counts. */
  write(hash: Uint8Array, counts: ScrapeAnswer): void;
  /** Writes what comes behind the last torrent. */
  end(): void;
  /** What was written since the last piece, as the caller's own; empty when that is nothing. */
  takePiece(): Uint8Array<ArrayBuffer>;
}

/** A writer that is at the list's beginning. */
export function createListWriter(format: ListFormat): ListWriter {
  if (format === "txt") return new TextWriter();
  if (format === "bin") return new BinaryWriter();
  return new ScrapeWriter(format === "scrape");
}

class ScrapeWriter implements ListWriter {
  readonly #tellsDownloaders: boolean;
  readonly #writer = new BencodeWriter(new ArrayBuffer(PIECE_BYTES), PIECE_BYTES);

  constructor(tellsDownloaders: boolean) {
    this.#tellsDownloaders = tellsDownloaders;
    beginScrape(this.#writer);
  }

  get hasRoom(): boolean {
    return this.#writer.length <= PIECE_BYTES - SCRAPE_ENTRY_BYTES_MAX;
  }

  write(hash: Uint8Array, counts: ScrapeAnswer): void {
    writeScrapeEntry(hash, 0, counts, this.#writer, this.#tellsDownloaders);
  }

  end(): void {
    this.#writer.end();
    this.#writer.end();
  }

  takePiece(): Uint8Array<ArrayBuffer> {
    const piece = this.#writer.document().slice();
    this.#writer.clear();
    return piece;
  }
}

/** Bytes of the longest line: every count has ten digits. */
const LINE_BYTES_MAX = 2 * HASH_BYTES + 2 * 11 + 1;

class TextWriter implements ListWriter {
  #text = "";

  get hasRoom(): boolean {
    return this.#text.length <= PIECE_BYTES - LINE_BYTES_MAX;
  }

  write(hash: Uint8Array, { seeders, leechers }: ScrapeAnswer): void {
    this.#text += `${hash.toHex().toUpperCase()}:${seeders}:${leechers}\n`;
  }

  end(): void {}

  takePiece(): Uint8Array<ArrayBuffer> {
    const piece = ascii(this.#text);
    this.#text = "";
    return piece;
  }
}

const SEEDERS_AT = HASH_BYTES;
const LEECHERS_AT = SEEDERS_AT + 4;
const RECORD_BYTES = LEECHERS_AT + 4;

class BinaryWriter implements ListWriter {
  readonly #bytes = new Uint8Array(PIECE_BYTES);
  readonly #fields = new DataView(this.#bytes.buffer);
  #length = 0;

  get hasRoom(): boolean {
    return this.#length <= PIECE_BYTES - RECORD_BYTES;
  }

  write(hash: Uint8Array, { seeders, leechers }: ScrapeAnswer): void {
    this.#bytes.set(hash, this.#length);
    this.#fields.setUint32(this.#length + SEEDERS_AT, seeders);
    this.#fields.setUint32(this.#length + LEECHERS_AT, leechers);
    this.#length += RECORD_BYTES;
  }

  end(): void {}

  takePiece(): Uint8Array<ArrayBuffer> {
    const piece = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return piece;
  }
}
