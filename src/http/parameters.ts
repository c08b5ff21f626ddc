/**
 * The parameters of an HTTP announce (BEP 3, 7, 21, 23), from its query into the form the peer table takes.
 *
 * Addresses that a client claims (`ip`, `ipv4`, `ipv6`) are unknown keys here: whoever honours them lets anyone
 * register a victim. So are those that change nothing: `uploaded`, `downloaded`, `key`, `supportcrypto` and others.
 * Of a key that is given more than once the last one counts; only `info_hash` must be unique.
 *
 * @module
 */

import {
  AnnounceRequest,
  COMPACT_BYTES,
  EVENT_COMPLETED,
  EVENT_NONE,
  EVENT_PAUSED,
  EVENT_STARTED,
  EVENT_STOPPED,
  HASH_BYTES,
  IPV6,
  NUMWANT_DEFAULT,
  NUMWANT_MAX,
} from "../peers/mod.ts";
import { FAILURE, type Failure } from "./failure.ts";
import {
  ascii,
  equalBytes,
  INVALID,
  KEY_COMPACT,
  KEY_END,
  KEY_EVENT,
  KEY_INFO_HASH,
  KEY_LEFT,
  KEY_NO_PEER_ID,
  KEY_NUMWANT,
  KEY_PEER_ID,
  KEY_PORT,
  KEY_TRACKER_ID,
  type QueryReader,
  readDecimal,
} from "./query.ts";

const PORT_MAX = 0xffff;
const MINUS = 0x2d;

/** Values other than hashes and ids are short; this holds the longest that means anything, and leading zeros. */
const VALUE_LENGTH_MAX = 32;
/** Bytes of the longest tracker id that is given back. */
export const TRACKER_ID_LENGTH_MAX = 64;

/** Any other event is a plain refresh, as an empty one and `empty` are. */
const EVENTS = [
  { name: ascii("started"), event: EVENT_STARTED },
  { name: ascii("completed"), event: EVENT_COMPLETED },
  { name: ascii("stopped"), event: EVENT_STOPPED },
  { name: ascii("paused"), event: EVENT_PAUSED },
];

const ZERO = ascii("0");
const ONE = ascii("1");

/** What one announce asks. One a thread, reused: `read` sets every field anew. */
export class AnnounceParameters {
  /** Hash, peer id, event, seeding and wanted peers come from the query; the peer and its family from the caller. */
  readonly request = new AnnounceRequest();
  /** The request's peer, compact: the caller's to fill. */
  readonly peer = new Uint8Array(COMPACT_BYTES[IPV6]);
  /** 1 to 65535. */
  port = 0;
  /** The client takes compact peers (BEP 23); only `compact=0` says no. */
  compact = true;
  /** In dictionary form the client can do without peer ids. */
  noPeerId = false;
  /** The first `trackerIdLength` bytes are the tracker id that the client was once given, here or elsewhere. */
  readonly trackerId = new Uint8Array(TRACKER_ID_LENGTH_MAX);
  /** 0 where it sent none, or one that is too long. */
  trackerIdLength = 0;

  readonly #infoHash = new Uint8Array(HASH_BYTES);
  readonly #peerId = new Uint8Array(HASH_BYTES);
  readonly #value = new Uint8Array(VALUE_LENGTH_MAX);
  #hasInfoHash = false;
  #hasPeerId = false;

  constructor() {
    this.request.hash = new Uint32Array(this.#infoHash.buffer);
    this.request.peerId = new Uint32Array(this.#peerId.buffer);
    this.request.peer = new Uint16Array(this.peer.buffer);
  }

  /** Reads the rest of `query`. Returns null when all is well, else why not; the fields then mean nothing. */
  read(query: QueryReader): Failure | null {
    this.#reset();
    for (let key = query.next(); key !== KEY_END; key = query.next()) {
      const failure = this.#readValue(key, query);
      if (failure !== null) return failure;
    }
    if (!this.#hasInfoHash) return FAILURE.infoHashMissing;
    if (this.port === 0) return FAILURE.portInvalid;
    if (!this.#hasPeerId) this.#peerId.fill(0);
    return null;
  }

  #reset(): void {
    this.request.event = EVENT_NONE;
    // Without `left` nobody says that the download is complete: a leecher.
    this.request.seeding = false;
    this.request.wanted4 = NUMWANT_DEFAULT;
    this.request.wanted6 = NUMWANT_DEFAULT;
    this.port = 0;
    this.compact = true;
    this.noPeerId = false;
    this.trackerIdLength = 0;
    this.#hasInfoHash = false;
    this.#hasPeerId = false;
  }

  #readValue(key: number, query: QueryReader): Failure | null {
    switch (key) {
      case KEY_INFO_HASH:
        if (this.#hasInfoHash) return FAILURE.infoHashRepeated;
        this.#hasInfoHash = true;
        return query.value(this.#infoHash) === HASH_BYTES ? null : FAILURE.infoHashInvalid;
      case KEY_PEER_ID:
        this.#hasPeerId = true;
        return query.value(this.#peerId) === HASH_BYTES ? null : FAILURE.peerIdInvalid;
      case KEY_PORT:
        return this.#readPort(query);
      case KEY_LEFT:
        return this.#readLeft(query);
      case KEY_NUMWANT:
        return this.#readNumwant(query);
      case KEY_EVENT:
      case KEY_COMPACT:
      case KEY_NO_PEER_ID:
        return this.#readWord(key, query);
      case KEY_TRACKER_ID:
        return this.#readTrackerId(query);
      default:
        return null;
    }
  }

  #readPort(query: QueryReader): Failure | null {
    const port = this.#readNumber(query);
    if (port < 1 || port > PORT_MAX) return FAILURE.portInvalid;
    this.port = port;
    return null;
  }

  #readLeft(query: QueryReader): Failure | null {
    const left = this.#readNumber(query);
    if (left === INVALID) return FAILURE.leftInvalid;
    this.request.seeding = left === 0;
    return null;
  }

  /** A negative number asks for what the tracker thinks right, too high a one for as many as it gives. */
  #readNumwant(query: QueryReader): Failure | null {
    const length = query.value(this.#value);
    if (length === INVALID || length > VALUE_LENGTH_MAX) return FAILURE.numwantInvalid;
    const negative = length > 0 && this.#value[0] === MINUS;
    const magnitude = readDecimal(this.#value, negative ? 1 : 0, length);
    if (magnitude === INVALID) return FAILURE.numwantInvalid;
    const wanted = negative ? NUMWANT_DEFAULT : Math.min(magnitude, NUMWANT_MAX);
    this.request.wanted4 = wanted;
    this.request.wanted6 = wanted;
    return null;
  }

  #readWord(key: number, query: QueryReader): Failure | null {
    const length = query.value(this.#value);
    if (length === INVALID) return FAILURE.escapeInvalid;
    if (key === KEY_COMPACT) this.compact = !equalBytes(this.#value, 0, length, ZERO);
    else if (key === KEY_NO_PEER_ID) this.noPeerId = equalBytes(this.#value, 0, length, ONE);
    else this.request.event = this.#eventOf(length);
    return null;
  }

  #readTrackerId(query: QueryReader): Failure | null {
    const length = query.value(this.trackerId);
    if (length === INVALID) return FAILURE.escapeInvalid;
    this.trackerIdLength = length <= TRACKER_ID_LENGTH_MAX ? length : 0;
    return null;
  }

  #eventOf(length: number): number {
    for (const { name, event } of EVENTS) {
      if (equalBytes(this.#value, 0, length, name)) return event;
    }
    return EVENT_NONE;
  }

  #readNumber(query: QueryReader): number {
    const length = query.value(this.#value);
    return length > VALUE_LENGTH_MAX ? INVALID : readDecimal(this.#value, 0, length);
  }
}
