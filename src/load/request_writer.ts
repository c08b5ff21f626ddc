import { parseIp } from "../os/mod.ts";
import {
  ACTION_ANNOUNCE,
  ACTION_SCRAPE,
  ANNOUNCE_BYTES,
  ANNOUNCE_DOWNLOADED,
  ANNOUNCE_EVENT,
  ANNOUNCE_INFO_HASH,
  ANNOUNCE_IP,
  ANNOUNCE_KEY,
  ANNOUNCE_LEFT,
  ANNOUNCE_PEER_ID,
  ANNOUNCE_PORT,
  ANNOUNCE_UPLOADED,
  ANNOUNCE_WANTED,
  REQUEST_ACTION,
  REQUEST_CONNECTION_ID,
  REQUEST_TRANSACTION_ID,
  SCRAPE_HASH_BYTES,
  SCRAPE_HASHES,
} from "../udp/mod.ts";
import { HASH_WORDS, type Population } from "./population.ts";
import { mix32, type Random } from "../random/mod.ts";

/** Torrents of one scrape at most. */
const SCRAPE_TORRENTS_MAX = 4;
/** Room for any request; a multiple of 4. */
export const REQUEST_ROOM_BYTES = Math.ceil(
  Math.max(ANNOUNCE_BYTES, SCRAPE_HASHES + SCRAPE_TORRENTS_MAX * SCRAPE_HASH_BYTES) / 4,
) * 4;

/** `-LT0001-` and then 12 bytes that differ by peer. */
const PEER_ID_CLIENT_HIGH = 0x2d4c5430;
const PEER_ID_CLIENT_LOW = 0x3030312d;

export const EVENT_NONE = 0;
export const EVENT_STARTED = 2;

/** What the requests are like. */
export interface RequestMix {
  /** 0 to 1. */
  scrapeShare: number;
  wanted: number;
}

/** The connection ids of a socket, by source address: two halves each. */
export type ConnectionIdTable = Uint32Array;

/**
 * Writes requests for a population into the datagrams of a sender, field by field and without allocating: the client
 * codec of udp/ takes objects and BigInts, which a loader that is to be faster than its server cannot afford.
 */
export class RequestWriter {
  /** Which source address the request written last is to be sent from. */
  address = 0;
  readonly #view: DataView;
  readonly #words: Uint32Array;
  readonly #population: Population;
  readonly #random: Random;
  readonly #scrapesBelow: number;
  readonly #wanted: number;

  constructor(datagrams: ArrayBuffer, population: Population, mix: RequestMix, random: Random) {
    this.#view = new DataView(datagrams);
    this.#words = new Uint32Array(datagrams);
    this.#population = population;
    this.#random = random;
    this.#scrapesBelow = mix.scrapeShare * 2 ** 32;
    this.#wanted = mix.wanted;
  }

  /** Writes an announce or a scrape, of any peer, at `at`, a multiple of 4, and returns its length. */
  writeAny(at: number, ids: ConnectionIdTable, transactionId: number): number {
    const isScrape = this.#random.next() < this.#scrapesBelow;
    const peer = this.#random.below(this.#population.peers);
    return isScrape
      ? this.#writeScrape(at, ids, transactionId, peer)
      : this.writeAnnounce(at, ids, transactionId, peer, EVENT_NONE);
  }

  /** Writes an announce of one peer in the same way. */
  writeAnnounce(
    at: number,
    ids: ConnectionIdTable,
    transactionId: number,
    peer: number,
    event: number,
  ): number {
    const population = this.#population;
    const view = this.#view;
    this.#writeHead(at, ids, transactionId, ACTION_ANNOUNCE, peer);
    this.#writeHash(at + ANNOUNCE_INFO_HASH, population.torrentOf[peer]);
    view.setUint32(at + ANNOUNCE_PEER_ID, PEER_ID_CLIENT_HIGH);
    view.setUint32(at + ANNOUNCE_PEER_ID + 4, PEER_ID_CLIENT_LOW);
    view.setUint32(at + ANNOUNCE_PEER_ID + 8, peer);
    view.setUint32(at + ANNOUNCE_PEER_ID + 12, mix32(peer));
    view.setUint32(at + ANNOUNCE_PEER_ID + 16, mix32(~peer));
    this.#write64(at + ANNOUNCE_DOWNLOADED, 0);
    this.#write64(at + ANNOUNCE_LEFT, population.isSeeder(peer) ? 0 : 1);
    this.#write64(at + ANNOUNCE_UPLOADED, 0);
    view.setUint32(at + ANNOUNCE_EVENT, event);
    view.setUint32(at + ANNOUNCE_IP, 0);
    view.setUint32(at + ANNOUNCE_KEY, peer);
    view.setUint32(at + ANNOUNCE_WANTED, this.#wanted);
    view.setUint16(at + ANNOUNCE_PORT, population.portOf(peer));
    return ANNOUNCE_BYTES;
  }

  /** A scrape from the address of `peer`, of its torrent and of those of a few others. */
  #writeScrape(at: number, ids: ConnectionIdTable, transactionId: number, peer: number): number {
    const { torrentOf, peers } = this.#population;
    this.#writeHead(at, ids, transactionId, ACTION_SCRAPE, peer);
    const count = 1 + this.#random.below(SCRAPE_TORRENTS_MAX);
    let hashAt = at + SCRAPE_HASHES;
    let member = peer;
    for (let index = 0; index < count; index++) {
      this.#writeHash(hashAt, torrentOf[member]);
      hashAt += SCRAPE_HASH_BYTES;
      member = this.#random.below(peers);
    }
    return hashAt - at;
  }

  #writeHead(at: number, ids: ConnectionIdTable, transactionId: number, action: number, peer: number): void {
    const address = this.address = this.#population.addressOf(peer);
    const view = this.#view;
    view.setUint32(at + REQUEST_CONNECTION_ID, ids[2 * address]);
    view.setUint32(at + REQUEST_CONNECTION_ID + 4, ids[2 * address + 1]);
    view.setUint32(at + REQUEST_ACTION, action);
    view.setUint32(at + REQUEST_TRANSACTION_ID, transactionId);
  }

  #writeHash(at: number, torrent: number): void {
    const first = at >>> 2;
    for (let word = 0; word < HASH_WORDS; word++) {
      this.#words[first + word] = this.#population.hashWord(torrent, word);
    }
  }

  #write64(at: number, low: number): void {
    this.#view.setUint32(at, 0);
    this.#view.setUint32(at + 4, low);
  }
}

const FIRST_ADDRESS = parseIp("127.0.0.1")!;

/** Source address `index` as it lies in memory: 127.0.0.1 and those that follow. */
export function sourceAddress(index: number): number {
  const bytes = FIRST_ADDRESS.slice();
  new DataView(bytes.buffer).setUint32(0, new DataView(bytes.buffer).getUint32(0) + index);
  return new Uint32Array(bytes.buffer)[0];
}
