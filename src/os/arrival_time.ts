/**
 * Arrival time: the control message that tells when a received datagram came to the kernel, by the clock of the day. On
 * loopback that is when it was sent. Before it is the header of message_header.ts.
 *
 * | offset | SCM_TIMESTAMPNS (32 bytes)    |
 * |--------|-------------------------------|
 * | 16     | u64 seconds since 1970        |
 * | 24     | u64 nanoseconds               |
 *
 * @module
 */

import { timespecMicroseconds } from "./clock.ts";
import type { Libc } from "./libc.ts";
import { MESSAGE_BODY_WORD } from "./message_header.ts";
import { SOL_SOCKET } from "./port.ts";

/** The option, and the type of its messages. */
const SO_TIMESTAMPNS = 35;

/** Bytes of a message. */
export const ARRIVAL_TIME_BYTES = 32;

/**
 * Has a socket tell when each datagram arrived, to those who receive with room for it; where the system refuses, it tells
 * nothing. As long as such a socket is open, the kernel notes the time of all that comes to the machine. It begins with that
 * a moment after the call; what arrives before counts as arrived when it is received.
 */
export function receiveArrivalTimes(libc: Libc, fd: number): void {
  const on = new Int32Array([1]);
  libc.calls.setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, on, on.byteLength);
}

/** What the message from word `at` on tells: microseconds, modulo 2^30, as RealtimeClock counts them. */
export function arrivalMicroseconds(words: Uint32Array, at: number): number {
  return timespecMicroseconds(words, at + MESSAGE_BODY_WORD);
}
