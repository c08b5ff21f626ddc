/**
 * When requests are sent. Times are microseconds of one clock.
 *
 * @module
 */

/** Decides, for one run of load, how many requests may go out now. */
export interface Pace {
  /** Begins the run. To be called once, before the others. */
  start(nowUs: number): void;
  /** How many requests may be sent now, while `outstanding` wait for their answers. */
  due(nowUs: number, outstanding: number): number;
  /** The moment at which the next request counts as sent. To be called once for each. */
  next(nowUs: number): number;
  /** How long there is nothing to send unless answers come, in milliseconds; at most 100. */
  waitMs(nowUs: number, outstanding: number): number;
  /** Nothing will be sent any more. */
  isOver(nowUs: number): boolean;
}

const WAIT_MAX_MS = 100;
/** Into how many parts a window is split that go out together. */
const WINDOW_PARTS = 8;

/** Closed loop: a request goes out when fewer than `window` wait for their answers. */
export class WindowPace implements Pace {
  readonly #window: number;
  readonly #lengthUs: number;
  /** Requests that go out together: a few at a time would be answered a few at a time, which costs both sides more. */
  readonly #together: number;
  #left: number;
  #endUs = 0;

  /** Ends after `lengthUs` or after `countMax` requests, either of which may be Infinity. */
  constructor(window: number, lengthUs: number, countMax: number) {
    this.#window = window;
    this.#together = Math.ceil(window / WINDOW_PARTS);
    this.#lengthUs = lengthUs;
    this.#left = countMax;
  }

  start(nowUs: number): void {
    this.#endUs = nowUs + this.#lengthUs;
  }

  due(nowUs: number, outstanding: number): number {
    const free = Math.min(this.#window - outstanding, this.#left);
    return free < this.#together && free < this.#left || this.isOver(nowUs) ? 0 : free;
  }

  next(nowUs: number): number {
    this.#left--;
    return nowUs;
  }

  waitMs(nowUs: number, outstanding: number): number {
    if (this.due(nowUs, outstanding) > 0) return 0;
    return Math.min(Math.max(Math.ceil((this.#endUs - nowUs) / 1000), 0), WAIT_MAX_MS);
  }

  isOver(nowUs: number): boolean {
    return this.#left === 0 || nowUs >= this.#endUs;
  }
}

/** How many times its rate a loader that is a little late sends until it has caught up. */
const CATCH_UP = 1.5;
/** For each so much that it is late its rate once more: with only a part of a core it would else be ever later. */
const LATE_US = 20_000;
/** Requests that came due within so long may go out together: a turn of a busy loader takes that. */
const TOGETHER_US = 200;

/**
 * A fixed rate, whether answers come or not. Each request counts as sent when it was due: if the loader is late, the
 * time until the answer is longer by that, as it would be for a client that does not wait for others. What is late goes
 * out somewhat faster, and not at once: that would be another load than the server is asked about here.
 */
export class RatePace implements Pace {
  readonly #perSec: number;
  readonly #lengthUs: number;
  readonly #thread: number;
  readonly #threads: number;
  #startUs = 0;
  #sent = 0;
  /** When the next may go out, however late it is. */
  #freeUs = 0;

  /** This thread's share of `perSec` requests a second, which all threads send in turn, for `lengthUs`. */
  constructor(perSec: number, lengthUs: number, thread = 0, threads = 1) {
    this.#perSec = perSec;
    this.#lengthUs = lengthUs;
    this.#thread = thread;
    this.#threads = threads;
  }

  start(nowUs: number): void {
    this.#startUs = nowUs;
  }

  due(nowUs: number): number {
    if (nowUs < this.#freeUs) return 0;
    const sinceFreeUs = Math.min(nowUs - this.#freeUs, TOGETHER_US);
    return Math.min(this.#left(nowUs), Math.floor(sinceFreeUs / this.#gapUs(nowUs)) + 1);
  }

  next(nowUs: number): number {
    this.#freeUs = Math.max(this.#freeUs, nowUs - TOGETHER_US) + this.#gapUs(nowUs);
    return this.#nextUs(this.#sent++);
  }

  /** Whole milliseconds only: what is due sooner is waited for by looking again, since a wake-up would be late. */
  waitMs(nowUs: number): number {
    const nextUs = Math.max(this.#nextUs(this.#sent), this.#freeUs);
    const endUs = this.#startUs + this.#lengthUs;
    const untilUs = nowUs < endUs ? Math.min(nextUs, endUs) : nextUs;
    return Math.min(Math.max(Math.floor((untilUs - nowUs) / 1000), 0), WAIT_MAX_MS - 1);
  }

  isOver(nowUs: number): boolean {
    return nowUs - this.#startUs >= this.#lengthUs && this.#left(nowUs) === 0;
  }

  /** Requests that have come due and are yet to go out. */
  #left(nowUs: number): number {
    const sinceUs = Math.min(nowUs - this.#startUs, this.#lengthUs);
    const ofAllThreads = Math.ceil(sinceUs * this.#perSec / 1e6);
    return Math.max(Math.ceil((ofAllThreads - this.#thread) / this.#threads) - this.#sent, 0);
  }

  /** The least time between two requests, on average. */
  #gapUs(nowUs: number): number {
    const lateUs = Math.max(nowUs - this.#nextUs(this.#sent), 0);
    return 1e6 * this.#threads / (this.#perSec * (CATCH_UP + lateUs / LATE_US));
  }

  /** When the request behind so many is due. */
  #nextUs(sent: number): number {
    return this.#startUs + 1e6 * (this.#thread + sent * this.#threads) / this.#perSec;
  }
}
