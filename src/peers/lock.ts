/**
 * Spin locks on words of shared memory. A lock is held for one announce or for a bounded slice of the keeper's sweep,
 * never across an `await`, a file or a socket call, but for that of walk_lock.ts, for which nobody spins; whoever takes it
 * gives it back in a `finally`.
 *
 * A lock's word is even while the lock is free and odd while it is taken; taking it and giving it back add one each. So who
 * only reads can do without the lock: what was read is of one moment if the word was even before and is the same after.
 *
 * @module
 */

/** Tries before a waiting thread goes to sleep: about as long as an announce takes. */
const SPINS = 200;
/** A sleeping thread looks again after this long, so that nobody ever has to wake it. */
const SLEEP_MS = 0.1;

/** Takes the lock at `words[index]`. Not re-entrant. */
export function lock(words: Int32Array, index: number): void {
  if (!tryLock(words, index)) waitFor(words, index);
}

/** Takes the lock at `words[index]` if it is free; whether it was. */
export function tryLock(words: Int32Array, index: number): boolean {
  const free = words[index] & ~1;
  return Atomics.compareExchange(words, index, free, free + 1) === free;
}

/** Gives the lock at `words[index]` back. */
export function unlock(words: Int32Array, index: number): void {
  Atomics.store(words, index, (words[index] + 1) | 0);
}

/** The word of a lock that is free, for {@linkcode isUnchanged}; waits while it is taken. */
export function whenFree(words: Int32Array, index: number): number {
  for (let tries = 0;; tries++) {
    const word = Atomics.load(words, index);
    if ((word & 1) === 0) return word;
    pause(words, index, word, tries);
  }
}

/** Whether nobody has taken the lock since its word was `free`. */
export function isUnchanged(words: Int32Array, index: number, free: number): boolean {
  // Not a mere load, which some processors let pass the reads before it.
  return Atomics.compareExchange(words, index, free, free) === free;
}

function waitFor(words: Int32Array, index: number): void {
  for (let tries = 0;; tries++) {
    const word = Atomics.load(words, index);
    if ((word & 1) === 0 && Atomics.compareExchange(words, index, word, word + 1) === word) return;
    pause(words, index, word, tries);
  }
}

/** Waits a little for the word to change from `word`. */
function pause(words: Int32Array, index: number, word: number, tries: number): void {
  // The holder may have lost its core: with more threads than cores, spinning on keeps it from running.
  if (tries >= SPINS) Atomics.wait(words, index, word, SLEEP_MS);
}
