import { becomeRealtime, becomeUsual, type Libc, microsecondsBetween } from "../os/mod.ts";

/** How long a thread is watched before it is judged. */
const WATCHED_US = 200_000;
/** The least share of its time for which a thread that goes before all others must have nothing to do. */
const IDLE_SHARE_MIN = 0.2;
/** How long a thread that had more to do is one like all others, before it tries again. */
const USUAL_US = 1_000_000;

/** By how much Linux lengthens the sleeps of other threads; a real-time one is woken to the microsecond. */
const TIMER_SLACK_US = 50;

/**
 * A thread's precedence over what else wants its core: it is real-time. So a datagram is answered, or refused, at once and
 * not when another's turn has ended, which takes milliseconds. A flood could take the whole core that way, and nobody could
 * get at the machine; therefore a thread is real-time only as long as it has nothing to do for a fifth of its time. What it
 * uses of the core would not tell: another such thread, or the host of a virtual machine, may have the rest.
 */
export class Precedence {
  readonly #libc: Libc;
  #isRealtime = true;
  /** When the watch began, and how long the thread has had nothing to do since then. */
  #sinceUs: number;
  #idleUs = 0;

  private constructor(libc: Libc, nowUs: number) {
    this.#libc = libc;
    this.#sinceUs = nowUs;
  }

  /** Takes it for the calling thread, at `nowUs`; null where the system does not let it. */
  static take(libc: Libc, nowUs: number): Precedence | null {
    return becomeRealtime(libc) ? new Precedence(libc, nowUs) : null;
  }

  /** By how much a sleep is shorter now than that of a thread without precedence, in whole microseconds. */
  get missingSlackUs(): number {
    return this.#isRealtime ? TIMER_SLACK_US : 0;
  }

  /**
   * Gives it back, or takes it again, when that is due. For each time that the thread has something to do: when that is, in
   * microseconds modulo 2^30, and how long it had nothing to do before.
   */
  look(nowUs: number, idleUs: number): void {
    this.#idleUs += idleUs;
    const elapsedUs = microsecondsBetween(this.#sinceUs, nowUs);
    if (elapsedUs < (this.#isRealtime ? WATCHED_US : USUAL_US)) return;
    if (!this.#isRealtime) {
      this.#isRealtime = becomeRealtime(this.#libc);
    } else if (this.#idleUs < IDLE_SHARE_MIN * elapsedUs) {
      becomeUsual(this.#libc);
      this.#isRealtime = false;
    }
    this.#sinceUs = nowUs;
    this.#idleUs = 0;
  }
}
