/** Flags of open files, and further descriptors of them: `fcntl`. @module */

import { errnoName } from "./errno.ts";
import type { Libc } from "./libc.ts";
import { closeSockets, SOCK_NONBLOCK } from "./port.ts";

const F_SETFD = 2;
const F_GETFL = 3;
const F_SETFL = 4;
const F_DUPFD_CLOEXEC = 1030;
const FD_CLOEXEC = 1;

/** Lets calls on the file wait, or not, through whichever of its descriptors. */
export function setBlocking(libc: Libc, fd: number, blocks: boolean): void {
  const flags = libc.calls.fcntl(fd, F_GETFL, 0);
  libc.calls.fcntl(fd, F_SETFL, blocks ? flags & ~SOCK_NONBLOCK : flags | SOCK_NONBLOCK);
}

/** Keeps the descriptor from programs that this one might start. */
export function closeOnExec(libc: Libc, fd: number): void {
  libc.calls.fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/**
 * Returns `count` (1 or more) descriptors of the file `fd`, itself among them, for readers that share it. Throws an Error
 * when the system refuses; further ones are not open then.
 */
export function shareFile(libc: Libc, fd: number, count: number): number[] {
  const fds = [fd];
  while (fds.length < count) {
    const next = libc.calls.fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (next >= 0) {
      fds.push(next);
      continue;
    }
    const reason = errnoName(libc.errno);
    closeSockets(libc, fds.slice(1));
    throw new Error(`Cannot share an open socket: ${reason}`);
  }
  return fds;
}
