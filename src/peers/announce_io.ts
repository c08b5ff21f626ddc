/**
 * What goes into an announce and what comes out of it. One of each a thread, reused for every announce, so that
 * nothing is allocated between two of them.
 *
 * @module
 */

import { COMPACT_HALFWORDS, HASH_WORDS, IPV4, IPV6 } from "./layout.ts";
import type { Family } from "./layout.ts";

/** A plain refresh: no event, or one we do not know. */
export const EVENT_NONE = 0;
export const EVENT_COMPLETED = 1;
export const EVENT_STARTED = 2;
export const EVENT_STOPPED = 3;
/** A partial seed (BEP 21): it counts as a leecher whatever it has left. */
export const EVENT_PAUSED = 4;

/** The announce is no peer's second. */
export const NOT_RENEWED = -1;

/**
 * One announce. The caller fills every field it wants read; fields keep their values between announces. Hash, id and
 * peer are read from arrays that the caller chooses, so that a packet need not be copied: `hash` from index `hashAt` on.
 */
export class AnnounceRequest {
  /** Info hash: 20 bytes as they lie in memory. */
  hash: Uint32Array = new Uint32Array(HASH_WORDS);
  hashAt = 0;
  /** The announcing peer, compact: 6 (IPv4) or 18 (IPv6) bytes as they lie in memory. */
  peer: Uint16Array = new Uint16Array(COMPACT_HALFWORDS[IPV6]);
  peerAt = 0;
  /** Peer id, 20 bytes as they lie in memory; all zero = not told. */
  peerId: Uint32Array = new Uint32Array(HASH_WORDS);
  peerIdAt = 0;
  family: Family = IPV4;
  /** One of EVENT_*. */
  event: number = EVENT_NONE;
  /** The client has nothing left to download. */
  seeding = false;
  /**
   * IPv4 peers wanted at most, and IPv6 peers; each 0 to NUMWANT_MAX. Together no more are told than the larger of the two:
   * first those of the client's own family, and others as far as room is left.
   */
  wanted4 = 0;
  wanted6 = 0;
}

/**
 * Where an announce's answer goes. The peers are written as compact peers into the caller's buffer, from `at4`
 * (IPv4) and `at6` (IPv6) on, both multiples of 4. The buffer must have room there for one peer more than was
 * wanted of that family: what lies behind the peers counted is scratch.
 */
export class AnnounceAnswer {
  readonly bytes: Uint8Array;
  readonly halfwords: Uint16Array;
  readonly words: Uint32Array;
  at4 = 0;
  at6 = 0;
  /**
   * Ids of the peers told, 20 bytes each in the same order, all zero where none is known; null when the caller does not
   * want them. Room for one more than was wanted here too.
   */
  ids4: Uint32Array | null = null;
  ids6: Uint32Array | null = null;

  /** IPv4 and IPv6 peers written. */
  count4 = 0;
  count6 = 0;
  /** Counts of the torrent over both families, the announcing peer included. */
  seeders = 0;
  leechers = 0;
  completed = 0;
  /** Leechers that are not paused (BEP 21). */
  downloaders = 0;
  /** False when the peer was new, and the table was full or the torrent had enough peers of its address. */
  stored = true;
  /** Whole minutes since the peer's last announce; NOT_RENEWED when it was not known or has stopped. */
  renewedAfterMin: number = NOT_RENEWED;
  /** Whether the peer's download counts as completed by this announce. */
  completes = false;

  /** `buffer`'s length must be a multiple of 4. It stays the caller's. */
  constructor(buffer: ArrayBuffer | SharedArrayBuffer) {
    this.bytes = new Uint8Array(buffer);
    this.halfwords = new Uint16Array(buffer);
    this.words = new Uint32Array(buffer);
  }
}

/** Most peers of one family that one announce may want (DESIGN decision 4). */
export const NUMWANT_MAX = 200;
/** Peers given to a client that does not say how many it wants. */
export const NUMWANT_DEFAULT = 50;
