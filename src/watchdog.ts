/** Finding out that a thread hangs. @module */

/** A thread that gives signs of life. */
export interface WatchedThread {
  readonly name: string;
  /** Goes on for as long as the thread does. */
  readonly heartbeat: { readonly count: number };
}

interface Watched {
  readonly thread: WatchedThread;
  /** For how many ticks it may be silent. */
  readonly patience: number;
  count: number;
  silentTicks: number;
}

/** Looks after some threads, at each tick of a timer of about a second. */
export class Watchdog {
  readonly #all: Watched[] = [];
  readonly #onHang: (name: string) => void;

  /** `onHang` is told the name of each thread that hangs, once, and again when it went on and hangs anew. */
  constructor(onHang: (name: string) => void) {
    this.#onHang = onHang;
  }

  /**
   * Looks after these threads too: one hangs when it gave no sign of life for `patience` ticks. By ticks and not by the
   * clock: when the whole process was held, nobody hangs.
   */
  watch(threads: readonly WatchedThread[], patience: number): void {
    for (const thread of threads) {
      this.#all.push({ thread, patience, count: thread.heartbeat.count, silentTicks: 0 });
    }
  }

  /** Whether no thread hung at the last tick. */
  get isContent(): boolean {
    return this.#all.every(({ patience, silentTicks }) => silentTicks < patience);
  }

  /** Looks at all of them. */
  tick(): void {
    for (const watched of this.#all) {
      const { count } = watched.thread.heartbeat;
      watched.silentTicks = count === watched.count ? watched.silentTicks + 1 : 0;
      watched.count = count;
      if (watched.silentTicks === watched.patience) this.#onHang(watched.thread.name);
    }
  }
}
