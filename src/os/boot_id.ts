import type { Libc } from "./libc.ts";
import { readSystemFile } from "./system_file.ts";

/**
 * What tells this run of the machine from every other one, and from those of other machines; null when the system does
 * not tell. Within one such run the monotonic clock only goes forward.
 */
export function readBootId(libc: Libc): string | null {
  try {
    return readSystemFile(libc, "/proc/sys/kernel/random/boot_id").trim();
  } catch {
    return null;
  }
}
