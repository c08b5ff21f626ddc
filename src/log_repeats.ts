/** Saying the same thing over and over only now and then. @module */

/** Texts that are remembered at the same time. */
const TEXTS_MAX = 256;

interface Told<Item> {
  /** The last of those that were left out. */
  item: Item;
  sinceMs: number;
  omitted: number;
}

/** Lets the first of items with equal texts through, and for a while counts the others. */
export class RepeatLimit<Item> {
  readonly #pauseMs: number;
  readonly #told = new Map<string, Told<Item>>();

  /** Items with equal texts are let through once in `pauseMs`. */
  constructor(pauseMs: number) {
    this.#pauseMs = pauseMs;
  }

  /** Whether no text is remembered. */
  get isEmpty(): boolean {
    return this.#told.size === 0;
  }

  /** Whether `item` is to be told now, at `nowMs` of any clock that nobody sets; else it is counted. */
  admit(text: string, item: Item, nowMs: number): boolean {
    const told = this.#told.get(text);
    if (told !== undefined && (told.omitted > 0 || nowMs - told.sinceMs < this.#pauseMs)) {
      told.item = item;
      told.omitted++;
      return false;
    }
    // Of more texts than these some are told too often, which is better than to remember without bound.
    if (told !== undefined || this.#told.size < TEXTS_MAX) {
      this.#told.set(text, { item, sinceMs: nowMs, omitted: 0 });
    }
    return true;
  }

  /**
   * Returns what was counted of the texts whose time is over, of all with `nowMs` Infinity, and begins anew with them; the
   * others of these texts are forgotten.
   */
  collect(nowMs: number): { item: Item; omitted: number }[] {
    const counted: { item: Item; omitted: number }[] = [];
    for (const [text, told] of this.#told) {
      if (nowMs - told.sinceMs < this.#pauseMs) continue;
      this.#told.delete(text);
      if (told.omitted === 0) continue;
      counted.push({ item: told.item, omitted: told.omitted });
      this.#told.set(text, { item: told.item, sinceMs: nowMs, omitted: 0 });
    }
    return counted;
  }
}
