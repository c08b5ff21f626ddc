/**
 * The machine's monotonic clock. Nobody can set it, and all threads read the same.
 *
 * @module
 */

import type { Libc } from "./libc.ts";

const CLOCK_MONOTONIC = 1;
/** `struct timespec`: seconds and nanoseconds, 8 bytes each. */
const TIMESPEC_BYTES = 16;
/** The low halves of the two. */
const SECONDS_WORD = 0;
const NANOSECONDS_WORD = 2;

/** Reads the clock without allocating. */
export class MonotonicClock {
  readonly #libc: Libc;
  readonly #timespec = new ArrayBuffer(TIMESPEC_BYTES);
  readonly #words = new Uint32Array(this.#timespec);

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** Whole seconds since some moment before the machine started; the low 32 bits, enough for 136 years. */
  seconds(): number {
    this.#libc.calls.clock_gettime(CLOCK_MONOTONIC, this.#timespec);
    return this.#words[SECONDS_WORD];
  }

  /** Milliseconds since the same moment; the low 32 bits, signed: only differences of up to 24 days mean anything. */
  milliseconds(): number {
    this.#libc.calls.clock_gettime(CLOCK_MONOTONIC, this.#timespec);
    return this.#words[SECONDS_WORD] * 1000 + Math.floor(this.#words[NANOSECONDS_WORD] / 1e6) | 0;
  }

  /** Microseconds since the same moment, with a fraction. */
  microseconds(): number {
    this.#libc.calls.clock_gettime(CLOCK_MONOTONIC, this.#timespec);
    return this.#words[SECONDS_WORD] * 1e6 + this.#words[NANOSECONDS_WORD] / 1000;
  }
}
