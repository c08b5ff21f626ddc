/** A Unix-domain socket that listens for connections. @module */

import { errnoName } from "./errno.ts";
import { shareFile } from "./file_flags.ts";
import type { Libc } from "./libc.ts";
import { closeSockets, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_STREAM } from "./port.ts";
import { SocketError } from "./socket_error.ts";
import { BACKLOG } from "./tcp_listener.ts";
import { AF_UNIX, encodeUnixAddress, UNIX_PATH_AT } from "./unix_address.ts";

/** Who may connect: the user of the process and its group. */
export const UNIX_SOCKET_MODE = 0o660;

/**
 * Listens at `path`, where nothing may be, and returns `count` (1 or more) file descriptors of that one socket, for
 * readers that share it. Accepting never blocks. The socket's file is the caller's to remove; its mode is
 * UNIX_SOCKET_MODE before anybody can connect. Throws a SocketError with `protocol` in its message, a TypeError when the
 * path is too long, and what `shareFile` throws; nothing is left open then.
 */
export function openUnixListener(libc: Libc, protocol: string, path: string, count: number): number[] {
  const address = encodeUnixAddress(path);
  const check = (result: number) => {
    if (result < 0) throw new SocketError(protocol, path, errnoName(libc.errno));
    return result;
  };
  const fd = check(libc.calls.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  try {
    check(libc.calls.bind(fd, address, address.length));
    check(libc.calls.chmod(address.subarray(UNIX_PATH_AT), UNIX_SOCKET_MODE));
    check(libc.calls.listen(fd, BACKLOG));
    return shareFile(libc, fd, count);
  } catch (error) {
    closeSockets(libc, [fd]);
    throw error;
  }
}
