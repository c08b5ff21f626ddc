/**
 * Sockets that share one port, so that the kernel spreads those who send or connect over the threads that read them.
 *
 * File descriptors belong to the process: one thread opens them, others read and close them.
 *
 * @module
 */

import { errnoName } from "./errno.ts";
import type { Libc } from "./libc.ts";
import {
  AF_INET,
  AF_INET6,
  decodeSocketAddress,
  encodeSocketAddress,
  SOCKADDR_FAMILY,
  SOCKADDR_IN6_BYTES,
  type SocketAddress,
} from "./socket_address.ts";
import { SocketError } from "./socket_error.ts";

export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;

export const SOL_SOCKET = 1;
const SO_REUSEPORT = 15;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;

/** The address that stands for both families. */
const IPV6_ANY = "::";

/** Sockets bound to one address. */
export interface Port {
  /** File descriptors. */
  fds: number[];
  /** With the real port. */
  address: SocketAddress;
}

/** What kind of sockets to open on a port. */
export interface PortKind {
  /** The word for them in messages, such as `UDP`. */
  protocol: string;
  /** SOCK_DGRAM or SOCK_STREAM, perhaps with SOCK_NONBLOCK. */
  type: number;
  /** Sets the options of a socket before it is bound. */
  configure(socket: NewSocket): void;
  /** How many connections may wait to be accepted; null for sockets without connections. */
  backlog: number | null;
}

/**
 * Opens `count` (1 or more) sockets on one address; port 0 is any free port, the same for all. `::` takes IPv4 too, any
 * other IPv6 address only IPv6. Throws a SocketError, and a TypeError when the hostname is no IP literal; nothing is
 * left open then.
 */
export function openPort(libc: Libc, kind: PortKind, address: SocketAddress, count: number): Port {
  const sockets: NewSocket[] = [];
  const open = () => {
    const socket = new NewSocket(libc, kind, address);
    sockets.push(socket);
    socket.configure();
    return socket;
  };
  try {
    // A port that was open to sharing from the start would be shared with a second tracker of the same user, and
    // each would get half of what comes. So the first socket binds alone, and opens the port only afterwards.
    const first = open();
    first.bind(address);
    const bound = first.boundAddress();
    if (count > 1) first.sharePort();
    while (sockets.length < count) {
      const next = open();
      next.sharePort();
      next.bind(bound);
    }
    for (const socket of sockets) socket.listen();
    return { fds: sockets.map(({ fd }) => fd), address: bound };
  } catch (error) {
    closeSockets(libc, sockets.map(({ fd }) => fd));
    throw error;
  }
}

/** Closes sockets; a file descriptor that is not open is passed over. */
export function closeSockets(libc: Libc, fds: Iterable<number>): void {
  for (const fd of fds) libc.calls.close(fd);
}

/** A socket that is not yet in use. The methods throw a SocketError when the system refuses. */
export class NewSocket {
  readonly fd: number;
  readonly #libc: Libc;
  readonly #kind: PortKind;
  readonly #address: SocketAddress;
  readonly #family: typeof AF_INET | typeof AF_INET6;

  constructor(libc: Libc, kind: PortKind, address: SocketAddress) {
    this.#libc = libc;
    this.#kind = kind;
    this.#address = address;
    this.#family = encodeSocketAddress(address)[SOCKADDR_FAMILY] === AF_INET ? AF_INET : AF_INET6;
    this.fd = libc.calls.socket(this.#family, kind.type | SOCK_CLOEXEC, 0);
    this.#check(this.fd);
  }

  configure(): void {
    if (this.#family === AF_INET6) {
      this.set(IPPROTO_IPV6, IPV6_V6ONLY, this.#address.hostname === IPV6_ANY ? 0 : 1);
    }
    this.#kind.configure(this);
  }

  /** Sets an option that is an `int`. */
  set(level: number, option: number, value: number): void {
    this.setBytes(level, option, new Int32Array([value]));
  }

  /** Sets an option of any kind. */
  setBytes(level: number, option: number, value: Int32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>): void {
    this.#check(this.#libc.calls.setsockopt(this.fd, level, option, value, value.byteLength));
  }

  /** Sets an option that is an `int`; false when the system refuses. */
  trySet(level: number, option: number, value: number): boolean {
    const bytes = new Int32Array([value]);
    return this.#libc.calls.setsockopt(this.fd, level, option, bytes, bytes.byteLength) === 0;
  }

  sharePort(): void {
    this.set(SOL_SOCKET, SO_REUSEPORT, 1);
  }

  bind(address: SocketAddress): void {
    const bytes = encodeSocketAddress(address);
    this.#check(this.#libc.calls.bind(this.fd, bytes, bytes.length));
  }

  listen(): void {
    const { backlog } = this.#kind;
    if (backlog !== null) this.#check(this.#libc.calls.listen(this.fd, backlog));
  }

  boundAddress(): SocketAddress {
    const bytes = new Uint8Array(SOCKADDR_IN6_BYTES);
    const size = new Uint32Array([bytes.length]);
    this.#check(this.#libc.calls.getsockname(this.fd, bytes, size));
    return decodeSocketAddress(bytes);
  }

  #check(result: number): void {
    if (result < 0) throw new SocketError(this.#kind.protocol, this.#address, errnoName(this.#libc.errno));
  }
}
