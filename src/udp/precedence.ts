import { becomeRealtime, becomeUsual, type Libc, microsecondsBetween, ThreadClock } from "../os/mod.ts";

/** How long a thread is watched before its share of the core is judged. */
const WATCHED_US = 100_000;
/** The largest share of a core that a thread may take before all others. */
const SHARE_MAX = 0.8;
/** How long a thread that took more is one like all others, before it tries again. */
const REST_US = 1_000_000;

/**
 * A thread's precedence over what else wants its core: it is real-time. So a datagram is answered, or refused, at once and
 * not when another's turn has ended, which takes milliseconds. A flood could take the whole core that way, and nobody could
 * get at the machine; therefore a thread is real-time only as long as it leaves others a fifth of the core.
 */
export class Precedence {
  readonly #libc: Libc;
  readonly #clock: ThreadClock;
  #isRealtime = true;
  /** When the watch began, and what the thread had used of its core by then. */
  #sinceUs: number;
  #usedUs: number;

  private constructor(libc: Libc, nowUs: number) {
    this.#libc = libc;
    this.#clock = new ThreadClock(libc);
    this.#sinceUs = nowUs;
    this.#usedUs = this.#clock.nowMicroseconds();
  }

  /** Takes it for the calling thread, at `nowUs`; null where the system does not let it. */
  static take(libc: Libc, nowUs: number): Precedence | null {
    return becomeRealtime(libc) ? new Precedence(libc, nowUs) : null;
  }

  /** Gives it back, or takes it again, when that is due. For each turn of the thread; microseconds modulo 2^30. */
  look(nowUs: number): void {
    const elapsedUs = microsecondsBetween(this.#sinceUs, nowUs);
    if (elapsedUs < (this.#isRealtime ? WATCHED_US : REST_US)) return;
    const usedUs = this.#clock.nowMicroseconds();
    if (!this.#isRealtime) {
      this.#isRealtime = becomeRealtime(this.#libc);
    } else if (microsecondsBetween(this.#usedUs, usedUs) > SHARE_MAX * elapsedUs) {
      becomeUsual(this.#libc);
      this.#isRealtime = false;
    }
    this.#sinceUs = nowUs;
    this.#usedUs = usedUs;
  }
}
