/**
 * File calls that saving, copying and locking share. All synchronous: they run in a thread that serves
 * nobody.
 *
 * @module
 */

/** What stands between the names of a path. Elsewhere than on Windows, names may have backslashes in them. */
const SEPARATORS = Deno.build.os === "windows" ? "\\/" : "/";

/** The name of the IPv6 file that belongs to the ODB file `path`. */
export function ipv6Path(path: string): string {
  return path + "6";
}

/** The name of the file beside the ODB file `path`, links followed, that holds what runs of the tracker hand over. */
export function keyPath(path: string): string {
  return `${resolveTarget(path)}.key`;
}

/** The file that `path` means: symbolic links are followed, also to a file that does not exist yet. */
export function resolveTarget(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const link = readLink(path);
  if (link === null) return path;
  return resolveTarget(isAbsolute(link) ? link : `${folderOf(path)}/${link}`);
}

function readLink(path: string): string | null {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return null; // Nothing is there, or nothing that is a link.
  }
}

function isAbsolute(path: string): boolean {
  const start = Deno.build.os === "windows" ? path.replace(/^[A-Za-z]:/, "") : path;
  return start !== "" && SEPARATORS.includes(start[0]);
}

/** The folder that holds `path`. */
export function folderOf(path: string): string {
  const end = lastSeparator(path);
  return end < 0 ? "." : path.slice(0, Math.max(end, 1));
}

/** The name of the file `path` within its folder. */
export function baseName(path: string): string {
  return path.slice(lastSeparator(path) + 1);
}

/** Where the last separator in `path` is; -1 when there is none. */
function lastSeparator(path: string): number {
  return Math.max(...Array.from(SEPARATORS, (separator) => path.lastIndexOf(separator)));
}

/** Permission bits of the file `path`; null when there is no such file or the system has no such bits. */
export function permissionsOf(path: string): number | null {
  const stat = statOf(path);
  return stat === null || stat.mode === null ? null : stat.mode & 0o7777;
}

/** What is known of the file `path`; null when there is none. */
export function statOf(path: string): Deno.FileInfo | null {
  return nullWithout(() => Deno.statSync(path));
}

/** What is known of what has the name `path`, a link itself; null when nothing has. */
export function lstatOf(path: string): Deno.FileInfo | null {
  return nullWithout(() => Deno.lstatSync(path));
}

function nullWithout(stat: () => Deno.FileInfo): Deno.FileInfo | null {
  try {
    return stat();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Writes all of `bytes`; one call of the system may take only a part of them. */
export function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) written += file.writeSync(bytes.subarray(written));
}

/** Fills `bytes` from the file; one call of the system may give only a part. Returns how many there were. */
export function readPiece(file: Deno.FsFile, bytes: Uint8Array): number {
  let filled = 0;
  while (filled < bytes.length) {
    const read = file.readSync(bytes.subarray(filled));
    if (read === null) break;
    filled += read;
  }
  return filled;
}

/** Makes the names in `folder` durable: a rename is on disk only when its folder is. */
export function syncFolder(folder: string): void {
  if (Deno.build.os === "windows") return; // Folders cannot be opened there, and need not be.
  using opened = Deno.openSync(folder);
  opened.syncSync();
}

/** Removes the file `path` if it is there. */
export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
