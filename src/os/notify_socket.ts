/** Datagrams to a socket of the machine's service manager (sd_notify(3)). @module */

import { errnoName } from "./errno.ts";
import type { Libc } from "./libc.ts";
import { closeSockets, SOCK_CLOEXEC, SOCK_DGRAM } from "./port.ts";
import { MSG_NOSIGNAL } from "./stream_socket.ts";
import { limitBlocking, SO_SNDTIMEO } from "./socket_timeout.ts";
import { AF_UNIX, encodeUnixAddress } from "./unix_address.ts";

/** A manager that takes nothing for so long is not waited for. */
const SEND_TIMEOUT_MS = 2000;

/** A connected socket; it goes on working when the path has gone out of reach. Open until the process ends. */
export class NotifySocket {
  readonly #libc: Libc;
  readonly #fd: number;

  /** `path` is that of a socket's file, or `@` and an abstract name. Throws an Error when it cannot be connected to. */
  constructor(libc: Libc, path: string) {
    this.#libc = libc;
    const address = encodeUnixAddress(path);
    this.#fd = libc.calls.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (this.#fd >= 0 && libc.calls.connect(this.#fd, address, address.length) === 0) {
      limitBlocking(libc, this.#fd, SO_SNDTIMEO, SEND_TIMEOUT_MS);
      return;
    }
    const reason = errnoName(libc.errno);
    if (this.#fd >= 0) closeSockets(libc, [this.#fd]);
    throw new Error(`Cannot connect to ${path}: ${reason}`);
  }

  /** Sends one datagram. False when it was not taken. */
  send(text: string): boolean {
    const bytes = new TextEncoder().encode(text);
    return this.#libc.calls.send(this.#fd, bytes, bytes.length, MSG_NOSIGNAL) === bytes.length;
  }
}
