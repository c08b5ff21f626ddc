/**
 * Sending that waits, on a thread of Deno's own, so that the thread that asks for it goes on meanwhile.
 *
 * @module
 */

import type { Libc } from "./libc.ts";
import { SOCK_NONBLOCK, SOL_SOCKET } from "./port.ts";
import { MSG_NOSIGNAL, NO_LINGER, SO_LINGER } from "./stream_socket.ts";

const F_SETFL = 4;
const F_GETFL = 3;
const SO_SNDTIMEO = 21;
const SHUT_RDWR = 2;
/** `struct timeval`: seconds and microseconds, 8 bytes each. */
const TIMEVAL_WORDS64 = 2;

/** A connected socket of which one sends at a time. Owns it. */
export class BlockingSocket {
  readonly #libc: Libc;
  readonly #fd: number;

  /** `timeoutSec` is how long the other side has to take what one `send` is given. */
  constructor(libc: Libc, fd: number, timeoutSec: number) {
    this.#libc = libc;
    this.#fd = fd;
    const timeout = new BigInt64Array(TIMEVAL_WORDS64);
    timeout[0] = BigInt(Math.floor(timeoutSec));
    timeout[1] = BigInt(Math.round(timeoutSec % 1 * 1e6));
    libc.calls.setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, timeout, timeout.byteLength);
    libc.calls.fcntl(fd, F_SETFL, libc.calls.fcntl(fd, F_GETFL, 0) & ~SOCK_NONBLOCK);
  }

  /** Sends all of `bytes`, which must stay as they are meanwhile. False when the other side is gone or too slow. */
  async send(bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    // The call waits until there is room for all of it; it is short only when the time is over or the connection.
    return await this.#libc.calls.send_async(this.#fd, bytes, bytes.length, MSG_NOSIGNAL) === bytes.length;
  }

  /** Breaks off a `send` that is under way, which then says false. */
  cut(): void {
    this.#libc.calls.shutdown(this.#fd, SHUT_RDWR);
  }

  /**
   * To be called once, while nothing is being sent. Unless all was sent, `isWhole`, the other side is told by a reset that
   * something is missing, and the system keeps nothing that it did not take.
   */
  close(isWhole: boolean): void {
    const { calls } = this.#libc;
    if (!isWhole) calls.setsockopt(this.#fd, SOL_SOCKET, SO_LINGER, NO_LINGER, NO_LINGER.byteLength);
    calls.close(this.#fd);
  }
}
