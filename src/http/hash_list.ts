import { HASH_BYTES } from "../peers/mod.ts";

const HASH_WORDS = HASH_BYTES / Uint32Array.BYTES_PER_ELEMENT;

/** Info hashes in ascending order of their bytes, each once: the keys of a bencoded dictionary. Reused. */
export class HashList {
  /** The hashes one after another, as bytes and as words of the same memory. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly words: Uint32Array<ArrayBuffer>;
  readonly #capacity: number;
  #count = 0;

  /** `capacity`: the most hashes it can hold. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.bytes = new Uint8Array(capacity * HASH_BYTES);
    this.words = new Uint32Array(this.bytes.buffer);
  }

  /** Hashes in the list. */
  get count(): number {
    return this.#count;
  }

  /** Takes all hashes out. */
  clear(): void {
    this.#count = 0;
  }

  /** Puts the 20 bytes of `hash` in their place unless they are there already. False when the list is full. */
  add(hash: Uint8Array): boolean {
    let index = 0;
    let end = this.#count;
    while (index < end) {
      const middle = (index + end) >>> 1;
      const order = this.#compare(hash, middle);
      if (order === 0) return true;
      if (order > 0) index = middle + 1;
      else end = middle;
    }
    if (this.#count === this.#capacity) return false;
    this.bytes.copyWithin((index + 1) * HASH_BYTES, index * HASH_BYTES, this.#count * HASH_BYTES);
    this.bytes.set(hash, index * HASH_BYTES);
    this.#count++;
    return true;
  }

  /** Offset of hash `index` in `words`. */
  wordOffset(index: number): number {
    return index * HASH_WORDS;
  }

  /** Below 0 when `hash` comes before hash `index`, 0 when it is the same, above 0 when it comes after. */
  #compare(hash: Uint8Array, index: number): number {
    const start = index * HASH_BYTES;
    for (let i = 0; i < HASH_BYTES; i++) {
      const difference = hash[i] - this.bytes[start + i];
      if (difference !== 0) return difference;
    }
    return 0;
  }
}
