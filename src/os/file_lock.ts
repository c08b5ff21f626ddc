/**
 * Locks on files that the system takes back when the process ends, however it ends.
 *
 * @module
 */

import { EAGAIN, errnoName } from "./errno.ts";
import { type Libc, openLibc } from "./libc.ts";

const O_RDWR = 2;
const O_CREAT = 0o100;
const O_CLOEXEC = 0o2000000;
/** Fails on a symbolic link. The one flag here whose value depends on the processor. */
const O_NOFOLLOW = Deno.build.arch === "aarch64" ? 0o100000 : 0o400000;
const MODE = 0o644;
const LOCK_EX = 2;
const LOCK_NB = 4;

/** A lock that is held. */
export interface FileLock {
  /** Makes `text` all that the file holds. Throws when it cannot be written. */
  write(text: string): void;
  /** Gives the lock back. To be called once. */
  close(): void;
}

/**
 * Takes an exclusive lock on the file `path`, which is made when it is not there and left as it is otherwise; null when
 * somebody else holds one, in this process or another. Throws when the file cannot be opened, and when it is a symbolic
 * link or anything else but a regular file: what is written to it would end up in a file that is no lock. Deno locks
 * files itself where it can; runtimes that were made before it could go through the C library. Whoever holds the lock may
 * remove the file before giving it back: a lock on a file that has lost its name is not taken for one.
 */
export function tryLockFile(path: string): FileLock | null {
  for (;;) {
    const before = statRegular(path);
    if (before === null) {
      // Made without a lock, and locked when it is known which file it is: a lock that is given back may live on for a
      // moment in a child that another thread is just starting.
      make(path);
      continue;
    }
    const lock = lockOnce(path);
    if (lock === null) return null;
    const after = statRegular(path);
    if (after?.ino === before.ino && after.dev === before.dev) return lock;
    lock.close();
  }
}

/** Makes the empty file `path`, unless somebody else has just done so. */
function make(path: string): void {
  try {
    Deno.openSync(path, { write: true, createNew: true, mode: MODE }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

function lockOnce(path: string): FileLock | null {
  if (typeof Deno.FsFile.prototype.tryLockSync === "function") return lockByDeno(path);
  const { libc, reason } = openLibc();
  if (libc === null) throw new Error(`this runtime locks files through the C library only, and ${reason}`);
  return lockByLibc(libc, path);
}

/** The file `path`, null when there is none. Throws when something other than a regular file has the name. */
function statRegular(path: string): Deno.FileInfo | null {
  let stat: Deno.FileInfo;
  try {
    stat = Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  if (stat.isSymlink) throw new Error(`${path} is a symbolic link`);
  if (!stat.isFile) throw new Error(`${path} is not a regular file`);
  return stat;
}

function lockByDeno(path: string): FileLock | null {
  const file = Deno.openSync(path, { read: true, write: true, create: true });
  let isLocked = false;
  try {
    refuseSwapped(path, file);
    isLocked = file.tryLockSync(true);
  } finally {
    if (!isLocked) file.close();
  }
  if (!isLocked) return null;
  const write = (text: string) => {
    file.truncateSync(0);
    file.seekSync(0, Deno.SeekMode.Start);
    file.writeSync(new TextEncoder().encode(text));
  };
  return { write, close: () => file.close() };
}

/** Throws when `path` is not the name of the open `file` itself: Deno follows a link that came after the first look. */
function refuseSwapped(path: string, file: Deno.FsFile): void {
  const named = Deno.lstatSync(path);
  const opened = file.statSync();
  if (!named.isFile || named.ino !== opened.ino || named.dev !== opened.dev) {
    throw new Error(`${path} was replaced while it was opened`);
  }
}

function lockByLibc(libc: Libc, path: string): FileLock | null {
  const name = new TextEncoder().encode(`${path}\0`);
  const fd = libc.calls.open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, MODE);
  if (fd < 0) throw new Error(`Cannot open ${path}: ${errnoName(libc.errno)}`);
  if (libc.calls.flock(fd, LOCK_EX | LOCK_NB) === 0) {
    const write = (text: string) => Deno.writeTextFileSync(path, text, { create: false });
    return { write, close: () => void libc.calls.close(fd) };
  }
  const { errno } = libc;
  libc.calls.close(fd);
  if (errno !== EAGAIN) throw new Error(`Cannot lock ${path}: ${errnoName(errno)}`);
  return null;
}
