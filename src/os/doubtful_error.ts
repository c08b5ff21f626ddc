import { errnoName } from "./errno.ts";
import type { Libc } from "./libc.ts";

/** Times in a row that a call must fail before its error is believed. */
const TIMES_BELIEVED = 100;

/**
 * Whether a call that a thread makes for ever has come to fail for good. Between a call and the reading of errno the runtime
 * may do things of its own that fail, when it compiles the code in between, or needs memory for it. So a call may seem to
 * have failed by anything; but not time and again.
 */
export class DoubtfulError {
  readonly #libc: Libc;
  readonly #message: string;
  readonly #expected: readonly number[];
  #times = 0;

  /**
   * `message` says what could not be done, and by which call: `Cannot do it: call`. Errors of the numbers `expected` are no
   * failure.
   */
  constructor(libc: Libc, message: string, expected: readonly number[]) {
    this.#libc = libc;
    this.#message = message;
    this.#expected = expected;
  }

  /**
   * To be given what the call has just returned. Returns that, or 0 where it is negative. Throws an Error that names the
   * call's error when that is not expected, and goes on.
   */
  count(result: number): number {
    if (result >= 0) {
      this.#times = 0;
      return result;
    }
    const { errno } = this.#libc;
    if (this.#expected.includes(errno)) this.#times = 0;
    else if (++this.#times >= TIMES_BELIEVED) {
      throw new Error(`${this.#message} failed with ${errnoName(errno)}`);
    }
    return 0;
  }
}
