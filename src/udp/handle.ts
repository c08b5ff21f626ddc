import type { Access } from "../access/mod.ts";
import {
  announce,
  AnnounceAnswer,
  AnnounceRequest,
  COMPACT_BYTES,
  EVENT_NONE,
  EVENT_PAUSED,
  type Family,
  IPV4,
  IPV6,
  NUMWANT_DEFAULT,
  NUMWANT_MAX,
  type PeerTable,
  scrape,
  ScrapeAnswer,
  TOUCH_MAX,
  touchAnnounces,
} from "../peers/mod.ts";
import { countAnnounce, COUNTER } from "../stats/mod.ts";
import type { ConnectionIds } from "./connection_id.ts";
import {
  BAD_CONNECTION_ID,
  BAD_PORT,
  BAD_PROTOCOL_ID,
  BAD_SENDER_PORT,
  errorText,
  NO_INFO_HASH,
  REFUSED_ADDRESS,
  REFUSED_CLIENT,
  REFUSED_TORRENT,
  TOO_MANY_ANNOUNCES,
  TOO_SHORT,
  UNKNOWN_ACTION,
} from "./errors.ts";
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

/** What a handler answers from. */
export interface UdpService {
  table: PeerTable;
  connectionIds: ConnectionIds;
  interval: SpreadInterval;
  /** Who is refused; null = nobody. */
  access: Access | null;
  /** The thread's own row of counters. */
  counters: Float64Array;
}

// The verdict on a datagram is the counter that it raises: one of these, or an error.
const CONNECT = COUNTER.udpConnects;
const ANNOUNCE = COUNTER.udpAnnounces;
const SCRAPE = COUNTER.udpScrapes;

/** Datagrams that a handler can have read and not yet answered. */
export const HANDLER_BATCH_MAX = TOUCH_MAX;

/**
 * Answers datagrams, by BEP 15 and DESIGN decisions 1 to 10. One object a thread, over one buffer of requests and one
 * of replies; nothing is allocated per datagram.
 *
 * Datagrams go in batches: each is read, then the table is read ahead for all of them, then each is answered.
 *
 * What came without a good connection id is answered with nothing longer than itself. What cannot be answered gets
 * silence. Only bytes of this datagram are read, and every byte of a reply is written for it.
 */
export class UdpHandler {
  /** The senders of the batch; each to be set before its datagram is read. */
  readonly sources: readonly Source[] = Array.from({ length: HANDLER_BATCH_MAX }, () => new Source());

  readonly #service: UdpService;
  readonly #access: Access | null;
  readonly #counters: Float64Array;
  readonly #requestView: DataView;
  readonly #requestHalfwords: Uint16Array;
  readonly #requestWords: Uint32Array;
  readonly #replyView: DataView;
  readonly #answer: AnnounceAnswer;
  readonly #scrapeAnswer = new ScrapeAnswer();

  // Of each datagram of the batch: the verdict, where it lies, its length, and its announce if it is one.
  readonly #verdicts = new Uint16Array(HANDLER_BATCH_MAX);
  readonly #places = new Uint32Array(HANDLER_BATCH_MAX);
  readonly #lengths = new Uint32Array(HANDLER_BATCH_MAX);
  readonly #announces: readonly AnnounceRequest[];
  /** The announces of the batch one after the other, for reading ahead. */
  readonly #ahead: AnnounceRequest[];
  #aheadCount = 0;

  /** Both buffers' lengths must be multiples of 4. They stay the caller's. */
  constructor(service: UdpService, requests: ArrayBuffer, replies: ArrayBuffer) {
    this.#service = service;
    this.#access = service.access;
    this.#counters = service.counters;
    this.#requestView = new DataView(requests);
    this.#requestHalfwords = new Uint16Array(requests);
    this.#requestWords = new Uint32Array(requests);
    this.#replyView = new DataView(replies);
    this.#answer = new AnnounceAnswer(replies);
    this.#announces = this.sources.map(({ peer }) => {
      const announce = new AnnounceRequest();
      announce.hash = this.#requestWords;
      announce.peerId = this.#requestWords;
      announce.peer = peer;
      return announce;
    });
    this.#ahead = [...this.#announces];
  }

  /**
   * Reads the datagram of `length` bytes that lies at `at`, a multiple of 4, as number `index` of the batch: 0 begins a
   * new one. `nowSec` is the second of the clock that all workers share.
   */
  read(index: number, at: number, length: number, nowSec: number): void {
    if (index === 0) {
      this.#aheadCount = 0;
      if (this.#access !== null) this.#access.readClock();
    }
    this.#places[index] = at;
    this.#lengths[index] = length;
    this.#verdicts[index] = this.#judge(index, at, length, nowSec);
  }

  /** Reads ahead what the announces of the batch will need. Without it any answer is as likely, but comes later. */
  readAhead(): void {
    if (this.#access !== null) this.#access.touchTorrents(this.#ahead, this.#aheadCount);
    touchAnnounces(this.#service.table, this.#ahead, this.#aheadCount);
  }

  /**
   * Answers datagram `index` of the batch, writes the reply at `replyAt`, a multiple of 4 with REPLY_ROOM_BYTES, and
   * returns its length, 0 for none.
   */
  answer(index: number, replyAt: number, nowSec: number): number {
    const verdict = this.#verdicts[index];
    switch (verdict) {
      case ANNOUNCE:
        return this.#announcePeer(index, replyAt);
      case CONNECT:
        return this.#connect(index, replyAt, nowSec);
      case SCRAPE:
        return this.#scrape(index, replyAt);
      default:
        return this.#refuse(index, replyAt, verdict);
    }
  }

  #judge(index: number, at: number, length: number, nowSec: number): number {
    const source = this.sources[index];
    if (length < REQUEST_HEAD_BYTES) return TOO_SHORT;
    if (source.port === 0) return BAD_SENDER_PORT;
    const access = this.#access;
    if (access !== null && access.refusesAddress(source.family, source.address)) return REFUSED_ADDRESS;
    const view = this.#requestView;
    const action = view.getUint32(at + REQUEST_ACTION);
    const high = view.getUint32(at + REQUEST_CONNECTION_ID);
    const low = view.getUint32(at + REQUEST_CONNECTION_ID + 4);
    if (action === ACTION_CONNECT) {
      return high === PROTOCOL_ID_HIGH && low === PROTOCOL_ID_LOW ? CONNECT : BAD_PROTOCOL_ID;
    }
    if (action !== ACTION_ANNOUNCE && action !== ACTION_SCRAPE) return UNKNOWN_ACTION;
    if (!this.#service.connectionIds.isGood(nowSec, source.family, source.address, high, low)) {
      return BAD_CONNECTION_ID;
    }
    if (action === ACTION_SCRAPE) return length < SCRAPE_HASHES + SCRAPE_HASH_BYTES ? NO_INFO_HASH : SCRAPE;
    if (length < ANNOUNCE_BYTES) return TOO_SHORT;
    const port = this.#requestHalfwords[(at + ANNOUNCE_PORT) >>> 1];
    if (port === 0) return BAD_PORT;
    if (access !== null) {
      // Before all that is answered, so that whoever asks too often is not told so each time.
      if (access.claimAnnounce(source.family, source.address) > 0) return TOO_MANY_ANNOUNCES;
      if (access.refusesClient(this.#requestWords, (at + ANNOUNCE_PEER_ID) >>> 2)) return REFUSED_CLIENT;
    }
    // The sender's address, whatever the packet says of an address, and the port it names.
    source.announcePort(port);
    this.#readAnnounce(this.#announces[index], source.family, at);
    return ANNOUNCE;
  }

  #readAnnounce(request: AnnounceRequest, family: Family, at: number): void {
    const view = this.#requestView;
    const words = this.#requestWords;
    request.hashAt = (at + ANNOUNCE_INFO_HASH) >>> 2;
    request.peerIdAt = (at + ANNOUNCE_PEER_ID) >>> 2;
    request.family = family;
    // The table numbers events as BEP 15 does.
    const event = view.getUint32(at + ANNOUNCE_EVENT);
    request.event = event <= EVENT_PAUSED ? event : EVENT_NONE;
    // 64 bits, all of them set when the client does not know.
    request.seeding = (words[(at + ANNOUNCE_LEFT) >>> 2] | words[(at + ANNOUNCE_LEFT + 4) >>> 2]) === 0;
    const wanted = view.getInt32(at + ANNOUNCE_WANTED);
    request.wanted4 = family === IPV4 ? peersWanted(wanted, NUMWANT_MAX) : 0;
    request.wanted6 = family === IPV4 ? 0 : peersWanted(wanted, WANTED6_MAX);
    this.#ahead[this.#aheadCount++] = request;
  }

  #connect(index: number, replyAt: number, nowSec: number): number {
    const ids = this.#service.connectionIds;
    const source = this.sources[index];
    ids.issue(nowSec, source.family, source.address);
    this.#counters[COUNTER.udpConnects]++;
    return writeConnectReply(this.#replyView, replyAt, this.#transactionId(index), ids.high, ids.low);
  }

  #announcePeer(index: number, replyAt: number): number {
    const access = this.#access;
    const request = this.#announces[index];
    if (access !== null && access.refusesTorrent(request.hash, request.hashAt)) {
      return this.#refuse(index, replyAt, REFUSED_TORRENT);
    }
    const answer = this.#answer;
    answer.at4 = answer.at6 = replyAt + ANNOUNCE_REPLY_PEERS;
    announce(this.#service.table, request, answer);
    countAnnounce(this.#counters, COUNTER.udpAnnounces, answer.renewedAfterMin, answer.completes);
    const head = writeAnnounceReplyHead(
      this.#replyView,
      replyAt,
      this.#transactionId(index),
      this.#service.interval.next(),
      answer.leechers,
      answer.seeders,
    );
    return head + answer.count4 * COMPACT_BYTES[IPV4] + answer.count6 * COMPACT_BYTES[IPV6];
  }

  #scrape(index: number, replyAt: number): number {
    const at = this.#places[index];
    const count = Math.min(
      Math.floor((this.#lengths[index] - SCRAPE_HASHES) / SCRAPE_HASH_BYTES),
      SCRAPE_HASHES_MAX,
    );
    const answer = this.#scrapeAnswer;
    const access = this.#access;
    let end = replyAt + writeScrapeReplyHead(this.#replyView, replyAt, this.#transactionId(index));
    for (let i = 0; i < count; i++) {
      const hashAt = (at + SCRAPE_HASHES + i * SCRAPE_HASH_BYTES) >>> 2;
      // One that was refused just now may be in the table still.
      if (access !== null && access.refusesTorrent(this.#requestWords, hashAt)) answer.clear();
      else scrape(this.#service.table, this.#requestWords, hashAt, answer);
      end += writeScrapeEntry(this.#replyView, end, answer.seeders, answer.completed, answer.leechers);
    }
    this.#counters[COUNTER.udpScrapes]++;
    return end - replyAt;
  }

  /** Counts the error, and answers it where the sender may be told. */
  #refuse(index: number, replyAt: number, error: number): number {
    this.#counters[error]++;
    const text = errorText(error, this.#lengths[index]);
    if (text === null) return SILENCE;
    return writeErrorReply(this.#replyView, replyAt, this.#transactionId(index), text);
  }

  #transactionId(index: number): number {
    return this.#requestView.getUint32(this.#places[index] + REQUEST_TRANSACTION_ID);
  }
}

/** DESIGN decision 4: negative is the default, 0 none, and above the bound the bound. */
function peersWanted(wanted: number, max: number): number {
  return wanted < 0 ? NUMWANT_DEFAULT : Math.min(wanted, max);
}
