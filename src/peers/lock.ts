/**
 * Spin locks on words of shared memory. A lock is held for one announce or for a bounded slice of the keeper's walk,
 * never across an `await`, a file or a socket call; whoever takes it gives it back in a `finally`.
 *
 * @module
 */

/** Tries before a waiting thread goes to sleep: about as long as an announce takes. */
const SPINS = 200;
/** A sleeping thread looks again after this long, so that nobody ever has to wake it. */
const SLEEP_MS = 0.1;

/** Takes the lock at `words[index]`; 0 is free, 1 is taken. Not re-entrant. */
export function lock(words: Int32Array, index: number): void {
  if (Atomics.compareExchange(words, index, 0, 1) !== 0) waitFor(words, index);
}

/** Gives the lock at `words[index]` back. */
export function unlock(words: Int32Array, index: number): void {
  Atomics.store(words, index, 0);
}

function waitFor(words: Int32Array, index: number): void {
  for (let tries = 0;; tries++) {
    if (Atomics.load(words, index) === 0 && Atomics.compareExchange(words, index, 0, 1) === 0) return;
    // The holder may have lost its core: with more threads than cores, spinning on keeps it from running.
    if (tries >= SPINS) Atomics.wait(words, index, 1, SLEEP_MS);
  }
}
