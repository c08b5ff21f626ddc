/**
 * Letting datagrams gather. Being woken for a datagram costs several times what answering it does; at a steady rate it pays
 * to sleep until a handful is there. Whoever is answered so late does not notice: the way to a tracker takes longer.
 *
 * @module
 */

/** Datagrams that are worth being woken for. Were it twice as many, an answer would cost 5 % less and come 60 % later. */
const GATHER_COUNT = 8;
/** The longest that datagrams are let gather. */
export const GATHER_MAX_US = 400;

/**
 * How long to let datagrams gather before the next are asked for, in whole microseconds, 0 to GATHER_MAX_US. `count` came
 * last, and took `elapsedUs` to come. 0 means to ask at once: when so many came that there may be more, and when too few
 * would come in the longest time to be worth the sleep.
 */
export function gatherUs(count: number, elapsedUs: number): number {
  if (count === 0 || count >= GATHER_COUNT || elapsedUs * 2 > GATHER_MAX_US * count) return 0;
  return Math.min(Math.floor(elapsedUs * GATHER_COUNT / count), GATHER_MAX_US);
}
