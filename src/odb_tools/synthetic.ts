/**
 * Synthetic states: torrents and peers made from a seed, in the order in which an ODB file has them.
 *
 * @module
 */

import {
  type Family,
  FLAG_COMPLETED,
  FLAG_SEEDING,
  HASH_BYTES,
  HASH_WORDS,
  IPV4,
  IPV6,
  RECORD_BYTES,
} from "../peers/mod.ts";
import { mix32, Random } from "../random/mod.ts";
import { TorrentSizes } from "./torrent_sizes.ts";

/** What a synthetic state is like. The same options give the same state, byte for byte. */
export interface SyntheticOptions {
  /** 1 to 2^26. */
  torrents: number;
  /** Peers of both families, 0 to 2^27. */
  peers: number;
  /** 0 to 2^32 - 1. */
  seed: number;
  /** The part of the peers that are IPv6, 0 to 1. */
  ipv6Share: number;
  /** The part of each torrent's peers that are seeders, 0 to 1. */
  seedersShare: number;
  /** Ages of peers are spread from 0 up to this, 0 to 255 minutes. */
  ageMaxMin: number;
  /** Exponent of Zipf's law, 0 to 10: 0 makes all torrents alike, 1 the second half as large as the first. */
  skew: number;
}

const WORD_VALUES = 2 ** 32;
/** Completed downloads are up to so many for each peer that has completed. */
const COMPLETED_PER_SEEDER = 8;
/** Seeders that have completed their download here; the others came with the whole torrent. */
const COMPLETED_SHARE = 0.5;
const PORT_FIRST = 1024;
const PORT_COUNT = 65536 - PORT_FIRST;
/** The first words of addresses by family: 1.0.0.0 up to 223.255.255.255, and 2001:: up to 2fff::. */
const ADDRESS_FIRST = [0x01000000, 0x20010000] as const;
const ADDRESS_COUNT = [0xdf000000, 0x0fff0000] as const;
/** Words of an address by family. */
const ADDRESS_WORDS = [1, 4] as const;

/**
 * The state's torrents, ascending by hash. `next` moves to the next one; `records` then gives its peers of each
 * family, ascending by address, in pieces of any size. Memory does not grow with the state.
 */
export class SyntheticState {
  /** Info hash of the torrent; `hashWords` is the same memory. Both are overwritten by `next`. */
  readonly hash: Uint8Array<ArrayBuffer> = new Uint8Array(HASH_BYTES);
  readonly hashWords: Uint32Array<ArrayBuffer> = new Uint32Array(this.hash.buffer);
  /** Completed downloads of the torrent, at least as many as its peers' flags tell. */
  completed = 0;
  /** Peers and seeders of the torrent by family. */
  readonly counts: [number, number] = [0, 0];
  readonly seeders: [number, number] = [0, 0];
  readonly #options: SyntheticOptions;
  readonly #sizes: TorrentSizes;
  readonly #hashView = new DataView(this.hash.buffer);
  readonly #records: readonly [SyntheticRecords, SyntheticRecords];
  #index = 0;
  /** Peers of the torrents so far. */
  #peers = 0;

  constructor(options: SyntheticOptions) {
    this.#options = options;
    this.#sizes = new TorrentSizes(options.torrents, options.peers, options.skew, options.seed);
    this.#records = [
      new SyntheticRecords(IPV4, options.ageMaxMin),
      new SyntheticRecords(IPV6, options.ageMaxMin),
    ];
  }

  /** Moves to the next torrent; false when there are no more. */
  next(): boolean {
    const { torrents, ipv6Share, seedersShare, seed } = this.#options;
    const index = this.#index;
    if (index === torrents) return false;
    this.#index++;
    const random = new Random(mix32(seed) ^ index);
    this.#makeHash(index, random);
    const peers = this.#sizes.peersOf(index);
    // Rounded sums, so that the shares are those of the whole state as well.
    const ipv6 = Math.round((this.#peers + peers) * ipv6Share) - Math.round(this.#peers * ipv6Share);
    this.#peers += peers;
    this.#begin(IPV4, peers - ipv6, seedersShare, random);
    this.#begin(IPV6, ipv6, seedersShare, random);
    const seeders = this.seeders[IPV4] + this.seeders[IPV6];
    this.completed = seeders + random.below(1 + seeders * COMPLETED_PER_SEEDER);
    return true;
  }

  /**
   * Writes the torrent's next `count` records of `family` to `bytes` from `at` on. Of the torrent's records,
   * `counts[family]`, no more may be asked for than are left.
   */
  records(family: Family, bytes: Uint8Array, at: number, count: number): void {
    this.#records[family].write(bytes, at, count);
  }

  /** Each torrent has a stretch of the first words to itself: hashes ascend, and none comes twice. */
  #makeHash(index: number, random: Random): void {
    const first = Math.floor(index * WORD_VALUES / this.#options.torrents);
    const next = Math.floor((index + 1) * WORD_VALUES / this.#options.torrents);
    this.#hashView.setUint32(0, first + random.below(next - first));
    for (let word = 1; word < HASH_WORDS; word++) this.#hashView.setUint32(4 * word, random.next());
  }

  #begin(family: Family, count: number, seedersShare: number, random: Random): void {
    const seeders = Math.min(count, Math.floor(count * seedersShare + random.next() / WORD_VALUES));
    this.counts[family] = count;
    this.seeders[family] = seeders;
    this.#records[family].begin(count, seeders, random.next());
  }
}

/** The records of one torrent in one family. Reused from torrent to torrent. */
class SyntheticRecords {
  readonly #family: Family;
  readonly #ageCount: number;
  #random = new Random(0);
  #gaps = new Random(0);
  /** Records left to write, and seeders among them. */
  #left = 0;
  #seedersLeft = 0;
  /** The first word of the last address, before the records so far are added, and what a gap of 1 adds to it. */
  #word = 0;
  #wordsPerGap = 0;
  #written = 0;

  constructor(family: Family, ageMaxMin: number) {
    this.#family = family;
    this.#ageCount = ageMaxMin + 1;
  }

  begin(count: number, seeders: number, seed: number): void {
    this.#left = count;
    this.#seedersLeft = seeders;
    this.#written = 0;
    this.#word = ADDRESS_FIRST[this.#family];
    this.#random = new Random(seed);
    // Gaps between numbers drawn at random are distributed exponentially. Their sum must be known to scale them,
    // so they are drawn twice.
    const gaps = new Random(~seed);
    let sum = drawGap(gaps);
    for (let i = 0; i < count; i++) sum += drawGap(gaps);
    this.#wordsPerGap = (ADDRESS_COUNT[this.#family] - count) / sum;
    this.#gaps = new Random(~seed);
  }

  write(bytes: Uint8Array, at: number, count: number): void {
    const random = this.#random;
    const addressWords = ADDRESS_WORDS[this.#family];
    for (let i = 0; i < count; i++) {
      this.#word += drawGap(this.#gaps) * this.#wordsPerGap;
      // One more for each record before, so that addresses ascend however small the gap.
      putWord(bytes, at, Math.floor(this.#word) + this.#written++);
      for (let word = 1; word < addressWords; word++) putWord(bytes, at + 4 * word, random.next());
      const tail = at + 4 * addressWords;
      const port = PORT_FIRST + random.below(PORT_COUNT);
      bytes[tail] = port >>> 8;
      bytes[tail + 1] = port;
      bytes[tail + 2] = this.#drawFlags(random);
      bytes[tail + 3] = random.below(this.#ageCount);
      at += RECORD_BYTES[this.#family];
    }
  }

  /** Of the records left, each is as likely a seeder, and in the end there are as many as there should be. */
  #drawFlags(random: Random): number {
    const isSeeder = random.below(this.#left--) < this.#seedersLeft;
    if (!isSeeder) return 0;
    this.#seedersLeft--;
    return random.next() < COMPLETED_SHARE * WORD_VALUES ? FLAG_SEEDING | FLAG_COMPLETED : FLAG_SEEDING;
  }
}

/** Exponentially distributed, above 0. */
function drawGap(random: Random): number {
  return -Math.log((random.next() + 0.5) / WORD_VALUES);
}

function putWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}
