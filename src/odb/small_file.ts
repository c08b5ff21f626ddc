/**
 * Small text files that lie beside an ODB file, read within bounds and replaced in one piece.
 *
 * @module
 */

import { lstatOf, readPiece, removeIfThere, statOf, writeAll } from "./files.ts";

/** What a small file is called until it is whole: this is put behind its name. */
export const TEMPORARY_SUFFIX = ".tmp";

/**
 * The text of the file `path`, null when there is none. Throws an Error when it cannot be read, is no regular
 * file, or has more than `maxBytes` bytes. What is no UTF-8 in it comes out as U+FFFD.
 */
export function readSmallFile(path: string, maxBytes: number): string | null {
  const stat = statOf(path);
  if (stat === null) return null;
  // Before it is opened: a named pipe would be waited for.
  if (!stat.isFile) throw new Error(`${path} is not a regular file`);
  using file = Deno.openSync(path);
  const bytes = new Uint8Array(maxBytes + 1);
  const length = readPiece(file, bytes);
  if (length > maxBytes) throw new Error(`${path} has more than ${maxBytes} bytes`);
  return new TextDecoder().decode(bytes.subarray(0, length));
}

/**
 * Makes `text` the contents of the file `path`: what is there is replaced when the text is on disk, and a
 * symbolic link is replaced itself. The file's permission bits are `mode`, whatever the process' mask; null
 * leaves them to the mask. The folder is left to sync. Throws what the system does, with the file as it was.
 */
export function replaceSmallFile(path: string, text: string, mode: number | null): void {
  const temporary = path + TEMPORARY_SUFFIX;
  removeIfThere(temporary);
  try {
    writeNew(temporary, text, mode);
    Deno.renameSync(temporary, path);
  } catch (error) {
    discard(temporary);
    throw error;
  }
}

/**
 * Throws an Error when a folder, which is none of ours, has the place of the file `path` or of what it is called until it
 * is whole: {@linkcode replaceSmallFile} is not to be called then. Nothing is written.
 */
export function checkReplaceable(path: string): void {
  for (const name of [path, path + TEMPORARY_SUFFIX]) {
    if (lstatOf(name)?.isDirectory) throw new Error(`${name} is a folder`);
  }
}

function writeNew(path: string, text: string, mode: number | null): void {
  // The mask only takes away, so nobody else may read the file at any moment if `mode` does not let them.
  using file = Deno.openSync(path, { write: true, createNew: true, ...(mode === null ? {} : { mode }) });
  if (mode !== null && Deno.build.os !== "windows") Deno.chmodSync(path, mode);
  writeAll(file, new TextEncoder().encode(text));
  file.syncDataSync();
}

/** Removes a file if the system lets it. Never throws: what has failed before is the news. */
function discard(path: string): void {
  try {
    removeIfThere(path);
  } catch {
    // It stays until it is replaced, or removed at the next start.
  }
}
