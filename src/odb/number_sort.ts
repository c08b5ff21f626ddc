/**
 * Sorting 64-bit numbers that are kept as two words each, the lower one first. Two ascending runs, as a table that was
 * loaded has the leechers and the seeders of most torrents, are merged. The native sort of 64-bit arrays does the rest too,
 * in twice the time when numbers are spread as addresses are; it is used where they are not.
 *
 * @module
 */

/** Up to so many are sorted by insertion alone. */
const INSERTION_MAX = 16;
/** More than these are left to the native sort: it needs no memory, and what is beside the numbers should stay near. */
const SPREAD_MAX = 2 ** 16;
/** Cells of up to so many need no second look: the bits of all sizes, taken together. Numbers at random have smaller ones. */
const CELL_BITS = 15;
/**
 * A bound of the sum of squares of the cells' sizes, for each number. Numbers at random come to 2 or so; insertion moves a
 * number past half as many others as the bound, whatever somebody chose them to be.
 */
const SQUARES_MAX = 16;

/** Sorts one array after another; its memory follows the largest that it has sorted so, up to 768 KiB. */
export class NumberSort {
  /** How many numbers belong to each cell, then where the next one of it goes. */
  #cells = new Int32Array(0);
  #sorted = new Uint32Array(0);

  /**
   * Returns the first `count` numbers of `words` in ascending order: in `words` itself, or in memory of its own that is good
   * until the next call. `words` is changed either way.
   */
  sort(words: Uint32Array<ArrayBuffer>, count: number): Uint32Array<ArrayBuffer> {
    const second = secondRun(words, count);
    if (second === count) return words;
    if (count <= SPREAD_MAX) {
      this.#makeRoom(count);
      if (second > 0) {
        merge(words, second, count, this.#sorted);
        return this.#sorted;
      }
      if (count > INSERTION_MAX && this.#spreadOut(words, count)) {
        insert(this.#sorted, count);
        return this.#sorted;
      }
    }
    if (count <= INSERTION_MAX) insert(words, count);
    else new BigUint64Array(words.buffer, words.byteOffset, count).sort();
    return words;
  }

  /** Brings the numbers nearly into order. False, and nothing done, when they are spread too unevenly. */
  #spreadOut(words: Uint32Array, count: number): boolean {
    if (this.#spreadBy(words, count, 0)) return true;
    const skip = bitsAlike(words, count);
    return skip > 0 && this.#spreadBy(words, count, skip);
  }

  /**
   * Brings the numbers into about as many cells as they are, by those bits of their upper words that follow the first `skip`.
   * False, and nothing done, when too many come into one cell.
   */
  #spreadBy(words: Uint32Array, count: number, skip: number): boolean {
    const cells = this.#cells;
    const sorted = this.#sorted;
    const shift = Math.clz32(count - 1);
    const cellCount = 1 << (32 - shift);
    const end = 2 * count;
    cells.fill(0, 0, cellCount);
    for (let i = 1; i < end; i += 2) cells[words[i] << skip >>> shift]++;
    let start = 0;
    let sizes = 0;
    for (let cell = 0; cell < cellCount; cell++) {
      const size = cells[cell];
      cells[cell] = start;
      start = (start + size) | 0;
      sizes |= size;
    }
    if (sizes > CELL_BITS && squaresOf(cells, cellCount, count) > SQUARES_MAX * count) return false;
    for (let i = 0; i < end; i += 2) {
      const upper = words[i + 1];
      const cell = upper << skip >>> shift;
      const place = cells[cell];
      cells[cell] = (place + 1) | 0;
      sorted[2 * place] = words[i];
      sorted[2 * place + 1] = upper;
    }
    return true;
  }

  #makeRoom(count: number): void {
    if (2 * count <= this.#sorted.length) return;
    const room = Math.min(SPREAD_MAX, 2 ** (32 - Math.clz32(count)));
    this.#cells = new Int32Array(room);
    this.#sorted = new Uint32Array(2 * room);
  }
}

/** How many bits the upper words of all numbers begin with alike; 0 when they are one and the same. */
function bitsAlike(words: Uint32Array, count: number): number {
  const first = words[1];
  let varying = 0;
  for (let i = 1; i < 2 * count; i += 2) varying |= words[i] ^ first;
  return varying === 0 ? 0 : Math.clz32(varying);
}

/** The sum of the squares of the cells' sizes, of `count` numbers, by where each cell begins. */
function squaresOf(cells: Int32Array, cellCount: number, count: number): number {
  let squares = 0;
  for (let cell = 0; cell < cellCount; cell++) {
    const size = (cell + 1 < cellCount ? cells[cell + 1] : count) - cells[cell];
    squares += size * size;
  }
  return squares;
}

/** Where the second of two ascending runs begins: `count` when all numbers ascend, 0 when there are more runs than two. */
function secondRun(words: Uint32Array, count: number): number {
  let second = count;
  for (let i = 1; i < count; i++) {
    const upper = words[2 * i + 1];
    const before = words[2 * i - 1];
    if (upper > before || (upper === before && words[2 * i] >= words[2 * i - 2])) continue;
    if (second < count) return 0;
    second = i;
  }
  return second;
}

/** Merges the ascending runs from 0 and from `second` on into `target`. */
function merge(words: Uint32Array, second: number, count: number, target: Uint32Array): void {
  const leftEnd = 2 * second;
  const rightEnd = 2 * count;
  let left = 0;
  let right = leftEnd;
  let to = 0;
  while (left < leftEnd && right < rightEnd) {
    const leftUpper = words[left + 1];
    const rightUpper = words[right + 1];
    // Which one is next is as good as random: arithmetic, where a branch would be guessed wrong half of the time.
    const isRight = Number(
      leftUpper === rightUpper ? words[left] > words[right] : leftUpper > rightUpper,
    );
    const from = left + Math.imul(right - left, isRight);
    target[to] = words[from];
    target[to + 1] = words[from + 1];
    left += 2 - 2 * isRight;
    right += 2 * isRight;
    to += 2;
  }
  for (; left < leftEnd; left++, to++) target[to] = words[left];
  for (; right < rightEnd; right++, to++) target[to] = words[right];
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
