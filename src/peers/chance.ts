/**
 * The chance by which peers are chosen. Answers show what was drawn, so no draw may follow from those before it: whoever
 * could work out the next one could wait for the moment at which somebody else is told of his own peers.
 *
 * @module
 */

/** Drawn at once: a call for each would take ten times as long as the draw. */
const WORDS = 1024;

const bytes = new Uint8Array(WORDS * Uint32Array.BYTES_PER_ELEMENT);
const words = new Uint32Array(bytes.buffer);
let used = WORDS;

/** A random integer from 0 to `below` - 1, unpredictable; `below` is 1 to 2^32. */
export function randomBelow(below: number): number {
  if (used === WORDS) {
    crypto.getRandomValues(bytes);
    used = 0;
  }
  return (words[used++] * 2 ** -32 * below) >>> 0;
}
