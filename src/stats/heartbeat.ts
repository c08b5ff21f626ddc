/**
 * Signs of life. Each thread counts its turns in memory of its own, which another thread reads: as long as the count goes
 * on, the thread does.
 *
 * @module
 */

/** A cache line and its neighbour, which processors fetch along with it, so that no two threads write one. */
const HEARTBEAT_BYTES = 128;
/** How often a thread that waits for events gives a sign of life. */
const BEAT_MS = 1000;

/** Memory for the beats of one thread. */
export function createHeartbeat(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEARTBEAT_BYTES);
}

/** One thread's beats. */
export class Heartbeat {
  readonly #words: Int32Array;

  /** `buffer` comes from `createHeartbeat`. */
  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
  }

  /** How often `beat` was called, of which 32 bits are kept. */
  get count(): number {
    return this.#words[0];
  }

  /** Says that the thread is alive: for its loop. */
  beat(): void {
    this.#words[0]++;
  }

  /** Beats for as long as the thread takes what its event loop has for it. Returns the timer. */
  beatByTimer(): ReturnType<typeof setInterval> {
    return setInterval(() => this.beat(), BEAT_MS);
  }
}
