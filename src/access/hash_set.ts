/**
 * A set of info hashes in published words, so laid out that most searches read one line of the processor's cache.
 *
 * ```
 *  at (words)   size           field
 *  16 * n       3 * 5          up to three hashes, 20 bytes each as they lie in memory
 *  16 * n + 15  1              how many there are
 * ```
 *
 * The keyed hash of an info hash says in which line it is. What a full line has no room for is in the next one that has,
 * and behind the last comes the first.
 *
 * @module
 */

import { HASH_WORDS, hashWords } from "../peers/mod.ts";
import { Published, type PublishedBuffers } from "./published.ts";

const LINE_WORDS = 16;
const LINE_HASHES = 3;
const LINE_COUNT = LINE_HASHES * HASH_WORDS;
/** Hashes a line on average, at most: then three searches in four end in the first line. */
const FILL = 2;
const HASH_END = 2 ** 32;

/** Hashes that one set takes. */
export const HASHES_MAX = 2 ** 24;

/** Words for a set of up to `hashes`. One line more, so that there is always a line that is not full. */
export function hashSetWords(hashes: number): number {
  return (Math.ceil(hashes / FILL) + 1) * LINE_WORDS;
}

/** Adds the hash that begins at `hash[at]` to the set in `words`, which has room for it; false when it is there already. */
export function addHash(words: Uint32Array, keys: Int32Array, hash: Uint32Array, at: number): boolean {
  let line = firstLine(words, keys, hash, at);
  for (;; line = nextLine(words, line)) {
    const count = words[line + LINE_COUNT];
    if (isInLine(words, line, count, hash, at)) return false;
    if (count === LINE_HASHES) continue;
    for (let i = 0; i < HASH_WORDS; i++) words[line + count * HASH_WORDS + i] = hash[at + i];
    words[line + LINE_COUNT] = count + 1;
    return true;
  }
}

/** Where an info hash lies, as in an announce: it begins at `hash[hashAt]`. */
export interface HashPlace {
  readonly hash: Uint32Array;
  readonly hashAt: number;
}

/** One thread's view of a set. */
export class HashSet {
  readonly #published: Published;

  constructor(buffers: PublishedBuffers) {
    this.#published = new Published(buffers);
  }

  /** Changes when another set is published in this one's place. */
  get version(): number {
    return this.#published.version;
  }

  /**
   * Reads where searches for the hashes of the first `count` requests will begin, so that their waits for memory overlap, and
   * believes nothing of it. Returns something that depends on all that was read: who keeps it keeps the reads.
   */
  touch(requests: readonly HashPlace[], count: number): number {
    const published = this.#published;
    published.open();
    const { words, keys } = published;
    let touched = 0;
    for (let i = 0; i < count; i++) {
      const { hash, hashAt } = requests[i];
      touched ^= words[firstLine(words, keys, hash, hashAt)];
    }
    return touched;
  }

  /** Whether the hash that begins at `hash[at]` is in the set. */
  has(hash: Uint32Array, at: number): boolean {
    const published = this.#published;
    for (;;) {
      const version = published.open();
      const isThere = find(published.words, published.keys, hash, at);
      if (published.version === version) return isThere;
    }
  }
}

function find(words: Uint32Array, keys: Int32Array, hash: Uint32Array, at: number): boolean {
  let line = firstLine(words, keys, hash, at);
  // It ends even amid words that are being written anew: counts are always counts, and never are all lines full.
  for (;; line = nextLine(words, line)) {
    const count = words[line + LINE_COUNT];
    if (isInLine(words, line, count, hash, at)) return true;
    if (count !== LINE_HASHES) return false;
  }
}

function isInLine(words: Uint32Array, line: number, count: number, hash: Uint32Array, at: number): boolean {
  const end = line + count * HASH_WORDS;
  for (let i = line; i < end; i += HASH_WORDS) {
    if (
      words[i] === hash[at] && words[i + 1] === hash[at + 1] && words[i + 2] === hash[at + 2] &&
      words[i + 3] === hash[at + 3] && words[i + 4] === hash[at + 4]
    ) return true;
  }
  return false;
}

function firstLine(words: Uint32Array, keys: Int32Array, hash: Uint32Array, at: number): number {
  const lines = words.length / LINE_WORDS;
  return ((hashWords(keys, hash, at) >>> 0) / HASH_END * lines >>> 0) * LINE_WORDS;
}

function nextLine(words: Uint32Array, line: number): number {
  const next = line + LINE_WORDS;
  return next === words.length ? 0 : next;
}
