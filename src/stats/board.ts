/**
 * The board: the finished documents of the statistics, in memory that all threads share. Main writes them, and every
 * thread that serves HTTP copies from there what it is asked for, though it never waits and is never told of anything.
 *
 * Each document has two regions. Main fills the one that does not count and then raises the version, whose lowest bit
 * says which one counts. It says before that it begins to: so a reader, who looks afterwards whether the region that it
 * copied may have been written to meanwhile, never takes a mix of two versions for a document.
 *
 * ```
 *  words, for each document   field (each atomic but the lengths)
 *  0                          version that main began to write last
 *  1                          version that counts; 0 = none yet
 *  2                          1 = the document was asked for since main looked last
 *  3                          bytes in region 0, or REFUSED
 *  4                          bytes in region 1, or REFUSED
 *  5                          bytes compressed in region 0; 0 = none
 *  6                          bytes compressed in region 1; 0 = none
 *
 *  behind the words of all: the regions, REGION_BYTES each, two for each document: half for it as it is, half for it
 *  compressed
 * ```
 *
 * @module
 */

import type { ReportDocument } from "./snapshot.ts";

const BEGUN = 0;
const VERSION = 1;
const ASKED = 2;
const LENGTHS = 3;
const REGIONS = 2;
const GZIP_LENGTHS = LENGTHS + REGIONS;
const WORDS = GZIP_LENGTHS + REGIONS;
const WORD_BYTES = Int32Array.BYTES_PER_ELEMENT;

/** Bytes of the longest document; memory that nothing was written to costs nothing. */
export const DOCUMENT_BYTES_MAX = 1024 * 1024;
/** One region: room for the document twice. */
const REGION_BYTES = 2 * DOCUMENT_BYTES_MAX;
/** Stands for the length of a document that is not to be had. */
const REFUSED = -1;
const NOTHING = new Uint8Array();

/** What is said of a document but its body. Plain data, so that a message carries it. */
export type BoardPlace = Pick<ReportDocument, "target" | "contentType" | "headers">;

/** What a thread needs to read a board: its shared memory, and the documents in the order of their numbers. */
export interface BoardParts {
  readonly memory: SharedArrayBuffer;
  readonly places: readonly BoardPlace[];
}

/** A document as it is read from a board. */
export interface BoardDocument {
  readonly body: Uint8Array<ArrayBuffer>;
  /** The same compressed by gzip; null where that was not worth it. */
  readonly gzipped: Uint8Array<ArrayBuffer> | null;
}

/** A board with room for these documents, none of which is there yet. */
export function createBoard(documents: readonly BoardPlace[]): BoardParts {
  const bytes = documents.length * (WORDS * WORD_BYTES + REGIONS * REGION_BYTES);
  return {
    memory: new SharedArrayBuffer(bytes),
    places: documents.map(({ target, contentType, headers }) => ({ target, contentType, headers })),
  };
}

/** Main's side of a board. */
export class BoardWriter {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #regionsAt: number;
  readonly #encoder = new TextEncoder();

  constructor({ memory, places }: BoardParts) {
    this.#words = new Int32Array(memory, 0, places.length * WORDS);
    this.#bytes = new Uint8Array(memory);
    this.#regionsAt = this.#words.byteLength;
  }

  /**
   * Makes `body` the document of that number; null says that it is not to be had. `gzipped` is the same compressed by gzip,
   * or null; it is left out where it is no shorter. False when `body` is longer than DOCUMENT_BYTES_MAX: then the document
   * stays as it was.
   */
  write(document: number, body: string | null, gzipped: Uint8Array | null = null): boolean {
    const at = document * WORDS;
    const words = this.#words;
    const version = words[at + VERSION] + 1;
    const region = version % REGIONS;
    Atomics.exchange(words, at + BEGUN, version);
    const start = this.#regionsAt + (document * REGIONS + region) * REGION_BYTES;
    const target = this.#bytes.subarray(start, start + DOCUMENT_BYTES_MAX);
    const { read, written } = this.#encoder.encodeInto(body ?? "", target);
    if (body !== null && read < body.length) return false;
    words[at + LENGTHS + region] = body === null ? REFUSED : written;
    const kept = gzipped !== null && gzipped.length < written ? gzipped : NOTHING;
    this.#bytes.set(kept, start + DOCUMENT_BYTES_MAX);
    words[at + GZIP_LENGTHS + region] = kept.length;
    Atomics.store(words, at + VERSION, version);
    return true;
  }

  /** Whether somebody has asked for the document since the last call. */
  wasAsked(document: number): boolean {
    return Atomics.exchange(this.#words, document * WORDS + ASKED, 0) === 1;
  }
}

/** One thread's view of a board. */
export class BoardReader {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #regionsAt: number;
  /** By document: the version that was copied last, and the copy. */
  readonly #versions: Int32Array;
  readonly #copies: (BoardDocument | null)[];

  constructor({ memory, places }: BoardParts) {
    this.#words = new Int32Array(memory, 0, places.length * WORDS);
    this.#bytes = new Uint8Array(memory);
    this.#regionsAt = this.#words.byteLength;
    this.#versions = new Int32Array(places.length);
    this.#copies = places.map(() => null);
  }

  /** Whether the document of that number has ever been written. */
  has(document: number): boolean {
    return Atomics.load(this.#words, document * WORDS + VERSION) !== 0;
  }

  /**
   * The document of that number as it is now, and notes that it was asked for; null when it is not to be had. The bytes
   * are this thread's own, and stay as they are.
   */
  read(document: number): BoardDocument | null {
    const at = document * WORDS;
    const words = this.#words;
    Atomics.store(words, at + ASKED, 1);
    for (;;) {
      const version = Atomics.load(words, at + VERSION);
      if (version === this.#versions[document]) return this.#copies[document];
      const region = version % REGIONS;
      const copy = this.#copy(
        document * REGIONS + region,
        words[at + LENGTHS + region],
        words[at + GZIP_LENGTHS + region],
      );
      // The next version goes to the other region. Added to, and not loaded: what was copied before must not be read after it.
      if (Atomics.add(words, at + BEGUN, 0) > version + 1) continue;
      this.#versions[document] = version;
      this.#copies[document] = copy;
      return copy;
    }
  }

  #copy(region: number, length: number, gzipLength: number): BoardDocument | null {
    if (length === REFUSED) return null;
    const start = this.#regionsAt + region * REGION_BYTES;
    const gzipStart = start + DOCUMENT_BYTES_MAX;
    return {
      body: this.#bytes.slice(start, start + length),
      gzipped: gzipLength === 0 ? null : this.#bytes.slice(gzipStart, gzipStart + gzipLength),
    };
  }
}
