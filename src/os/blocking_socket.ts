/**
 * Sending that waits, on a thread of Deno's own, so that the thread that asks for it goes on meanwhile.
 *
 * @module
 */

import type { Libc } from "./libc.ts";
import { setBlocking } from "./file_flags.ts";
import { SOL_SOCKET } from "./port.ts";
import { limitBlocking, SO_SNDTIMEO } from "./socket_timeout.ts";
import { MSG_NOSIGNAL, NO_LINGER, SO_LINGER } from "./stream_socket.ts";

const SHUT_RDWR = 2;

/** A connected socket of which one sends at a time. Owns it. */
export class BlockingSocket {
  readonly #libc: Libc;
  readonly #fd: number;

  /** `timeoutSec` is how long the other side has to take what one `send` is given. */
  constructor(libc: Libc, fd: number, timeoutSec: number) {
    this.#libc = libc;
    this.#fd = fd;
    limitBlocking(libc, fd, SO_SNDTIMEO, timeoutSec * 1000);
    setBlocking(libc, fd, true);
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
