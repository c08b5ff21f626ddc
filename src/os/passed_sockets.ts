/**
 * Sockets that the service manager opened and passes on (sd_listen_fds(3)): the file descriptors from 3 on, as many as
 * LISTEN_FDS says, if LISTEN_PID says that they are for this process.
 *
 * @module
 */

import { errnoName } from "./errno.ts";
import { closeOnExec, setBlocking } from "./file_flags.ts";
import type { Libc } from "./libc.ts";
import { SOCK_DGRAM, SOCK_STREAM, SOL_SOCKET } from "./port.ts";
import {
  AF_INET,
  AF_INET6,
  decodeSocketAddress,
  SOCKADDR_FAMILY,
  type SocketAddress,
} from "./socket_address.ts";
import { limitBlocking, SO_RCVTIMEO } from "./socket_timeout.ts";
import { configureTcp } from "./tcp_listener.ts";
import { RECEIVE_TIMEOUT_MS } from "./udp_socket.ts";
import { AF_UNIX, decodeUnixAddress, SOCKADDR_UN_BYTES } from "./unix_address.ts";

const FIRST_FD = 3;

const SO_TYPE = 3;
const SO_ACCEPTCONN = 30;

/** A socket for datagrams, or one that listens for connections at an address or at a path. */
export type PassedSocket =
  | { kind: "udp"; fd: number; address: SocketAddress }
  | { kind: "tcp"; fd: number; address: SocketAddress }
  | { kind: "unix"; fd: number; path: string };

/** How many sockets `environment` says were passed to the process of that id. */
export function countPassedSockets(environment: Record<string, string>, pid: number): number {
  const { LISTEN_PID, LISTEN_FDS } = environment;
  return LISTEN_PID === String(pid) && /^\d+$/.test(LISTEN_FDS ?? "") ? Number(LISTEN_FDS) : 0;
}

/**
 * Takes the `count` sockets that were passed. They become as `openUdpPort`, `openTcpPort` and `openUnixListener` make
 * theirs, but for the sizes of datagram sockets' buffers, which are the manager's to set. Throws an Error for whatever is
 * none of these.
 */
export function takePassedSockets(libc: Libc, count: number): PassedSocket[] {
  return Array.from({ length: count }, (_, index) => take(libc, FIRST_FD + index));
}

function take(libc: Libc, fd: number): PassedSocket {
  closeOnExec(libc, fd);
  const type = readOption(libc, fd, SO_TYPE);
  const bytes = new Uint8Array(SOCKADDR_UN_BYTES);
  const size = Uint32Array.of(bytes.length);
  if (libc.calls.getsockname(fd, bytes, size) < 0) throw unusable(fd, errnoName(libc.errno));
  const family = bytes[SOCKADDR_FAMILY];
  const isIp = family === AF_INET || family === AF_INET6;
  if (type === SOCK_DGRAM && isIp) {
    setBlocking(libc, fd, true);
    limitBlocking(libc, fd, SO_RCVTIMEO, RECEIVE_TIMEOUT_MS);
    return { kind: "udp", fd, address: decodeSocketAddress(bytes) };
  }
  if (type !== SOCK_STREAM || !isIp && family !== AF_UNIX) {
    throw unusable(fd, "it is neither UDP, TCP nor a Unix stream");
  }
  if (readOption(libc, fd, SO_ACCEPTCONN) === 0) {
    throw unusable(fd, "it does not listen; the unit needs Accept=no");
  }
  setBlocking(libc, fd, false);
  if (!isIp) return { kind: "unix", fd, path: decodeUnixAddress(bytes, size[0]) };
  configureTcp({ set: (level, option, value) => writeOption(libc, fd, level, option, value) });
  return { kind: "tcp", fd, address: decodeSocketAddress(bytes) };
}

function readOption(libc: Libc, fd: number, option: number): number {
  const value = new Int32Array(1);
  const size = Uint32Array.of(value.byteLength);
  if (libc.calls.getsockopt(fd, SOL_SOCKET, option, value, size) < 0) {
    throw unusable(fd, errnoName(libc.errno));
  }
  return value[0];
}

function writeOption(libc: Libc, fd: number, level: number, option: number, value: number): void {
  const bytes = Int32Array.of(value);
  if (libc.calls.setsockopt(fd, level, option, bytes, bytes.byteLength) < 0) {
    throw unusable(fd, errnoName(libc.errno));
  }
}

function unusable(fd: number, reason: string): Error {
  return new Error(`Cannot use the socket that was passed as file ${fd}: ${reason}`);
}
