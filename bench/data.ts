/**
 * What the benchmarks work on: made from a seed, so that every run measures the same.
 *
 * @module
 */

import { createTorrentOf, Population, Random } from "../src/load/mod.ts";
import {
  announce,
  AnnounceAnswer,
  AnnounceRequest,
  createTable,
  NUMWANT_MAX,
  type PeerTable,
  setTableMinute,
} from "../src/peers/mod.ts";

/** BENCH_SIZE: `small` for a look in seconds, `large` for everything, otherwise in between. */
const SIZE = Deno.env.get("BENCH_SIZE");
export const isSmall = SIZE === "small";
export const isLarge = SIZE === "large";

const ALL_SIZES = [10_000, 100_000, 1_000_000, 10_000_000];
/** Peers in the tables that are measured: 10 thousand, up to a million by default, up to 10 million when large. */
export const TABLE_SIZES: readonly number[] = ALL_SIZES.slice(0, isSmall ? 1 : isLarge ? 4 : 3);

/** About as many as in the swarms of a public tracker. */
const PEERS_PER_TORRENT = 45;
const SOURCE_ADDRESSES = 256;
const SEED = 1;
/** The table's minute, so that nothing depends on when the benchmark runs. */
export const NOW_MIN = 30_000_000;
const ADDRESS_FIRST = 0x0a000001;

/** Results are added here, so that no work can be left out as useless. */
export const sink = { value: 0 };

/** The same random numbers at every run. */
export function seededRandom(): Random {
  return new Random(SEED);
}

/** A population of `peers` peers in torrents of very different sizes. */
export function createPopulation(peers: number): Population {
  const options = {
    torrents: Math.ceil(peers / PEERS_PER_TORRENT),
    peers,
    addresses: SOURCE_ADDRESSES,
    skew: 1,
    seedersShare: 0.5,
    seed: SEED,
  };
  return new Population(options, createTorrentOf(options));
}

/** Makes `request` an announce of the peer, without an event; what is wanted stays as it is. */
export function setPeer(request: AnnounceRequest, population: Population, peer: number): void {
  for (let word = 0; word < request.hash.length; word++) {
    request.hash[word] = population.hashWord(population.torrentOf[peer], word);
  }
  const address = sourceAddress(population.addressOf(peer));
  const port = population.portOf(peer);
  request.peer[0] = networkOrder(address >>> 16);
  request.peer[1] = networkOrder(address & 0xffff);
  request.peer[2] = networkOrder(port);
  request.seeding = population.isSeeder(peer);
}

/** Source address `index` of a population: 10.0.0.1 and those that follow. */
export function sourceAddress(index: number): number {
  return ADDRESS_FIRST + index;
}

function networkOrder(value: number): number {
  return (value & 0xff) << 8 | value >>> 8;
}

/** A table that holds all peers of the population. */
export function createFilledTable(population: Population): PeerTable {
  const { peers, torrents } = population;
  const table = createTable({ maxPeers: peers + 1000, maxTorrents: torrents + 1000, peerIds: false });
  setTableMinute(table, NOW_MIN);
  const request = new AnnounceRequest();
  const answer = new AnnounceAnswer(new ArrayBuffer(0));
  for (let peer = 0; peer < peers; peer++) {
    setPeer(request, population, peer);
    announce(table, request, answer);
  }
  return table;
}

/** Room for the answer to any announce. */
export function createAnswer(): AnnounceAnswer {
  return new AnnounceAnswer(new ArrayBuffer((NUMWANT_MAX + 2) * 20));
}

/** `10 thousand`, `1 million`. */
export function inWords(count: number): string {
  return count < 1_000_000 ? `${count / 1000} thousand` : `${count / 1_000_000} million`;
}
