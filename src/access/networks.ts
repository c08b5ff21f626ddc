/**
 * Networks in published words, and whether an address is in one of them.
 *
 * ```
 *  at (words)   size           field
 *  0            1              IPv4 ranges
 *  1            1              IPv6 ranges
 *  2            2 * 1 a range  IPv4 ranges: first address, last address
 *  then         2 * 4 a range  IPv6 ranges likewise
 * ```
 *
 * Addresses are numbers here, the highest word first. The ranges of a family are in ascending order and do not overlap: of
 * two networks one has all addresses of the other or none, and a network within another is left out.
 *
 * @module
 */

import { type Cidr, maskOf } from "../addresses/mod.ts";
import { byteSwap, type Family, IPV4, IPV6 } from "../peers/mod.ts";
import { Published, type PublishedBuffers } from "./published.ts";

const HEAD_WORDS = 2;
const WORD_BYTES = 4;
/** Words of an address by family. */
const ADDRESS_WORDS = [1, 4] as const;

/** Networks that can be published at once. */
export const NETWORKS_MAX = 2 ** 19;

/** Words that so many need, whatever their family. */
export const NETWORK_WORDS_MAX: number = HEAD_WORDS + NETWORKS_MAX * 2 * ADDRESS_WORDS[IPV6];

/** First and last address of a network. */
interface Range {
  first: Uint32Array;
  last: Uint32Array;
}

/** Publishes networks, in any order and as often as they come, at most NETWORKS_MAX. */
export function publishNetworks(networks: readonly Cidr[], published: Published): void {
  const ranges4 = rangesOf(networks, IPV4);
  const ranges6 = rangesOf(networks, IPV6);
  const words = published.prepare(
    HEAD_WORDS + 2 * (ranges4.length * ADDRESS_WORDS[IPV4] + ranges6.length * ADDRESS_WORDS[IPV6]),
  );
  words[IPV4] = ranges4.length;
  words[IPV6] = ranges6.length;
  let at = HEAD_WORDS;
  for (const { first, last } of [...ranges4, ...ranges6]) {
    words.set(first, at);
    words.set(last, at + first.length);
    at += 2 * first.length;
  }
  published.publish();
}

/** One thread's view of the networks. */
export class NetworkSet {
  readonly #published: Published;
  readonly #key = new Uint32Array(ADDRESS_WORDS[IPV6]);

  constructor(buffers: PublishedBuffers) {
    this.#published = new Published(buffers);
  }

  /** Whether an address is in one of them. `address` begins with its 4 or 16 bytes as they lie in memory. */
  has(family: Family, address: Uint32Array): boolean {
    for (let i = 0; i < ADDRESS_WORDS[family]; i++) this.#key[i] = byteSwap(address[i]);
    const published = this.#published;
    for (;;) {
      const version = published.open();
      const isThere = find(published.words, family, this.#key);
      if (published.version === version) return isThere;
    }
  }
}

function find(words: Uint32Array, family: Family, key: Uint32Array): boolean {
  const width = ADDRESS_WORDS[family];
  const start = family === IPV4 ? HEAD_WORDS : HEAD_WORDS + 2 * ADDRESS_WORDS[IPV4] * words[IPV4];
  let low = 0;
  let high = words[family];
  // To the number of ranges that begin at the address or before it: the last of them has it or none.
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(words, start + 2 * middle * width, key, width) <= 0) low = middle + 1;
    else high = middle;
  }
  return low > 0 && compare(words, start + (2 * low - 1) * width, key, width) >= 0;
}

/** Below 0 when the number of `width` words from `words[at]` on is less than the key, 0 when they are equal. */
function compare(words: Uint32Array, at: number, key: Uint32Array, width: number): number {
  for (let i = 0; i < width; i++) {
    if (words[at + i] !== key[i]) return words[at + i] < key[i] ? -1 : 1;
  }
  return 0;
}

function rangesOf(networks: readonly Cidr[], family: Family): Range[] {
  const bytes = ADDRESS_WORDS[family] * WORD_BYTES;
  const all = networks.filter(({ network }) => network.length === bytes).map(rangeOf);
  const width = ADDRESS_WORDS[family];
  all.sort((a, b) => compare(a.first, 0, b.first, width) || compare(b.last, 0, a.last, width));
  const widest: Range[] = [];
  for (const range of all) {
    const before = widest.at(-1);
    if (before === undefined || compare(range.first, 0, before.last, width) > 0) widest.push(range);
  }
  return widest;
}

function rangeOf({ network, prefixBits }: Cidr): Range {
  return {
    first: numberOf(network),
    last: numberOf(network.map((byte, index) => byte | (~maskOf(index, prefixBits) & 0xff))),
  };
}

/** The words of an address given by its bytes. */
function numberOf(bytes: number[]): Uint32Array {
  const view = new DataView(Uint8Array.from(bytes).buffer);
  return Uint32Array.from({ length: bytes.length / WORD_BYTES }, (_, i) => view.getUint32(i * WORD_BYTES));
}
