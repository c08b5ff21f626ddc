import { copyName } from "./aside.ts";
import { sumPath } from "./checksum.ts";
import { ipv6Path, keyPath, lstatOf, resolveTarget } from "./files.ts";
import { TEMPORARY_SUFFIX } from "./small_file.ts";

/**
 * Removes what writers that were killed have left of files not yet whole beside the ODB file `path`: of it, of
 * its IPv6 file, of their checksum files and copies, and of the key file. Returns the names of what it has
 * removed. Expects that the caller holds the ODB lock, so that nobody is writing them. Throws what the system
 * does when one cannot be removed.
 */
export function removeStrays(path: string): string[] {
  return [path, ipv6Path(path)].map(resolveTarget)
    .flatMap((target) => [target, sumPath(target), copyName(target)])
    .concat(keyPath(path))
    .map((name) => name + TEMPORARY_SUFFIX)
    .filter(removeStray);
}

/** Removes `path` and returns whether it was there. A folder of that name is none of ours. */
function removeStray(path: string): boolean {
  const stat = lstatOf(path);
  if (stat === null || stat.isDirectory) return false;
  Deno.removeSync(path);
  return true;
}
