import { errnoName } from "./errno.ts";

/** Times in a row that a call must fail before its error is believed. */
const TIMES_BELIEVED = 100;

/**
 * Whether a call that a thread makes for ever has come to fail for good. Between a call and the reading of errno the runtime
 * may do things of its own that fail: it compiles the code in between where that runs for the first time, and the C library
 * looks beneath /sys when it needs memory, which a changed root does not have. So a call may seem to have failed by
 * anything; but not time and again.
 */
export class DoubtfulError {
  readonly #message: string;
  #times = 0;

  /** `message` says what could not be done, and by which call: `Cannot do it: call`. */
  constructor(message: string) {
    this.#message = message;
  }

  /** The call succeeded, or failed in a way that is expected. */
  forget(): void {
    this.#times = 0;
  }

  /** The call failed by `errno`, which is not expected. Throws an Error that names it when that goes on. */
  doubt(errno: number): void {
    this.#times++;
    if (this.#times < TIMES_BELIEVED) return;
    throw new Error(`${this.#message} failed with ${errnoName(errno)}`);
  }
}
