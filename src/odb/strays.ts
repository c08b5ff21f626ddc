import { copyName } from "./aside.ts";
import { sumPath } from "./checksum.ts";
import { ipv6Path, keyPath, lstatOf, resolveTarget } from "./files.ts";
import { TEMPORARY_SUFFIX } from "./small_file.ts";

/**
 * What files beside the ODB file `path` are called until they are whole: it, its IPv6 file, their checksum files and
 * copies, and the key file.
 */
export function temporaryPaths(path: string): string[] {
  return [path, ipv6Path(path)].map(resolveTarget)
    .flatMap((target) => [target, sumPath(target), copyName(target)])
    .concat(keyPath(path))
    .map((name) => name + TEMPORARY_SUFFIX);
}

/**
 * Removes what writers that were killed have left of {@linkcode temporaryPaths}. Returns the names of what it has removed.
 * Expects that the caller holds the ODB lock, so that nobody is writing them. Throws what the system does when one
 * cannot be removed.
 */
export function removeStrays(path: string): string[] {
  return temporaryPaths(path).filter(removeStray);
}

/** Removes `path` and returns whether it was there. A folder of that name is none of ours. */
function removeStray(path: string): boolean {
  const stat = lstatOf(path);
  if (stat === null || stat.isDirectory) return false;
  Deno.removeSync(path);
  return true;
}
