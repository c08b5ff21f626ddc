/**
 * Locks on files that the system takes back when the process ends, however it ends.
 *
 * @module
 */

import { errnoName } from "./errno.ts";
import { type Libc, openLibc } from "./libc.ts";

const O_RDWR = 2;
const O_CREAT = 0o100;
const O_CLOEXEC = 0o2000000;
const MODE = 0o644;
const LOCK_EX = 2;
const LOCK_NB = 4;

/** A lock that is held. */
export interface FileLock {
  /** Gives the lock back. To be called once. */
  close(): void;
}

/**
 * Takes an exclusive lock on the file `path`, which is made when it is not there; null when somebody else holds one, in
 * this process or another. Throws when the file cannot be opened. Deno locks files itself where it can; runtimes that
 * were made before it could go through the C library.
 */
export function tryLockFile(path: string): FileLock | null {
  if (typeof Deno.FsFile.prototype.tryLockSync === "function") return lockByDeno(path);
  const { libc, reason } = openLibc();
  if (libc === null) throw new Error(`Cannot lock ${path}: ${reason}`);
  return lockByLibc(libc, path);
}

function lockByDeno(path: string): FileLock | null {
  const file = Deno.openSync(path, { read: true, write: true, create: true });
  if (file.tryLockSync(true)) return file;
  file.close();
  return null;
}

function lockByLibc(libc: Libc, path: string): FileLock | null {
  const name = new TextEncoder().encode(`${path}\0`);
  const fd = libc.calls.open(name, O_RDWR | O_CREAT | O_CLOEXEC, MODE);
  if (fd < 0) throw new Error(`Cannot open ${path}: ${errnoName(libc.errno)}`);
  if (libc.calls.flock(fd, LOCK_EX | LOCK_NB) === 0) return { close: () => void libc.calls.close(fd) };
  libc.calls.close(fd);
  return null;
}
