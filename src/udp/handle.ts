import {
  announce,
  AnnounceAnswer,
  AnnounceRequest,
  COMPACT_BYTES,
  EVENT_NONE,
  EVENT_PAUSED,
  HASH_WORDS,
  IPV4,
  IPV6,
  NUMWANT_DEFAULT,
  NUMWANT_MAX,
  type PeerTable,
  scrape,
  ScrapeAnswer,
} from "../peers/mod.ts";
import { COUNTER } from "../stats/mod.ts";
import type { ConnectionIds } from "./connection_id.ts";
import type { SpreadInterval } from "./interval.ts";
import {
  ACTION_ANNOUNCE,
  ACTION_CONNECT,
  ACTION_SCRAPE,
  ANNOUNCE_BYTES,
  ANNOUNCE_EVENT,
  ANNOUNCE_INFO_HASH,
  ANNOUNCE_LEFT,
  ANNOUNCE_PEER_ID,
  ANNOUNCE_PORT,
  ANNOUNCE_REPLY_PEERS,
  ANNOUNCE_WANTED,
  ERROR_REPLY_MESSAGE,
  PROTOCOL_ID_HIGH,
  PROTOCOL_ID_LOW,
  REQUEST_ACTION,
  REQUEST_CONNECTION_ID,
  REQUEST_HEAD_BYTES,
  REQUEST_TRANSACTION_ID,
  SCRAPE_ENTRY_BYTES,
  SCRAPE_HASH_BYTES,
  SCRAPE_HASHES,
  SCRAPE_REPLY_ENTRIES,
  writeAnnounceReplyHead,
  writeConnectReply,
  writeErrorReply,
  writeScrapeEntry,
  writeScrapeReplyHead,
} from "./packet.ts";
import { Source } from "./source.ts";

/** IPv6 peers in one reply: what an IPv6 path of 1280 bytes carries unfragmented (RFC 8200). */
export const WANTED6_MAX = 66;
/** Hashes answered in one scrape ("up to about 74", BEP 15); further ones are ignored. */
export const SCRAPE_HASHES_MAX = 74;

/** Room that a reply needs: the longest one, and behind its peers the scratch of one more (AnnounceAnswer). */
export const REPLY_ROOM_BYTES = Math.max(
  ANNOUNCE_REPLY_PEERS + COMPACT_BYTES[IPV4] * (NUMWANT_MAX + 1),
  ANNOUNCE_REPLY_PEERS + COMPACT_BYTES[IPV6] * (WANTED6_MAX + 1),
  SCRAPE_REPLY_ENTRIES + SCRAPE_ENTRY_BYTES * SCRAPE_HASHES_MAX,
);

/** No reply. */
const SILENCE = 0;

const encoder = new TextEncoder();
/** Misspelt and closed by NUL, as opentracker has it: a widespread client reconnects on just these bytes. */
const WRONG_CONNECTION_ID = encoder.encode("Connection ID missmatch.\0");
const PORT_ZERO = encoder.encode("Port 0 is not allowed.");
const NO_INFO_HASH = encoder.encode("No info hash given.");

/** What a handler answers from. */
export interface UdpService {
  table: PeerTable;
  connectionIds: ConnectionIds;
  interval: SpreadInterval;
  /** The thread's own row of counters. */
  counters: Float64Array;
}

/**
 * Answers datagrams, by BEP 15 and DESIGN decisions 1 to 10. One object a thread, over one buffer of requests and one
 * of replies; nothing is allocated per datagram.
 *
 * What came without a good connection id is answered with nothing longer than itself. What cannot be answered gets
 * silence. Only bytes of this datagram are read, and every byte of a reply is written for it.
 */
export class UdpHandler {
  /** The sender of the next datagram; to be set before `handle`. */
  readonly source = new Source();

  readonly #service: UdpService;
  readonly #counters: Float64Array;
  readonly #requestView: DataView;
  readonly #requestHalfwords: Uint16Array;
  readonly #requestWords: Uint32Array;
  readonly #replyView: DataView;
  readonly #announce = new AnnounceRequest();
  readonly #answer: AnnounceAnswer;
  readonly #scrapeAnswer = new ScrapeAnswer();

  /** Both buffers' lengths must be multiples of 4. They stay the caller's. */
  constructor(service: UdpService, requests: ArrayBuffer, replies: ArrayBuffer) {
    this.#service = service;
    this.#counters = service.counters;
    this.#requestView = new DataView(requests);
    this.#requestHalfwords = new Uint16Array(requests);
    this.#requestWords = new Uint32Array(requests);
    this.#replyView = new DataView(replies);
    this.#answer = new AnnounceAnswer(replies);
  }

  /**
   * Answers the datagram of `length` bytes that lies at `at`, writes the reply at `replyAt` and returns its length, 0
   * for none. Both offsets must be multiples of 4, and at `replyAt` there must be REPLY_ROOM_BYTES. `nowSec` is the
   * second of the clock that all workers share.
   */
  handle(at: number, length: number, replyAt: number, nowSec: number): number {
    const { source } = this;
    if (length < REQUEST_HEAD_BYTES || source.port === 0) return this.#drop();
    const view = this.#requestView;
    const action = view.getUint32(at + REQUEST_ACTION);
    if (action === ACTION_CONNECT) return this.#connect(at, replyAt, nowSec);
    if (action !== ACTION_ANNOUNCE && action !== ACTION_SCRAPE) return this.#drop();
    const high = view.getUint32(at + REQUEST_CONNECTION_ID);
    const low = view.getUint32(at + REQUEST_CONNECTION_ID + 4);
    if (!this.#service.connectionIds.isGood(nowSec, source.family, source.address, high, low)) {
      if (ERROR_REPLY_MESSAGE + WRONG_CONNECTION_ID.length > length) return this.#drop();
      return this.#refuse(at, replyAt, WRONG_CONNECTION_ID);
    }
    return action === ACTION_ANNOUNCE
      ? this.#announcePeer(at, length, replyAt)
      : this.#scrape(at, length, replyAt);
  }

  #connect(at: number, replyAt: number, nowSec: number): number {
    const view = this.#requestView;
    if (view.getUint32(at + REQUEST_CONNECTION_ID) !== PROTOCOL_ID_HIGH) return this.#drop();
    if (view.getUint32(at + REQUEST_CONNECTION_ID + 4) !== PROTOCOL_ID_LOW) return this.#drop();
    const ids = this.#service.connectionIds;
    ids.issue(nowSec, this.source.family, this.source.address);
    this.#counters[COUNTER.udpConnects]++;
    return writeConnectReply(this.#replyView, replyAt, this.#transactionId(at), ids.high, ids.low);
  }

  #announcePeer(at: number, length: number, replyAt: number): number {
    if (length < ANNOUNCE_BYTES) return this.#drop();
    const view = this.#requestView;
    if (view.getUint16(at + ANNOUNCE_PORT) === 0) return this.#refuse(at, replyAt, PORT_ZERO);
    const { family } = this.source;
    const request = this.#announce;
    const words = this.#requestWords;
    for (let i = 0, word = (at + ANNOUNCE_INFO_HASH) >>> 2; i < HASH_WORDS; i++) {
      request.hash[i] = words[word + i];
    }
    for (let i = 0, word = (at + ANNOUNCE_PEER_ID) >>> 2; i < HASH_WORDS; i++) {
      request.peerId[i] = words[word + i];
    }
    this.#copyPeer(at, request.peer);
    request.family = family;
    // The table numbers events as BEP 15 does.
    const event = view.getUint32(at + ANNOUNCE_EVENT);
    request.event = event <= EVENT_PAUSED ? event : EVENT_NONE;
    // 64 bits, all of them set when the client does not know.
    request.seeding = (words[(at + ANNOUNCE_LEFT) >>> 2] | words[(at + ANNOUNCE_LEFT + 4) >>> 2]) === 0;
    const wanted = peersWanted(
      view.getInt32(at + ANNOUNCE_WANTED),
      family === IPV4 ? NUMWANT_MAX : WANTED6_MAX,
    );
    request.wanted4 = family === IPV4 ? wanted : 0;
    request.wanted6 = family === IPV4 ? 0 : wanted;

    const answer = this.#answer;
    const peersAt = replyAt + ANNOUNCE_REPLY_PEERS;
    answer.at4 = peersAt;
    answer.at6 = peersAt;
    announce(this.#service.table, request, answer);
    this.#counters[COUNTER.udpAnnounces]++;
    const intervalSec = this.#service.interval.next();
    const { leechers, seeders } = answer;
    const head = writeAnnounceReplyHead(
      this.#replyView,
      replyAt,
      this.#transactionId(at),
      intervalSec,
      leechers,
      seeders,
    );
    return head + answer.count4 * COMPACT_BYTES[IPV4] + answer.count6 * COMPACT_BYTES[IPV6];
  }

  /** The announcing peer: the sender's address, whatever the packet says of an address, and the port it names. */
  #copyPeer(at: number, peer: Uint16Array): void {
    const { family, halfwords } = this.source;
    const count = family === IPV4 ? 2 : 8;
    for (let i = 0; i < count; i++) peer[i] = halfwords[i];
    peer[count] = this.#requestHalfwords[(at + ANNOUNCE_PORT) >>> 1];
  }

  #scrape(at: number, length: number, replyAt: number): number {
    const count = Math.min(Math.floor((length - SCRAPE_HASHES) / SCRAPE_HASH_BYTES), SCRAPE_HASHES_MAX);
    if (count === 0) return this.#refuse(at, replyAt, NO_INFO_HASH);
    const answer = this.#scrapeAnswer;
    let end = replyAt + writeScrapeReplyHead(this.#replyView, replyAt, this.#transactionId(at));
    for (let i = 0; i < count; i++) {
      scrape(
        this.#service.table,
        this.#requestWords,
        (at + SCRAPE_HASHES + i * SCRAPE_HASH_BYTES) >>> 2,
        answer,
      );
      end += writeScrapeEntry(this.#replyView, end, answer.seeders, answer.completed, answer.leechers);
    }
    this.#counters[COUNTER.udpScrapes]++;
    return end - replyAt;
  }

  #refuse(at: number, replyAt: number, message: Uint8Array): number {
    this.#counters[COUNTER.udpErrors]++;
    return writeErrorReply(this.#replyView, replyAt, this.#transactionId(at), message);
  }

  #drop(): number {
    this.#counters[COUNTER.udpErrors]++;
    return SILENCE;
  }

  #transactionId(at: number): number {
    return this.#requestView.getUint32(at + REQUEST_TRANSACTION_ID);
  }
}

/** DESIGN decision 4: negative is the default, 0 none, and above the bound the bound. */
function peersWanted(wanted: number, max: number): number {
  return wanted < 0 ? NUMWANT_DEFAULT : Math.min(wanted, max);
}
