/**
 * A Unix-domain socket that listens for connections. `struct sockaddr_un` is a u16 family and the path's bytes, ended by
 * a zero.
 *
 * @module
 */

import { errnoName } from "./errno.ts";
import type { Libc } from "./libc.ts";
import { closeSockets, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_STREAM } from "./port.ts";
import { SocketError } from "./socket_error.ts";
import { BACKLOG } from "./tcp_listener.ts";

const AF_UNIX = 1;
const FAMILY_BYTES = 2;
/** With the closing zero. */
const PATH_BYTES_MAX = 108;
const F_DUPFD_CLOEXEC = 1030;

/** Who may connect: the user of the process and its group. */
export const UNIX_SOCKET_MODE = 0o660;

/**
 * Listens at `path`, where nothing may be, and returns `count` (1 or more) file descriptors of that one socket, for
 * readers that share it. Accepting never blocks. The socket's file is the caller's to remove; its mode is
 * UNIX_SOCKET_MODE before anybody can connect. Throws a SocketError with `protocol` in its message, and a TypeError when
 * the path is too long; nothing is left open then.
 */
export function openUnixListener(libc: Libc, protocol: string, path: string, count: number): number[] {
  const address = encodePath(path);
  const fds: number[] = [];
  const check = (result: number) => {
    if (result < 0) throw new SocketError(protocol, path, errnoName(libc.errno));
    return result;
  };
  try {
    fds.push(check(libc.calls.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)));
    check(libc.calls.bind(fds[0], address, address.length));
    check(libc.calls.chmod(address.subarray(FAMILY_BYTES), UNIX_SOCKET_MODE));
    check(libc.calls.listen(fds[0], BACKLOG));
    while (fds.length < count) fds.push(check(libc.calls.fcntl(fds[0], F_DUPFD_CLOEXEC, 0)));
    return fds;
  } catch (error) {
    closeSockets(libc, fds);
    throw error;
  }
}

function encodePath(path: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(path);
  if (bytes.length >= PATH_BYTES_MAX) throw new TypeError(`Cannot use as a socket's path, too long: ${path}`);
  const address = new Uint8Array(FAMILY_BYTES + bytes.length + 1);
  address[0] = AF_UNIX;
  address.set(bytes, FAMILY_BYTES);
  return address;
}
