/**
 * Connections through the C library, of TCP and of Unix-domain sockets: the calls on the path of a request. They never
 * wait and allocate nothing.
 *
 * What each returns is what the kernel itself returns: a file descriptor or a count, or, below zero, an error number.
 *
 * @module
 */

import type { Libc } from "./libc.ts";
import { SOCK_CLOEXEC, SOCK_NONBLOCK, SOL_SOCKET } from "./port.ts";
import { SOCKADDR_IN6_BYTES } from "./socket_address.ts";

export const MSG_NOSIGNAL = 0x4000;
const MSG_MORE = 0x8000;
const SHUT_WR = 1;
export const SO_LINGER = 13;
/** `struct linger`: whether to, and for how many seconds. As here, to close resets the connection. */
export const NO_LINGER = Int32Array.of(1, 0);

/** The calls of one thread. */
export class StreamSockets {
  /** Who the last accepted connection is from, see socket_address.ts. */
  readonly peer: Uint8Array<ArrayBuffer> = new Uint8Array(SOCKADDR_IN6_BYTES);

  readonly #libc: Libc;
  readonly #peerBytes = this.peer.buffer;
  readonly #peerSize = new Uint32Array(1);
  readonly #peerSizeBytes = this.#peerSize.buffer;

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** Takes a connection that waits at a listening socket, and fills `peer`. The new socket never blocks. */
  accept(listener: number): number {
    this.#peerSize[0] = SOCKADDR_IN6_BYTES;
    const flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
    const fd = this.#libc.calls.accept4(listener, this.#peerBytes, this.#peerSizeBytes, flags);
    return fd < 0 ? -this.#libc.errno : fd;
  }

  /** Reads what is there into `target`. 0: the other side will send no more. */
  receive(fd: number, target: Uint8Array<ArrayBuffer>): number {
    const count = this.#libc.calls.recv(fd, target, target.length, 0);
    return count < 0 ? -this.#libc.errno : count;
  }

  /** Sends the first `length` bytes of `source`, or as many of them as there is room for. */
  send(fd: number, source: ArrayBuffer, length: number): number {
    const count = this.#libc.calls.send(fd, source, length, MSG_NOSIGNAL);
    return count < 0 ? -this.#libc.errno : count;
  }

  /** As `send`, where `endSending`, `close` or another `send` follows at once: end and last bytes then share a packet. */
  sendLast(fd: number, source: ArrayBuffer, length: number): number {
    const count = this.#libc.calls.send(fd, source, length, MSG_NOSIGNAL | MSG_MORE);
    return count < 0 ? -this.#libc.errno : count;
  }

  /** Tells the other side that no more will come. Fails only where nobody listens any more. */
  endSending(fd: number): void {
    this.#libc.calls.shutdown(fd, SHUT_WR);
  }

  close(fd: number): void {
    this.#libc.calls.close(fd);
  }

  /** Closes without waiting for the other side to take what was sent: the system keeps none of it. */
  abort(fd: number): void {
    this.#libc.calls.setsockopt(fd, SOL_SOCKET, SO_LINGER, NO_LINGER, NO_LINGER.byteLength);
    this.#libc.calls.close(fd);
  }
}
