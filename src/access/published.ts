/**
 * Words that one thread publishes and all others read, each time as a whole, though they are busy and never told.
 *
 * There are two regions. The publisher fills the one that nobody reads and then raises the version, which says which
 * region counts: it is the lowest bit. A reader looks at the version before and after, and looks again when it was raised
 * meanwhile: the publisher may have begun to fill the region that was read.
 *
 * ```
 *  control (words)   field
 *  0                 version (atomic)
 *  1                 words in region 0
 *  2                 words in region 1
 *  3 + KEY_WORDS     random words that key hashes
 * ```
 *
 * @module
 */

import { KEY_WORDS } from "../peers/mod.ts";

const VERSION = 0;
const LENGTHS = 1;
const REGIONS = 2;
const KEYS = LENGTHS + REGIONS;
const WORD_BYTES = 4;
/** Regions grow by whole pages, and shrink never: their memory stays for the next publication. */
const PAGE_BYTES = 65_536;

/** What another thread needs to read what is published: shared memory. */
export interface PublishedBuffers {
  readonly control: SharedArrayBuffer;
  /** Growable, and page-aligned for that. */
  readonly regions: readonly [SharedArrayBuffer, SharedArrayBuffer];
}

/** Memory for publications of up to `wordsMax` words. None of it is in use until the first of them. */
export function createPublished(wordsMax: number): PublishedBuffers {
  const maxByteLength = Math.ceil(wordsMax * WORD_BYTES / PAGE_BYTES) * PAGE_BYTES;
  const control = new SharedArrayBuffer((KEYS + KEY_WORDS) * WORD_BYTES);
  new Int32Array(control).set(crypto.getRandomValues(new Int32Array(KEY_WORDS)), KEYS);
  return {
    control,
    regions: [new SharedArrayBuffer(0, { maxByteLength }), new SharedArrayBuffer(0, { maxByteLength })],
  };
}

/** One thread's view of what is published. There is nothing to read before the first publication. */
export class Published {
  /** Random words, the same for all threads as long as the memory lives. */
  readonly keys: Int32Array;
  /** What `open` turned to. */
  words: Uint32Array = new Uint32Array(0);
  readonly #control: Int32Array;
  readonly #regions: PublishedBuffers["regions"];
  #opened = -1;

  constructor({ control, regions }: PublishedBuffers) {
    this.#control = new Int32Array(control);
    this.#regions = regions;
    this.keys = this.#control.slice(KEYS);
  }

  /** Changes with each publication. */
  get version(): number {
    return Atomics.load(this.#control, VERSION);
  }

  /**
   * Turns `words` to what is published now and returns its version. What is then read of them counts only if that still is
   * the version afterwards: else something may have been written there meanwhile.
   */
  open(): number {
    const { version } = this;
    if (version !== this.#opened) {
      const index = version % REGIONS;
      this.words = new Uint32Array(this.#regions[index], 0, this.#control[LENGTHS + index]);
      this.#opened = version;
    }
    return version;
  }

  /**
   * The publisher's: `count` words, all zero, to be filled and then published. Throws a RangeError when that is more than
   * was provided for, or more than there is memory for.
   */
  prepare(count: number): Uint32Array {
    const index = (this.version + 1) % REGIONS;
    const region = this.#regions[index];
    const bytes = Math.ceil(count * WORD_BYTES / PAGE_BYTES) * PAGE_BYTES;
    if (bytes > region.byteLength) region.grow(bytes);
    this.#control[LENGTHS + index] = count;
    return new Uint32Array(region, 0, count).fill(0);
  }

  /** The publisher's: what was last prepared counts from now on. */
  publish(): void {
    Atomics.add(this.#control, VERSION, 1);
  }
}
