/**
 * Sorting 64-bit numbers that are kept as two words each, the lower one first. The native sort of 64-bit arrays does that
 * too, in twice the time when numbers are spread as addresses are; it is used where they are not.
 *
 * @module
 */

/** Up to so many are sorted by insertion alone. */
const INSERTION_MAX = 16;
/** More than these are left to the native sort: it needs no memory, and what is beside the numbers should stay near. */
const SPREAD_MAX = 2 ** 16;
/**
 * A bound of the sum of squares of the cells' sizes, for each number. Numbers at random come to 2; insertion moves a number
 * past half as many others at most, whatever somebody chose them to be.
 */
const SQUARES_MAX = 16;

/** Sorts one array after another; its memory follows the largest that it has spread, up to 1 MiB. */
export class NumberSort {
  /** How many numbers belong to each cell, then where the next one of it goes. */
  #cells = new Uint32Array(0);
  /** The cell of each number. */
  #cellOf = new Uint32Array(0);
  #spread = new Uint32Array(0);

  /**
   * Returns the first `count` numbers of `words` in ascending order: in `words` itself, or in memory of its own that is good
   * until the next call. `words` is changed either way.
   */
  sort(words: Uint32Array<ArrayBuffer>, count: number): Uint32Array<ArrayBuffer> {
    if (count <= INSERTION_MAX) {
      insert(words, count);
      return words;
    }
    if (count <= SPREAD_MAX && this.#spreadOut(words, count)) {
      insert(this.#spread, count);
      return this.#spread;
    }
    new BigUint64Array(words.buffer, words.byteOffset, count).sort();
    return words;
  }

  /**
   * Brings the numbers into as many cells as they are, in proportion to their upper words, and so nearly into order. False,
   * and nothing done, when too many come into one cell.
   */
  #spreadOut(words: Uint32Array, count: number): boolean {
    this.#makeRoom(count);
    const cells = this.#cells;
    const cellOf = this.#cellOf;
    const spread = this.#spread;
    let lowest = Infinity;
    let highest = 0;
    for (let i = 0; i < count; i++) {
      const upper = words[2 * i + 1];
      lowest = Math.min(lowest, upper);
      highest = Math.max(highest, upper);
    }
    if (lowest === highest) return false;
    cells.fill(0, 0, count);
    // As fractions: in whole numbers the differences would need more than 32 bits at times, and that is slower.
    const cellsPerUnit = (count - 0.5) / (highest - lowest);
    for (let i = 0; i < count; i++) {
      const cell = ((words[2 * i + 1] - lowest) * cellsPerUnit) | 0;
      cellOf[i] = cell;
      cells[cell]++;
    }
    let start = 0;
    let squares = 0;
    for (let cell = 0; cell < count; cell++) {
      const size = cells[cell];
      cells[cell] = start;
      start += size;
      squares += size * size;
    }
    if (squares > SQUARES_MAX * count) return false;
    for (let i = 0; i < count; i++) {
      const to = 2 * cells[cellOf[i]]++;
      spread[to] = words[2 * i];
      spread[to + 1] = words[2 * i + 1];
    }
    return true;
  }

  #makeRoom(count: number): void {
    if (count <= this.#cells.length) return;
    const room = Math.min(SPREAD_MAX, count + (count >>> 1));
    this.#cells = new Uint32Array(room);
    this.#cellOf = new Uint32Array(room);
    this.#spread = new Uint32Array(2 * room);
  }
}

/** Insertion sort of the first `count` numbers: each moves down past those above it. */
function insert(words: Uint32Array, count: number): void {
  let before = 0;
  for (let at = 0; at < 2 * count; at += 2) {
    const upper = words[at + 1];
    if (upper > before) {
      before = upper;
      continue;
    }
    const lower = words[at];
    let to = at;
    while (to > 0 && (words[to - 1] > upper || (words[to - 1] === upper && words[to - 2] > lower))) {
      words[to + 1] = words[to - 1];
      words[to] = words[to - 2];
      to -= 2;
    }
    words[to + 1] = upper;
    words[to] = lower;
  }
}
