/**
 * Many datagrams in one system call: `recvmmsg` and `sendmmsg`, with their tables in memory that is made once.
 *
 * Each call takes an array of `struct mmsghdr` (64 bytes), each of which points to a `struct iovec` (16 bytes), which
 * points to the datagram's bytes:
 *
 * | offset | field of `mmsghdr`    |                                                    |
 * |--------|-----------------------|----------------------------------------------------|
 * | 0      | pointer name          | the sender's or receiver's socket address          |
 * | 8      | u32 name size         | room before receiving, size afterwards; 4 unused   |
 * | 16     | pointer iovec         |                                                    |
 * | 24     | u64 iovec count       | 1                                                  |
 * | 32     | pointer control       | none                                               |
 * | 40     | u64 control size      | 0                                                  |
 * | 48     | i32 flags             | written by the kernel; 4 unused                    |
 * | 56     | u32 length            | bytes received; 4 unused                           |
 *
 * | offset | field of `iovec`      |
 * |--------|-----------------------|
 * | 0      | pointer to the bytes  |
 * | 8      | u64 their size        |
 *
 * @module
 */

import { EAGAIN, EINTR, ENOBUFS, ENOMEM, errnoName } from "./errno.ts";
import type { Libc } from "./libc.ts";
import { SOCKADDR_IN6_BYTES } from "./socket_address.ts";

/** Datagrams in one batch at most. */
export const BATCH_SIZE = 64;
/** Room for one datagram; more than any request has. The kernel cuts off what is longer. */
export const SLOT_BYTES = 2048;
/** Room for one socket address of either family. */
export const SENDER_BYTES = 32;

const HEADER_BYTES = 64;
const HEADER_WORDS = HEADER_BYTES / 4;
const HEADER_WORDS64 = HEADER_BYTES / 8;
const NAME_WORD = 0;
const NAME_WORD64 = 0;
const NAME_SIZE_WORD = 2;
const IOVEC_WORD64 = 2;
const IOVEC_COUNT_WORD64 = 3;
const LENGTH_WORD = 14;

const IOVEC_BYTES = 16;
const IOVEC_WORDS = IOVEC_BYTES / 4;
const IOVEC_WORDS64 = IOVEC_BYTES / 8;
const BASE_WORD64 = 0;
const SIZE_WORD64 = 1;
/** The low half of the size. */
const SIZE_WORD = 2;

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
    linkTables(this.#receiveHeaders, this.#receiveIovecs, this.received);
    linkTables(this.#sendHeaders, this.#sendIovecs, this.replies);
    const names = new BigUint64Array(this.#receiveHeaders);
    const sendersAddress = addressOf(this.senders);
    for (let index = 0; index < BATCH_SIZE; index++) {
      names[index * HEADER_WORDS64 + NAME_WORD64] = sendersAddress + BigInt(index * SENDER_BYTES);
      this.#receiveWords[index * HEADER_WORDS + NAME_SIZE_WORD] = SOCKADDR_IN6_BYTES;
    }
  }

  /**
   * Waits for datagrams, as long as the socket's receive timeout, and takes up to BATCH_SIZE that are there. Returns
   * how many; 0 after the timeout or a signal. Replies queued and not sent are forgotten. Throws on any other error.
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
    if (errno === EAGAIN || errno === EINTR) return 0;
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

/** Points each header to its iovec and each iovec to its slot. */
function linkTables(headers: ArrayBuffer, iovecs: ArrayBuffer, slots: ArrayBuffer): void {
  const headerWords = new BigUint64Array(headers);
  const iovecWords = new BigUint64Array(iovecs);
  const iovecsAddress = addressOf(iovecs);
  const slotsAddress = addressOf(slots);
  for (let index = 0; index < BATCH_SIZE; index++) {
    headerWords[index * HEADER_WORDS64 + IOVEC_WORD64] = iovecsAddress + BigInt(index * IOVEC_BYTES);
    headerWords[index * HEADER_WORDS64 + IOVEC_COUNT_WORD64] = 1n;
    iovecWords[index * IOVEC_WORDS64 + BASE_WORD64] = slotsAddress + BigInt(index * SLOT_BYTES);
    iovecWords[index * IOVEC_WORDS64 + SIZE_WORD64] = BigInt(SLOT_BYTES);
  }
}

/** The memory behind an explicit ArrayBuffer does not move as long as the buffer lives. */
function addressOf(buffer: ArrayBuffer): bigint {
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(buffer));
}
