/**
 * How long calls on a socket block at most: a `struct timeval` of seconds and microseconds, 8 bytes each.
 *
 * @module
 */

import type { Libc } from "./libc.ts";
import { SOL_SOCKET } from "./port.ts";

export const SO_RCVTIMEO = 20;
export const SO_SNDTIMEO = 21;

const MS_PER_SEC = 1000;
const US_PER_MS = 1000;

/** A time limit, to be set as SO_RCVTIMEO or SO_SNDTIMEO. */
export function timeval(ms: number): BigInt64Array<ArrayBuffer> {
  const seconds = Math.floor(ms / MS_PER_SEC);
  return BigInt64Array.of(BigInt(seconds), BigInt(Math.round((ms - seconds * MS_PER_SEC) * US_PER_MS)));
}

/** Lets calls on the socket that receive (`option` SO_RCVTIMEO) or send (SO_SNDTIMEO) block for `ms` at most. */
export function limitBlocking(
  libc: Libc,
  fd: number,
  option: typeof SO_RCVTIMEO | typeof SO_SNDTIMEO,
  ms: number,
): void {
  const limit = timeval(ms);
  libc.calls.setsockopt(fd, SOL_SOCKET, option, limit, limit.byteLength);
}
