/**
 * Many datagrams in one system call: `recvmmsg` and `sendmmsg`, with their tables in memory that is made once.
 *
 * The tables are those of message_header.ts.
 *
 * @module
 */

import { EAGAIN, EINTR, ENOBUFS, ENOMEM, errnoName } from "./errno.ts";
import type { Libc } from "./libc.ts";
import {
  addressOf,
  BATCH_SIZE,
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
import { SOCKADDR_IN6_BYTES } from "./socket_address.ts";

/**
 * Room for one datagram; more than any request has, and the kernel cuts off what is longer. An odd number of cache lines,
 * so that the beginnings of slots do not all compete for the same places in the cache.
 */
export const SLOT_BYTES = 25 * 64;
/** Room for one socket address of either family. */
export const SENDER_BYTES = 32;

const MSG_DONTWAIT = 0x40;
/** Block for the first datagram, take what else is there, and return. */
const MSG_WAITFORONE = 0x10000;

/** One thread's datagrams: those just received, and the replies to them. */
export class DatagramBatch {
  /** Received datagram i lies from `i * SLOT_BYTES` on; valid until the next `receive`. */
  readonly received = new ArrayBuffer(BATCH_SIZE * SLOT_BYTES);
  /** The socket address of its sender lies from `i * SENDER_BYTES` on. */
  readonly senders = new ArrayBuffer(BATCH_SIZE * SENDER_BYTES);
  /** The next reply is to be written from `replyAt` on. */
  readonly replies = new ArrayBuffer(BATCH_SIZE * SLOT_BYTES);

  readonly #libc: Libc;
  readonly #receiveHeaders = new ArrayBuffer(BATCH_SIZE * HEADER_BYTES);
  readonly #receiveIovecs = new ArrayBuffer(BATCH_SIZE * IOVEC_BYTES);
  readonly #receiveWords = new Uint32Array(this.#receiveHeaders);
  readonly #sendHeaders = new ArrayBuffer(BATCH_SIZE * HEADER_BYTES);
  readonly #sendIovecs = new ArrayBuffer(BATCH_SIZE * IOVEC_BYTES);
  readonly #sendWords = new Uint32Array(this.#sendHeaders);
  readonly #sendIovecWords = new Uint32Array(this.#sendIovecs);
  /** The send headers from each one on, for what is left after a partial send. */
  readonly #sendHeadersFrom = Array.from(
    { length: BATCH_SIZE },
    (_, index) => new Uint8Array(this.#sendHeaders, index * HEADER_BYTES),
  );
  #receivedCount = 0;
  #queuedCount = 0;

  constructor(libc: Libc) {
    this.#libc = libc;
    linkTables(this.#receiveHeaders, this.#receiveIovecs, this.received, SLOT_BYTES);
    linkTables(this.#sendHeaders, this.#sendIovecs, this.replies, SLOT_BYTES);
    const names = new BigUint64Array(this.#receiveHeaders);
    const sendersAddress = addressOf(this.senders);
    for (let index = 0; index < BATCH_SIZE; index++) {
      names[index * HEADER_WORDS64 + NAME_WORD64] = sendersAddress + BigInt(index * SENDER_BYTES);
      this.#receiveWords[index * HEADER_WORDS + NAME_SIZE_WORD] = SOCKADDR_IN6_BYTES;
    }
  }

  /**
   * Waits for datagrams, as long as the socket's receive timeout, and takes up to BATCH_SIZE that are there. Returns
   * how many; 0 after the timeout, a signal, or when the kernel is short of memory. Replies queued and not sent are forgotten. Throws on any other error.
   */
  receive(fd: number): number {
    return this.#receive(fd, MSG_WAITFORONE);
  }

  /** The same without waiting. */
  receiveReady(fd: number): number {
    return this.#receive(fd, MSG_DONTWAIT);
  }

  #receive(fd: number, flags: number): number {
    // The kernel overwrote the room for a name with the size of the name.
    for (let index = 0; index < this.#receivedCount; index++) {
      this.#receiveWords[index * HEADER_WORDS + NAME_SIZE_WORD] = SOCKADDR_IN6_BYTES;
    }
    this.#queuedCount = 0;
    this.#receivedCount = 0;
    const count = this.#libc.calls.recvmmsg(fd, this.#receiveHeaders, BATCH_SIZE, flags, null);
    if (count >= 0) return this.#receivedCount = count;
    const errno = this.#libc.errno;
    if (errno === EAGAIN || errno === EINTR || errno === ENOBUFS || errno === ENOMEM) return 0;
    throw new Error(`Cannot receive datagrams: recvmmsg failed with ${errnoName(errno)}`);
  }

  /** Bytes of received datagram `index`, SLOT_BYTES at most. */
  receivedLength(index: number): number {
    return this.#receiveWords[index * HEADER_WORDS + LENGTH_WORD];
  }

  /** Where in `replies` the next reply is to be written: a multiple of SLOT_BYTES with that much room. */
  get replyAt(): number {
    return this.#queuedCount * SLOT_BYTES;
  }

  /** Queues the `length` bytes at `replyAt` for the sender of received datagram `index`; each at most once. */
  queueReply(index: number, length: number): void {
    const reply = this.#queuedCount++;
    const from = index * HEADER_WORDS;
    const to = reply * HEADER_WORDS;
    this.#sendWords[to + NAME_WORD] = this.#receiveWords[from + NAME_WORD];
    this.#sendWords[to + NAME_WORD + 1] = this.#receiveWords[from + NAME_WORD + 1];
    this.#sendWords[to + NAME_SIZE_WORD] = this.#receiveWords[from + NAME_SIZE_WORD];
    this.#sendIovecWords[reply * IOVEC_WORDS + SIZE_WORD] = length;
  }

  /**
   * Sends the queued replies and returns how many the kernel took. Never waits and never throws: a reply that cannot
   * be delivered is skipped, and all are dropped once the kernel has no room, as the network itself would do.
   */
  sendReplies(fd: number): number {
    const queued = this.#queuedCount;
    this.#queuedCount = 0;
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
      next++;
    }
    return delivered;
  }
}
