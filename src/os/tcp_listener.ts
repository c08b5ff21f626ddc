/** Sockets that listen for TCP connections on one port. @module */

import type { Libc } from "./libc.ts";
import { type NewSocket, openPort, type Port, SOCK_NONBLOCK, SOCK_STREAM, SOL_SOCKET } from "./port.ts";
import type { SocketAddress } from "./socket_address.ts";

const SO_REUSEADDR = 2;
const SO_SNDBUF = 7;
const SO_RCVBUF = 8;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;
const TCP_DEFER_ACCEPT = 9;

/**
 * How long a connection that brings nothing is kept from us: until the handshake has been repeated once. One that
 * brings its request is accepted with it, and the request need not be waited for. Those that are kept count against
 * BACKLOG; beyond that the system keeps no memory of them (net.ipv4.tcp_syncookies) and lets them through at once.
 */
const DEFER_SEC = 1;

/** Connections that may wait to be accepted; the system may allow fewer (net.core.somaxconn). */
export const BACKLOG = 4096;

/**
 * What the kernel holds of a connection in each direction: some requests that nobody reads yet, some answers that the
 * client does not take. It counts about twice that with its own records. Bounded, or it would let every connection have
 * megabytes.
 */
const BUFFER_BYTES = 64 * 1024;

/**
 * Opens `count` sockets that listen on one address, see `openPort`; `protocol` is the word for them in messages.
 * Accepting never blocks.
 */
export function openTcpPort(libc: Libc, protocol: string, address: SocketAddress, count: number): Port {
  const kind = { protocol, type: SOCK_STREAM | SOCK_NONBLOCK, configure: configureTcp, backlog: BACKLOG };
  return openPort(libc, kind, address, count);
}

/** Sets the options of a listening socket, most of which its connections inherit. */
export function configureTcp(socket: Pick<NewSocket, "set">): void {
  // Else connections of a tracker that ran before, closed a minute ago, would keep the port from us.
  socket.set(SOL_SOCKET, SO_REUSEADDR, 1);
  socket.set(SOL_SOCKET, SO_SNDBUF, BUFFER_BYTES);
  socket.set(SOL_SOCKET, SO_RCVBUF, BUFFER_BYTES);
  // An answer is one piece and is not to wait for the client to acknowledge the one before.
  socket.set(IPPROTO_TCP, TCP_NODELAY, 1);
  socket.set(IPPROTO_TCP, TCP_DEFER_ACCEPT, DEFER_SEC);
}
