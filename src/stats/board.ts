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
 *
 *  behind the words of all: the regions, REGION_BYTES each, two for each document
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
const WORDS = LENGTHS + REGIONS;
const WORD_BYTES = Int32Array.BYTES_PER_ELEMENT;

/** Bytes of the longest document; memory that nothing was written to costs nothing. */
export const DOCUMENT_BYTES_MAX = 1024 * 1024;
/** Stands for the length of a document that is not to be had. */
const REFUSED = -1;

/** What is said of a document but its body. Plain data, so that a message carries it. */
export type BoardPlace = Pick<ReportDocument, "target" | "contentType" | "headers">;

/** What a thread needs to read a board: its shared memory, and the documents in the order of their numbers. */
export interface BoardParts {
  readonly memory: SharedArrayBuffer;
  readonly places: readonly BoardPlace[];
}

/** A board with room for these documents, none of which is there yet. */
export function createBoard(documents: readonly BoardPlace[]): BoardParts {
  const bytes = documents.length * (WORDS * WORD_BYTES + REGIONS * DOCUMENT_BYTES_MAX);
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
   * Makes `body` the document of that number; null says that it is not to be had. False when it is longer than
   * DOCUMENT_BYTES_MAX: then the document stays as it was.
   */
  write(document: number, body: string | null): boolean {
    const at = document * WORDS;
    const words = this.#words;
    const version = words[at + VERSION] + 1;
    const region = version % REGIONS;
    Atomics.exchange(words, at + BEGUN, version);
    const start = this.#regionsAt + (document * REGIONS + region) * DOCUMENT_BYTES_MAX;
    const target = this.#bytes.subarray(start, start + DOCUMENT_BYTES_MAX);
    const { read, written } = this.#encoder.encodeInto(body ?? "", target);
    if (body !== null && read < body.length) return false;
    words[at + LENGTHS + region] = body === null ? REFUSED : written;
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
  readonly #copies: (Uint8Array<ArrayBuffer> | null)[];

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
  read(document: number): Uint8Array<ArrayBuffer> | null {
    const at = document * WORDS;
    const words = this.#words;
    Atomics.store(words, at + ASKED, 1);
    for (;;) {
      const version = Atomics.load(words, at + VERSION);
      if (version === this.#versions[document]) return this.#copies[document];
      const region = version % REGIONS;
      const length = words[at + LENGTHS + region];
      const start = this.#regionsAt + (document * REGIONS + region) * DOCUMENT_BYTES_MAX;
      const copy = length === REFUSED ? null : this.#bytes.slice(start, start + length);
      // The next version goes to the other region. Added to, and not loaded: what was copied before must not be read after it.
      if (Atomics.add(words, at + BEGUN, 0) > version + 1) continue;
      this.#versions[document] = version;
      this.#copies[document] = copy;
      return copy;
    }
  }
}
