/** Longer than a thread of load waits or works in one turn. */
const TURN_US_MAX = 200_000;

/**
 * Time as somebody counts it who may be stopped for a while, by Ctrl-Z, a suspended machine or a busy one: it stands still
 * meanwhile. What has come by then lies unread, so nobody is to count as silent for it.
 */
export class AwakeClock {
  /** Microseconds since it was made. */
  nowUs = 0;
  #lastUs: number;

  /** `nowUs` is of the clock that goes on. */
  constructor(nowUs: number) {
    this.#lastUs = nowUs;
  }

  /** To be called at least once a turn. */
  advance(nowUs: number): void {
    this.nowUs += Math.min(nowUs - this.#lastUs, TURN_US_MAX);
    this.#lastUs = nowUs;
  }
}
