/** UDP sockets that share one port. @module */

import type { Libc } from "./libc.ts";
import { type NewSocket, openPort, type Port, type PortKind, SOCK_DGRAM, SOL_SOCKET } from "./port.ts";
import type { SocketAddress } from "./socket_address.ts";
import { SO_RCVTIMEO, timeval } from "./socket_timeout.ts";

const SO_SNDBUF = 7;
const SO_RCVBUF = 8;
const SO_SNDBUFFORCE = 32;
const SO_RCVBUFFORCE = 33;

/** What the kernel may hold for a reader that is busy: some tens of milliseconds of announces. */
export const UDP_BUFFER_BYTES = 8 * 1024 * 1024;

/** How long a reader blocks at most, so that it sees when it shall stop. */
export const RECEIVE_TIMEOUT_MS = 250;

const UDP: PortKind = { protocol: "UDP", type: SOCK_DGRAM, configure, backlog: null };

/** Opens `count` sockets for datagrams on one address, see `openPort`. Their readers block for a bounded time. */
export function openUdpPort(libc: Libc, address: SocketAddress, count: number): Port {
  return openPort(libc, UDP, address, count);
}

function configure(socket: NewSocket): void {
  setBufferSize(socket, SO_RCVBUFFORCE, SO_RCVBUF);
  setBufferSize(socket, SO_SNDBUFFORCE, SO_SNDBUF);
  socket.setBytes(SOL_SOCKET, SO_RCVTIMEO, timeval(RECEIVE_TIMEOUT_MS));
}

/** Only a privileged process may go beyond the system's limit; for others the kernel takes as much as is allowed. */
function setBufferSize(socket: NewSocket, forced: number, plain: number): void {
  if (!socket.trySet(SOL_SOCKET, forced, UDP_BUFFER_BYTES)) {
    socket.trySet(SOL_SOCKET, plain, UDP_BUFFER_BYTES);
  }
}
