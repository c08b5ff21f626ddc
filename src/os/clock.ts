/**
 * The machine's clocks. All threads read the same.
 *
 * @module
 */

import type { Libc } from "./libc.ts";

const CLOCK_REALTIME = 0;
const CLOCK_MONOTONIC = 1;
/** `struct timespec`: seconds and nanoseconds, 8 bytes each. */
const TIMESPEC_BYTES = 16;
/** The low halves of the two, little-endian. */
const SECONDS_WORD = 0;
const NANOSECONDS_WORD = 2;

/** How far what is called "microseconds, modulo 2^30" counts. */
const MODULO_MASK = 2 ** 30 - 1;

/** Microseconds between two moments, each in microseconds modulo 2^30, that are not more than 17 minutes apart. */
export function microsecondsBetween(earlier: number, later: number): number {
  return (later - earlier) & MODULO_MASK;
}

/** The `struct timespec` from word `at` on, in microseconds, modulo 2^30: a small integer, which costs no memory to keep. */
export function timespecMicroseconds(words: Uint32Array, at: number): number {
  return (Math.imul(words[at + SECONDS_WORD], 1e6) + Math.floor(words[at + NANOSECONDS_WORD] / 1000)) &
    MODULO_MASK;
}

/** The clock of the day, by which the kernel notes when datagrams arrive. It can be set at any time. */
export class RealtimeClock {
  readonly #libc: Libc;
  readonly #words = new Uint32Array(TIMESPEC_BYTES / Uint32Array.BYTES_PER_ELEMENT);
  readonly #timespec = this.#words.buffer;

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** Now, in microseconds, modulo 2^30; without allocating. */
  nowMicroseconds(): number {
    this.#libc.calls.clock_gettime(CLOCK_REALTIME, this.#timespec);
    return timespecMicroseconds(this.#words, 0);
  }
}

/** The clock that nobody can set. Reads it, and waits by it, without allocating. */
export class MonotonicClock {
  readonly #libc: Libc;
  readonly #timespec = new ArrayBuffer(TIMESPEC_BYTES);
  readonly #words = new Uint32Array(this.#timespec);
  readonly #pause = new ArrayBuffer(TIMESPEC_BYTES);
  readonly #pauseWords = new Uint32Array(this.#pause);

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

  /** The moment read last, in microseconds, modulo 2^30. */
  get lastMicroseconds(): number {
    return timespecMicroseconds(this.#words, 0);
  }

  /** The same of now. */
  nowMicroseconds(): number {
    this.seconds();
    return this.lastMicroseconds;
  }

  /** Blocks the thread for so many microseconds, 0 to 999 999, and what the system takes to wake it; or until a signal. */
  sleep(microseconds: number): void {
    this.#pauseWords[NANOSECONDS_WORD] = microseconds * 1000;
    this.#libc.calls.nanosleep(this.#pause, null);
  }

  /** Microseconds since the same moment, with a fraction. */
  microseconds(): number {
    this.#libc.calls.clock_gettime(CLOCK_MONOTONIC, this.#timespec);
    return this.#words[SECONDS_WORD] * 1e6 + this.#words[NANOSECONDS_WORD] / 1000;
  }
}
