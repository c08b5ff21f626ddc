/**
 * Many datagrams to one address in one system call, each from a source address of its own where that is wanted: the
 * sending side of a client. The tables are those of message_header.ts, with the packet info of packet_info.ts to each
 * header.
 *
 * @module
 */

import { EAGAIN, EINTR, ENOBUFS, ENOMEM, errnoName } from "./errno.ts";
import type { Libc } from "./libc.ts";
import {
  addressOf,
  BATCH_SIZE,
  CONTROL_SIZE_WORD,
  CONTROL_WORD64,
  HEADER_BYTES,
  HEADER_WORDS,
  HEADER_WORDS64,
  IOVEC_BYTES,
  IOVEC_WORDS,
  linkTables,
  NAME_SIZE_WORD,
  NAME_WORD64,
  SIZE_WORD,
} from "./message_header.ts";
import {
  initPacketInfo4,
  PACKET_INFO4_BYTES,
  PACKET_INFO_BYTES,
  PACKET_INFO_WORDS,
  setSource4,
} from "./packet_info.ts";
import { encodeSocketAddress, type SocketAddress } from "./socket_address.ts";

/** One thread's datagrams to one address. */
export class DatagramSender {
  /** The next datagram is to be written from `nextAt` on. */
  readonly datagrams: ArrayBuffer;

  readonly #libc: Libc;
  readonly #slotBytes: number;
  readonly #target: ArrayBuffer;
  readonly #headers = new ArrayBuffer(BATCH_SIZE * HEADER_BYTES);
  readonly #headerWords = new Uint32Array(this.#headers);
  readonly #iovecs = new ArrayBuffer(BATCH_SIZE * IOVEC_BYTES);
  readonly #iovecWords = new Uint32Array(this.#iovecs);
  readonly #controls = new ArrayBuffer(BATCH_SIZE * PACKET_INFO_BYTES);
  readonly #controlWords = new Uint32Array(this.#controls);
  /** The headers from each one on, for what is left after a partial send. */
  readonly #headersFrom = Array.from(
    { length: BATCH_SIZE },
    (_, index) => new Uint8Array(this.#headers, index * HEADER_BYTES),
  );
  #queuedCount = 0;

  /**
   * Datagrams of up to `slotBytes` to `target`. With `choosesSource`, which only IPv4 has, each goes out from an address
   * of its own; else from the one that the socket or the route has. Throws a TypeError when `target` has no IP literal.
   */
  constructor(libc: Libc, target: SocketAddress, slotBytes: number, choosesSource: boolean) {
    this.#libc = libc;
    this.#slotBytes = slotBytes;
    this.datagrams = new ArrayBuffer(BATCH_SIZE * slotBytes);
    this.#target = encodeSocketAddress(target).buffer;
    linkTables(this.#headers, this.#iovecs, this.datagrams, slotBytes);
    const words64 = new BigUint64Array(this.#headers);
    const targetAddress = addressOf(this.#target);
    const controlsAddress = addressOf(this.#controls);
    for (let index = 0; index < BATCH_SIZE; index++) {
      words64[index * HEADER_WORDS64 + NAME_WORD64] = targetAddress;
      this.#headerWords[index * HEADER_WORDS + NAME_SIZE_WORD] = this.#target.byteLength;
      if (!choosesSource) continue;
      words64[index * HEADER_WORDS64 + CONTROL_WORD64] = controlsAddress + BigInt(index * PACKET_INFO_BYTES);
      this.#headerWords[index * HEADER_WORDS + CONTROL_SIZE_WORD] = PACKET_INFO4_BYTES;
      initPacketInfo4(this.#controlWords, index * PACKET_INFO_WORDS);
    }
  }

  /** Where in `datagrams` the next one is to be written: a multiple of `slotBytes` with that much room. */
  get nextAt(): number {
    return this.#queuedCount * this.#slotBytes;
  }

  /** Queues the `length` bytes at `nextAt`; BATCH_SIZE at most between two sends. `source` is an address in memory. */
  queue(length: number, source: number): void {
    const index = this.#queuedCount++;
    this.#iovecWords[index * IOVEC_WORDS + SIZE_WORD] = length;
    setSource4(this.#controlWords, index * PACKET_INFO_WORDS, source);
  }

  /** Sends what is queued, waiting for room where there is none. Throws on any other error. */
  send(fd: number): void {
    const queued = this.#queuedCount;
    this.#queuedCount = 0;
    let next = 0;
    while (next < queued) {
      const count = this.#libc.calls.sendmmsg(fd, this.#headersFrom[next], queued - next, 0);
      if (count > 0) {
        next += count;
        continue;
      }
      const errno = this.#libc.errno;
      if (errno === EAGAIN || errno === EINTR || errno === ENOBUFS || errno === ENOMEM) continue;
      throw new Error(`Cannot send datagrams: sendmmsg failed with ${errnoName(errno)}`);
    }
  }
}
