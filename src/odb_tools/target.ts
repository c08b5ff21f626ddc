/** What belongs to a file that a command writes, and the right to write it. @module */

import { ipv6Path, resolveTarget, statOf, sumPath, temporaryPaths } from "../odb/mod.ts";
import { type FileLock, tryLockFile } from "../os/mod.ts";
import { CommandError } from "./command.ts";

const LOCK_SUFFIX = ".lock";
/** A name that ipv6Path may have made of another one. */
const IPV6_NAME = /^(.*[^/\\])6$/s;

/** The files that are written or removed when `path` is written, itself the first. */
export function filesOfTarget(path: string): string[] {
  const target = resolveTarget(path);
  return [target, sumPath(target), ...lockPaths(target), ...temporaryPaths(path)];
}

/** Whether two names are of one file that is there. */
export function isSameFile(left: string, right: string): boolean {
  const [one, other] = [statOf(left), statOf(right)];
  if (one === null || other === null) return false;
  return one.ino === null
    ? resolveTarget(left) === resolveTarget(right)
    : one.dev === other.dev && one.ino === other.ino;
}

/**
 * The right to write a file and its IPv6 file: the locks that trackers take that save to one, or to which it is the IPv6
 * file. A lock file in which no tracker has written goes with it: it was made for this right, or for that of a command that
 * was killed.
 */
export class TargetLock implements Disposable {
  readonly #held: { lock: FileLock; path: string; isUnsigned: boolean }[] = [];

  /** Throws a CommandError when somebody else has the right to write `path`. */
  constructor(path: string) {
    try {
      for (const name of lockPaths(resolveTarget(path))) {
        const lock = tryLockFile(name);
        if (lock === null) {
          throw new CommandError(`Cannot write ${path}: a running tracker, or another command, uses it`);
        }
        this.#held.push({ lock, path: name, isUnsigned: statOf(name)?.size === 0 });
      }
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Gives it back. */
  [Symbol.dispose](): void {
    for (const { lock, path, isUnsigned } of this.#held.splice(0)) {
      if (isUnsigned) removeQuietly(path);
      lock.close();
    }
  }
}

/** The lock files of the trackers that may write `target` or its IPv6 file. */
function lockPaths(target: string): string[] {
  const paths = [target, resolveTarget(ipv6Path(target))];
  const [, ipv4] = IPV6_NAME.exec(target) ?? [];
  if (ipv4 !== undefined) paths.push(resolveTarget(ipv4));
  return paths.map((name) => name + LOCK_SUFFIX);
}

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It stays, as a tracker's does.
  }
}
