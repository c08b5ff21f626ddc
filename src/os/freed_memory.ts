import type { Libc } from "./libc.ts";

/**
 * Gives the system back what all threads have freed: the C library keeps it otherwise, and the compiler and the garbage
 * collector free megabytes. Takes about a millisecond. Does nothing with a C library that has no such call.
 */
export function releaseFreedMemory(libc: Libc): void {
  libc.calls.malloc_trim?.(0);
}
