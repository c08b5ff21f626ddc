/** The order of the bytes that torrents and peers are sorted by. @module */

/** Below 0 when the `size` bytes of `a` from `aAt` on come before those of `b` from `bAt` on; 0 when they are the same. */
export function compareBytes(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number, size: number): number {
  for (let i = 0; i < size; i++) {
    const difference = a[aAt + i] - b[bAt + i];
    if (difference !== 0) return difference;
  }
  return 0;
}
