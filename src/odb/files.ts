/**
 * File calls that saving, copying and locking share. All synchronous: they run in a thread that serves
 * nobody.
 *
 * @module
 */

/** The name of the IPv6 file that belongs to the ODB file `path`. */
export function ipv6Path(path: string): string {
  return path + "6";
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
  return /^([A-Za-z]:)?[\\/]/.test(path);
}

/** The folder that holds `path`. */
export function folderOf(path: string): string {
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  if (end < 0) return ".";
  return path.slice(0, Math.max(end, 1));
}

/** Permission bits of the file `path`; null when there is no such file or the system has no such bits. */
export function permissionsOf(path: string): number | null {
  const stat = statOf(path);
  return stat === null || stat.mode === null ? null : stat.mode & 0o7777;
}

/** What is known of the file `path`; null when there is none. */
export function statOf(path: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(path);
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
