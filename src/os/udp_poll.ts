/**
 * Waiting for the first of several sockets: `poll`. Each entry of its table is a `struct pollfd` of 8 bytes:
 *
 * | offset | field       |                            |
 * |--------|-------------|----------------------------|
 * | 0      | i32 fd      |                            |
 * | 4      | i16 events  | what to wait for           |
 * | 6      | i16 revents | what happened, never asked errors too |
 *
 * @module
 */

import { DoubtfulError } from "./doubtful_error.ts";
import { EAGAIN, EINTR } from "./errno.ts";
import type { Libc } from "./libc.ts";

const POLLFD_HALFWORDS = 4;
const POLLFD_EVENTS = 2;
const POLLFD_REVENTS = 3;

const POLLIN = 1;

/** A fixed set of sockets to wait for. */
export class SocketPoll {
  readonly #libc: Libc;
  readonly #table: ArrayBuffer;
  readonly #halfwords: Int16Array<ArrayBuffer>;
  /** The count that `poll` takes is 64 bits wide; made once. */
  readonly #count: bigint;
  readonly #error: DoubtfulError;

  constructor(libc: Libc, fds: readonly number[]) {
    this.#libc = libc;
    this.#error = new DoubtfulError(libc, "Cannot wait for datagrams: poll", [EINTR, EAGAIN]);
    this.#halfwords = new Int16Array(fds.length * POLLFD_HALFWORDS);
    this.#table = this.#halfwords.buffer;
    this.#count = BigInt(fds.length);
    const words = new Int32Array(this.#table);
    fds.forEach((fd, index) => {
      words[index * POLLFD_HALFWORDS / 2] = fd;
      this.#halfwords[index * POLLFD_HALFWORDS + POLLFD_EVENTS] = POLLIN;
    });
  }

  /** Waits until a socket is ready, `timeoutMs` at most. Returns how many are; 0 after the timeout or a signal. */
  wait(timeoutMs: number): number {
    return this.#error.count(this.#libc.calls.poll(this.#table, this.#count, timeoutMs));
  }

  /** Whether the socket of that index was ready after the last wait: it has a datagram or an error to tell. */
  isReady(index: number): boolean {
    return this.#halfwords[index * POLLFD_HALFWORDS + POLLFD_REVENTS] !== 0;
  }
}
