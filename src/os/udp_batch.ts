/**
 * Many datagrams in one system call: `recvmmsg` and `sendmmsg`, with their tables in memory that is made once.
 *
 * The tables are those of message_header.ts, the control messages those of packet_info.ts or arrival_time.ts.
 *
 * @module
 */

import { ARRIVAL_TIME_BYTES, arrivalMicroseconds } from "./arrival_time.ts";
import { DoubtfulError } from "./doubtful_error.ts";
import { EAGAIN, EINTR, EINVAL, ENETUNREACH, ENOBUFS, ENOMEM } from "./errno.ts";
import type { Libc } from "./libc.ts";
import {
  addressOf,
  BASE_WORD,
  BATCH_SIZE,
  CONTROL_SIZE_WORD,
  CONTROL_WORD,
  CONTROL_WORD64,
  HEADER_BYTES,
  HEADER_WORDS,
  HEADER_WORDS64,
  IOVEC_BYTES,
  IOVEC_WORDS,
  LENGTH_WORD,
  linkTables,
  NAME_SIZE_WORD,
  NAME_WORD,
  NAME_WORD64,
  SIZE_WORD,
} from "./message_header.ts";
import { PACKET_INFO_BYTES, turnPacketInfo } from "./packet_info.ts";
import { SOCKADDR_IN6_BYTES } from "./socket_address.ts";

const CACHE_LINE_BYTES = 64;
/**
 * Room for one datagram; more than any request has, and the kernel cuts off what is longer. An odd number of cache lines,
 * so that the beginnings of slots do not all compete for the same places in the cache.
 */
export const SLOT_BYTES = 25 * CACHE_LINE_BYTES;
/** Room for one socket address of either family. */
export const SENDER_BYTES = 32;

const MSG_DONTWAIT = 0x40;
/** Block for the first datagram, take what else is there, and return. */
const MSG_WAITFORONE = 0x10000;

/** What failing to receive is called, and what it is not. */
const RECEIVE_ERROR = ["Cannot receive datagrams: recvmmsg", [EAGAIN, EINTR, ENOBUFS, ENOMEM]] as const;

/** What a batch has the kernel tell of each received datagram in a control message. */
export type ControlMessage = "none" | "packetInfo" | "arrivalTime";

/** Bytes of the message that the kernel may fill. */
const CONTROL_BYTES: Record<ControlMessage, number> = {
  none: 0,
  packetInfo: PACKET_INFO_BYTES,
  arrivalTime: ARRIVAL_TIME_BYTES,
};
/** Room for a message of any kind. */
const CONTROL_ROOM_BYTES = Math.max(...Object.values(CONTROL_BYTES));
const CONTROL_ROOM_WORDS = CONTROL_ROOM_BYTES / 4;

/** One thread's datagrams: those just received, and the replies to them. */
export class DatagramBatch {
  /** Received datagram i lies from `i * SLOT_BYTES` on; valid until the next `receive`. */
  readonly received = new ArrayBuffer(BATCH_SIZE * SLOT_BYTES);
  /** The socket address of its sender lies from `i * SENDER_BYTES` on. */
  readonly senders = new ArrayBuffer(BATCH_SIZE * SENDER_BYTES);
  /** The next reply is to be written from `replyAt` on. They lie close together: memory in a row is read faster. */
  readonly replies = new ArrayBuffer(BATCH_SIZE * SLOT_BYTES);

  readonly #libc: Libc;
  readonly #receiveHeaders = new ArrayBuffer(BATCH_SIZE * HEADER_BYTES);
  readonly #receiveIovecs = new ArrayBuffer(BATCH_SIZE * IOVEC_BYTES);
  readonly #receiveWords = new Uint32Array(this.#receiveHeaders);
  /** A control message to each received datagram; if it is a packet info, its reply takes it over. */
  readonly #controls = new ArrayBuffer(BATCH_SIZE * CONTROL_ROOM_BYTES);
  readonly #controlWords = new Uint32Array(this.#controls);
  readonly #control: ControlMessage;
  readonly #sendHeaders = new ArrayBuffer(BATCH_SIZE * HEADER_BYTES);
  readonly #sendIovecs = new ArrayBuffer(BATCH_SIZE * IOVEC_BYTES);
  readonly #sendWords = new Uint32Array(this.#sendHeaders);
  readonly #sendIovecWords = new Uint32Array(this.#sendIovecs);
  /** Addresses have far fewer than the 53 bits that a number holds. */
  readonly #repliesAddress = Number(addressOf(this.replies));
  /** The send headers from each one on, for what is left after a partial send. */
  readonly #sendHeadersFrom = Array.from(
    { length: BATCH_SIZE },
    (_, index) => new Uint8Array(this.#sendHeaders, index * HEADER_BYTES),
  );
  /** By descriptor: what comes from one says nothing of another. */
  readonly #errors: (DoubtfulError | undefined)[] = [];
  #receivedCount = 0;
  #queuedCount = 0;
  #replyAt = 0;

  /**
   * With "packetInfo", replies leave from the address that was asked, on sockets of which `receivePacketInfo` said that
   * they tell it; else from the one that the socket or the route has. "arrivalTime" is for sockets that were given to
   * `receiveArrivalTimes`.
   */
  constructor(libc: Libc, control: ControlMessage = "none") {
    this.#libc = libc;
    this.#control = control;
    linkTables(this.#receiveHeaders, this.#receiveIovecs, this.received, SLOT_BYTES);
    linkTables(this.#sendHeaders, this.#sendIovecs, this.replies, SLOT_BYTES);
    const words64 = new BigUint64Array(this.#receiveHeaders);
    const sendersAddress = addressOf(this.senders);
    const controlsAddress = addressOf(this.#controls);
    for (let index = 0; index < BATCH_SIZE; index++) {
      words64[index * HEADER_WORDS64 + NAME_WORD64] = sendersAddress + BigInt(index * SENDER_BYTES);
      if (control === "none") continue;
      words64[index * HEADER_WORDS64 + CONTROL_WORD64] = controlsAddress + BigInt(index * CONTROL_ROOM_BYTES);
    }
    this.#resetSizes(BATCH_SIZE);
  }

  /**
   * Waits for datagrams, as long as the socket's receive timeout, and takes up to BATCH_SIZE that are there. Returns
   * how many; 0 after the timeout, a signal, or when the kernel is short of memory. Replies queued and not sent are
   * forgotten. Throws when it fails otherwise, time and again.
   */
  receive(fd: number): number {
    return this.#receive(fd, MSG_WAITFORONE);
  }

  /** The same without waiting. */
  receiveReady(fd: number): number {
    return this.#receive(fd, MSG_DONTWAIT);
  }

  #receive(fd: number, flags: number): number {
    this.#resetSizes(this.#receivedCount);
    this.#forgetReplies();
    this.#receivedCount = 0;
    const error = this.#errors[fd] ??= new DoubtfulError(this.#libc, ...RECEIVE_ERROR);
    const result = this.#libc.calls.recvmmsg(fd, this.#receiveHeaders, BATCH_SIZE, flags, null);
    return this.#receivedCount = error.count(result);
  }

  /** The kernel overwrites the room for a name and for control messages with the size of what it put there. */
  #resetSizes(count: number): void {
    const controlBytes = CONTROL_BYTES[this.#control];
    for (let index = 0; index < count; index++) {
      this.#receiveWords[index * HEADER_WORDS + NAME_SIZE_WORD] = SOCKADDR_IN6_BYTES;
      this.#receiveWords[index * HEADER_WORDS + CONTROL_SIZE_WORD] = controlBytes;
    }
  }

  /** Bytes of received datagram `index`, SLOT_BYTES at most. */
  receivedLength(index: number): number {
    return this.#receiveWords[index * HEADER_WORDS + LENGTH_WORD];
  }

  /**
   * When received datagram `index` arrived: microseconds, modulo 2^30, of a RealtimeClock; -1 when the kernel did not tell.
   * Only for a batch with "arrivalTime".
   */
  arrivedMicroseconds(index: number): number {
    if (this.#receiveWords[index * HEADER_WORDS + CONTROL_SIZE_WORD] === 0) return -1;
    return arrivalMicroseconds(this.#controlWords, index * CONTROL_ROOM_WORDS);
  }

  /** Where in `replies` the next reply is to be written: a multiple of 64 with SLOT_BYTES of room. */
  get replyAt(): number {
    return this.#replyAt;
  }

  /** Queues the `length` bytes at `replyAt` for the sender of received datagram `index`; each at most once. */
  queueReply(index: number, length: number): void {
    const reply = this.#queuedCount++;
    const from = index * HEADER_WORDS;
    const to = reply * HEADER_WORDS;
    this.#sendWords[to + NAME_WORD] = this.#receiveWords[from + NAME_WORD];
    this.#sendWords[to + NAME_WORD + 1] = this.#receiveWords[from + NAME_WORD + 1];
    this.#sendWords[to + NAME_SIZE_WORD] = this.#receiveWords[from + NAME_SIZE_WORD];
    const iovec = reply * IOVEC_WORDS;
    const address = this.#repliesAddress + this.#replyAt;
    this.#sendIovecWords[iovec + BASE_WORD] = address;
    this.#sendIovecWords[iovec + BASE_WORD + 1] = address / 2 ** 32;
    this.#sendIovecWords[iovec + SIZE_WORD] = length;
    this.#replyAt += (length + CACHE_LINE_BYTES - 1) & -CACHE_LINE_BYTES;
    if (this.#control === "packetInfo") this.#queuePacketInfo(index, from, to);
  }

  /** Without the padding that receiving added: then the kernel has room for it on its stack. */
  #queuePacketInfo(index: number, from: number, to: number): void {
    const isTold = this.#receiveWords[from + CONTROL_SIZE_WORD] > 0;
    this.#sendWords[to + CONTROL_SIZE_WORD] = isTold
      ? turnPacketInfo(this.#controlWords, index * CONTROL_ROOM_WORDS)
      : 0;
    this.#sendWords[to + CONTROL_WORD] = this.#receiveWords[from + CONTROL_WORD];
    this.#sendWords[to + CONTROL_WORD + 1] = this.#receiveWords[from + CONTROL_WORD + 1];
  }

  #forgetReplies(): void {
    this.#queuedCount = 0;
    this.#replyAt = 0;
  }

  /**
   * Sends the queued replies and returns how many the kernel took. Never waits and never throws: a reply that cannot
   * be delivered is skipped, and all are dropped once the kernel has no room, as the network itself would do.
   */
  sendReplies(fd: number): number {
    const queued = this.#queuedCount;
    this.#forgetReplies();
    let next = 0;
    let delivered = 0;
    while (next < queued) {
      const count = this.#libc.calls.sendmmsg(fd, this.#sendHeadersFrom[next], queued - next, MSG_DONTWAIT);
      if (count > 0) {
        next += count;
        delivered += count;
        continue;
      }
      const errno = this.#libc.errno;
      if (errno === EAGAIN || errno === ENOBUFS || errno === ENOMEM) break;
      // What was asked at a broadcast or multicast address cannot be answered from there: from where the route says. But
      // what may not leave from there, as a firewall or a `prohibit` rule says, leaves from nowhere.
      const isNoSource = errno === EINVAL || errno === ENETUNREACH;
      const control = next * HEADER_WORDS + CONTROL_SIZE_WORD;
      if (isNoSource && this.#sendWords[control] !== 0) this.#sendWords[control] = 0;
      else next++;
    }
    return delivered;
  }
}
