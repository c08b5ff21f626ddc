/** Rests in long work, so that a thread that nobody waits for leaves most of its core to others. @module */

/** Work at a stretch: so long may others have to wait for the core. */
const WORK_MS = 0.5;
/** How many times as long as the work a rest is: three quarters of a core are left to others. */
const REST_FACTOR = 3;
/** More is no work of this thread: the system had stopped it. */
const REST_MS_MAX = 20;

/** The rests of one thread, which sleeps in them, deaf to messages. */
export class Rests {
  /** A word that nobody changes. */
  readonly #word = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #sinceMs = 0;

  /** Work begins. */
  begin(): void {
    this.#sinceMs = performance.now();
  }

  /** Sleeps if there was work enough for that since the last rest. To be called often. */
  rest(): void {
    const workMs = performance.now() - this.#sinceMs;
    if (workMs < WORK_MS) return;
    Atomics.wait(this.#word, 0, 0, Math.min(workMs * REST_FACTOR, REST_MS_MAX));
    this.begin();
  }
}
