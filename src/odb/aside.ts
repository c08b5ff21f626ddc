import {
  baseName,
  folderOf,
  lstatOf,
  permissionsOf,
  readPiece,
  removeIfThere,
  resolveTarget,
  syncFolder,
  writeAll,
} from "./files.ts";
import { TEMPORARY_SUFFIX } from "./small_file.ts";

const COPY_BYTES = 2 ** 20;
/** What stands in the name of a finished copy behind that of its file. */
const COPY_SUFFIX = /^\.damaged-\d+(-\d+)?$/;

/**
 * Copies the damaged file `path` to `FILE.damaged-<unixSec>` beside it, and returns that name once the copy
 * is on disk; the next save may then replace the file. When there is such a copy with the same bytes
 * already, as after a start that failed later on, its name is returned and nothing is copied. Another copy
 * is never overwritten: a number is added to the name. Permissions are those of the file.
 *
 * The copy is made as `FILE.damaged.tmp`, so that what a killed process leaves behind does not pass for a
 * whole one; the next copy replaces it. Throws an Error that names the file when it fails, and leaves no
 * part of a copy. Expects that the caller holds the ODB lock.
 */
export function copyAside(path: string, unixSec: number): string {
  try {
    const source = resolveTarget(path);
    const name = findCopy(source) ?? createCopy(source, unixSec);
    syncFolder(folderOf(source));
    return name;
  } catch (cause) {
    throw new Error(`Cannot copy ${path} aside: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}

/** What a copy of the file `path` is called, before that which tells one from another. */
export function copyName(path: string): string {
  return `${path}.damaged`;
}

/** A finished copy that holds what `source` holds; null when there is none. */
function findCopy(source: string): string | null {
  const { size } = Deno.statSync(source);
  const folder = folderOf(source);
  const base = baseName(source);
  for (const { name, isFile } of Deno.readDirSync(folder)) {
    if (!isFile || !name.startsWith(base) || !COPY_SUFFIX.test(name.slice(base.length))) continue;
    const copy = source + name.slice(base.length);
    if (isCopy(source, size, copy)) return copy;
  }
  return null;
}

/** Whether `copy` holds what `source` holds, which is `size` bytes; one that cannot be read is none. */
function isCopy(source: string, size: number, copy: string): boolean {
  try {
    return Deno.statSync(copy).size === size && haveSameBytes(source, copy);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}

/** Whether two files of one size hold the same. Reads them in pieces, up to the first difference. */
function haveSameBytes(first: string, second: string): boolean {
  using firstFile = Deno.openSync(first);
  using secondFile = Deno.openSync(second);
  const firstBytes = new Uint8Array(COPY_BYTES);
  const secondBytes = new Uint8Array(COPY_BYTES);
  for (;;) {
    const count = readPiece(firstFile, firstBytes);
    if (readPiece(secondFile, secondBytes) !== count) return false;
    if (count === 0) return true;
    for (let i = 0; i < count; i++) {
      if (firstBytes[i] !== secondBytes[i]) return false;
    }
  }
}

/** Copies `source` under a new name, which is returned. The folder is left to sync. */
function createCopy(source: string, unixSec: number): string {
  const temporary = copyName(source) + TEMPORARY_SUFFIX;
  removeIfThere(temporary);
  try {
    writeCopy(source, temporary);
    // Nobody takes the name in between: only who holds the ODB lock gives such names.
    const name = unusedName(`${copyName(source)}-${unixSec}`);
    Deno.renameSync(temporary, name);
    return name;
  } catch (error) {
    removeIfThere(temporary);
    throw error;
  }
}

/** Copies `source` to the new file `copy` and waits until it is on disk. */
function writeCopy(source: string, copy: string): void {
  const mode = permissionsOf(source);
  using from = Deno.openSync(source);
  using to = Deno.openSync(copy, { write: true, createNew: true, ...(mode === null ? {} : { mode }) });
  // Again, since the process' mask has taken from the mode that the file was opened with.
  if (mode !== null && Deno.build.os !== "windows") Deno.chmodSync(copy, mode);
  const buffer = new Uint8Array(COPY_BYTES);
  for (let read = from.readSync(buffer); read !== null; read = from.readSync(buffer)) {
    writeAll(to, buffer.subarray(0, read));
  }
  to.syncSync();
}

/** `wanted`, or `wanted-2` up when that is there already. */
function unusedName(wanted: string): string {
  let name = wanted;
  for (let number = 2; lstatOf(name) !== null; number++) name = `${wanted}-${number}`;
  return name;
}
