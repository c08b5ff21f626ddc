/**
 * UDP sockets that share one port, so that the kernel spreads the senders over the threads that read them.
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

const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0x80000;

const SOL_SOCKET = 1;
const SO_SNDBUF = 7;
const SO_RCVBUF = 8;
const SO_REUSEPORT = 15;
const SO_RCVTIMEO = 20;
const SO_SNDBUFFORCE = 32;
const SO_RCVBUFFORCE = 33;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;

/** The address that stands for both families. */
const IPV6_ANY = "::";

/** What the kernel may hold for a reader that is busy: some tens of milliseconds of announces. */
const BUFFER_BYTES = 8 * 1024 * 1024;

/** How long a reader blocks at most, so that it sees when it shall stop. */
export const RECEIVE_TIMEOUT_MS = 250;
/** `struct timeval`: seconds and microseconds, 8 bytes each. */
const TIMEVAL_WORDS64 = 2;

/** Sockets bound to one address. */
export interface UdpPort {
  /** File descriptors. */
  fds: number[];
  /** With the real port. */
  address: SocketAddress;
}

/**
 * Opens `count` (1 or more) UDP sockets on one address; port 0 is any free port, the same for all. `::` takes IPv4
 * too, any other IPv6 address only IPv6. Throws a SocketError, and a TypeError when the hostname is no IP literal;
 * nothing is left open then.
 */
export function openUdpPort(libc: Libc, address: SocketAddress, count: number): UdpPort {
  const fds: number[] = [];
  try {
    // A port that was open to sharing from the start would be shared with a second tracker of the same user, and
    // each would get half of the datagrams. So the first socket binds alone, and opens the port only afterwards.
    const first = createSocket(libc, address);
    fds.push(first);
    bindSocket(libc, first, address);
    const bound = boundAddress(libc, first, address);
    if (count > 1) setOption(libc, first, SOL_SOCKET, SO_REUSEPORT, 1, address);
    while (fds.length < count) {
      const next = createSocket(libc, address);
      fds.push(next);
      setOption(libc, next, SOL_SOCKET, SO_REUSEPORT, 1, address);
      bindSocket(libc, next, bound);
    }
    return { fds, address: bound };
  } catch (error) {
    closeSockets(libc, fds);
    throw error;
  }
}

/** Closes sockets; a file descriptor that is not open is passed over. */
export function closeSockets(libc: Libc, fds: Iterable<number>): void {
  for (const fd of fds) libc.calls.close(fd);
}

/** A socket with its options set, not yet bound. */
function createSocket(libc: Libc, address: SocketAddress): number {
  const family = encodeSocketAddress(address)[SOCKADDR_FAMILY] === AF_INET ? AF_INET : AF_INET6;
  const fd = libc.calls.socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) throw socketError(libc, address);
  try {
    if (family === AF_INET6) {
      setOption(libc, fd, IPPROTO_IPV6, IPV6_V6ONLY, address.hostname === IPV6_ANY ? 0 : 1, address);
    }
    setBufferSize(libc, fd, SO_RCVBUFFORCE, SO_RCVBUF);
    setBufferSize(libc, fd, SO_SNDBUFFORCE, SO_SNDBUF);
    const timeout = new BigInt64Array(TIMEVAL_WORDS64);
    timeout[1] = BigInt(RECEIVE_TIMEOUT_MS * 1000);
    if (libc.calls.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, timeout, timeout.byteLength) < 0) {
      throw socketError(libc, address);
    }
    return fd;
  } catch (error) {
    libc.calls.close(fd);
    throw error;
  }
}

/** Only a privileged process may go beyond the system's limit; for others the kernel takes as much as is allowed. */
function setBufferSize(libc: Libc, fd: number, forced: number, plain: number): void {
  const value = new Int32Array([BUFFER_BYTES]);
  if (libc.calls.setsockopt(fd, SOL_SOCKET, forced, value, value.byteLength) === 0) return;
  libc.calls.setsockopt(fd, SOL_SOCKET, plain, value, value.byteLength);
}

function setOption(
  libc: Libc,
  fd: number,
  level: number,
  option: number,
  value: number,
  address: SocketAddress,
): void {
  const bytes = new Int32Array([value]);
  if (libc.calls.setsockopt(fd, level, option, bytes, bytes.byteLength) < 0) throw socketError(libc, address);
}

function bindSocket(libc: Libc, fd: number, address: SocketAddress): void {
  const bytes = encodeSocketAddress(address);
  if (libc.calls.bind(fd, bytes, bytes.length) < 0) throw socketError(libc, address);
}

function boundAddress(libc: Libc, fd: number, address: SocketAddress): SocketAddress {
  const bytes = new Uint8Array(SOCKADDR_IN6_BYTES);
  const size = new Uint32Array([bytes.length]);
  if (libc.calls.getsockname(fd, bytes, size) < 0) throw socketError(libc, address);
  return decodeSocketAddress(bytes);
}

function socketError(libc: Libc, address: SocketAddress): SocketError {
  return new SocketError("UDP", address, errnoName(libc.errno));
}
