/** One tracker an ODB file. @module */

import { log } from "./log.ts";
import { checkOdbFiles, OdbError, probeSave, removeStrays, resolveTarget } from "./odb/mod.ts";
import { type FileLock, tryLockFile } from "./os/mod.ts";

/** Another process holds the lock of the ODB file. */
export class OdbLockedError extends Error {
  override name = "OdbLockedError";
  /** The lock file. */
  readonly path: string;
  /** Process id of the holder as it wrote it; empty when it has not yet. */
  readonly pid: string;

  constructor(odbPath: string, path: string, pid: string) {
    super(
      `${odbPath} is in use by another tracker: ${pid === "" ? "a process" : `process ${pid}`} holds ${path}`,
    );
    this.path = path;
    this.pid = pid;
  }
}

/** The right to write an ODB file and its IPv6 file, held until it is closed or the process ends. */
export interface OdbLock extends Disposable {
  /** The lock file. */
  readonly path: string;
  /** Gives the lock back. */
  close(): void;
}

/**
 * Takes the lock of the ODB file `path`, which need not exist: an exclusive lock of the system on `FILE.lock` beside it,
 * so that it ends with the process however that ends. Throws OdbError, before there is a lock file, when `path` is
 * something that can be no ODB; OdbLockedError when another process holds the lock; and an Error that names `path` when
 * the lock cannot be taken, or when nothing could be saved to `path`, which is better known now than at the first save.
 * Parts of files that a killed tracker has left beside it are removed.
 *
 * The lock file stays behind. To remove it would let two in: one that had opened the removed file and one that makes a
 * new one would both hold "the" lock.
 */
export function lockOdb(path: string): OdbLock {
  const { lockPath, lock } = takeLock(path);
  const close = () => lock.close();
  try {
    for (const name of removeStrays(path)) log.info(`removed ${name}, which a killed tracker has left`);
    probeSave(path);
  } catch (error) {
    close();
    throw error;
  }
  return { path: lockPath, close, [Symbol.dispose]: close };
}

function takeLock(path: string): { lockPath: string; lock: FileLock } {
  try {
    checkOdbFiles(path);
    const lockPath = `${resolveTarget(path)}.lock`;
    const lock = tryLockFile(lockPath);
    if (lock === null) throw new OdbLockedError(path, lockPath, Deno.readTextFileSync(lockPath).trim());
    signLock(lock);
    return { lockPath, lock };
  } catch (cause) {
    if (cause instanceof OdbError || cause instanceof OdbLockedError) throw cause;
    const reason = cause instanceof Error ? cause.message : cause;
    throw new Error(`Cannot lock the ODB file ${path}: ${reason}`, { cause });
  }
}

/** Writes this process' id into the lock file for those that find it locked. */
function signLock(lock: FileLock): void {
  try {
    lock.write(`${Deno.pid}\n`);
  } catch {
    // The lock is held without it. A disk that is full now may not be when there is something to save.
  }
}
