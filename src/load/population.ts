import { assignTorrents } from "./distribution.ts";
import { mix32 } from "../random/mod.ts";

/** Words of an info hash. */
export const HASH_WORDS = 5;
const PORTS = 65535;

/** How many torrents and peers there are, and how they are made. Plain data, so that it can be posted to a worker. */
export interface PopulationOptions {
  /** 1 up. */
  torrents: number;
  /** 1 to 65535 for each source address. */
  peers: number;
  /** Source addresses that the peers are spread over, 1 up. */
  addresses: number;
  /** Exponent of Zipf's law, 0 up: how unlike the torrents are. */
  skew: number;
  /** The part of the peers that have the whole torrent, 0 to 1. */
  seedersShare: number;
  seed: number;
}

/**
 * Torrents, and peers that are each in one of them. Everything about a torrent or peer follows from its number and
 * the seed, so that a peer announced twice is the same peer, and another program can know the hashes.
 */
export class Population {
  readonly torrents: number;
  readonly peers: number;
  readonly addresses: number;
  /** The torrent of each peer; may be shared by threads. */
  readonly torrentOf: Uint32Array;
  readonly #seed: number;
  readonly #seedersBelow: number;

  /** `torrentOf` comes from {@linkcode createTorrentOf} with the same options. */
  constructor(options: PopulationOptions, torrentOf: Uint32Array) {
    this.torrents = options.torrents;
    this.peers = options.peers;
    this.addresses = options.addresses;
    this.torrentOf = torrentOf;
    this.#seed = mix32(options.seed);
    this.#seedersBelow = options.seedersShare * 2 ** 32;
  }

  /** Word `word` (0 to 4) of a torrent's info hash, as it lies in memory. No two torrents have the same first word. */
  hashWord(torrent: number, word: number): number {
    return mix32(this.#seed + torrent * HASH_WORDS + word);
  }

  /** Which of the source addresses the peer announces from. */
  addressOf(peer: number): number {
    return peer % this.addresses;
  }

  /** The port that the peer announces. No two peers have the same address and port. */
  portOf(peer: number): number {
    return 1 + Math.floor(peer / this.addresses) % PORTS;
  }

  isSeeder(peer: number): boolean {
    return mix32(peer ^ this.#seed) < this.#seedersBelow;
  }
}

/** The most peers that so many source addresses can tell apart. */
export function peersMax(addresses: number): number {
  return addresses * PORTS;
}

/** The torrent of each peer, in memory that threads can share. */
export function createTorrentOf({ peers, torrents, skew, seed }: PopulationOptions): Uint32Array {
  const torrentOf = new Uint32Array(new SharedArrayBuffer(peers * Uint32Array.BYTES_PER_ELEMENT));
  assignTorrents(torrentOf, torrents, skew, seed);
  return torrentOf;
}

/** The info hashes of all torrents as lines of 40 hexadecimal digits, as trackers' whitelists have them. */
export function* hashLines(population: Population): Generator<string> {
  const words = new Uint32Array(HASH_WORDS);
  const bytes = new Uint8Array(words.buffer);
  for (let torrent = 0; torrent < population.torrents; torrent++) {
    for (let word = 0; word < HASH_WORDS; word++) words[word] = population.hashWord(torrent, word);
    let line = "";
    for (const byte of bytes) line += byte.toString(16).padStart(2, "0");
    yield `${line}\n`;
  }
}
