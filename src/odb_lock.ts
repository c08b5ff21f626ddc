/** One tracker an ODB file. @module */

import { resolveTarget } from "./odb/mod.ts";
import { tryLockFile } from "./os/mod.ts";

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
 * so that it ends with the process however that ends. Throws OdbLockedError when another process holds it, and an Error
 * when the lock file cannot be opened.
 *
 * The lock file stays behind. To remove it would let two in: one that had opened the removed file and one that makes a
 * new one would both hold "the" lock.
 */
export function lockOdb(path: string): OdbLock {
  const lockPath = `${resolveTarget(path)}.lock`;
  const lock = tryLockFile(lockPath);
  if (lock === null) throw new OdbLockedError(path, lockPath, Deno.readTextFileSync(lockPath).trim());
  const close = () => lock.close();
  try {
    Deno.writeTextFileSync(lockPath, `${Deno.pid}\n`);
  } catch (error) {
    close();
    throw error;
  }
  return { path: lockPath, close, [Symbol.dispose]: close };
}
