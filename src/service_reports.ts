/** What the service manager is told while the tracker runs, and when. @module */

import { log } from "./log.ts";
import type { ServiceManager } from "./service_manager.ts";
import { Watchdog, type WatchedThread } from "./watchdog.ts";

const TICK_MS = 1000;
const STATUS_TICKS = 10;
/** A thread that answers requests and is silent for so many ticks hangs. */
const SERVING_PATIENCE_TICKS = 10;
/** One of those that sweep and save: a step of theirs may take in all of a full table, or a disk that is slow. */
const SLOW_PATIENCE_TICKS = 600;
/** While the last save goes on, the manager is asked again and again to wait so long. */
const PATIENCE_SEC = 30;

/** So slow may a disk be, and so long may everything else take that goes with a restore. */
const SLOW_BYTES_PER_SEC = 5_000_000;
const RESTORE_SEC_LEAST = 60;

/** Asks the manager to be patient while the ODB file `path` and the IPv6 file beside it are read, however large they are. */
export function allowForRestore(manager: ServiceManager, path: string): void {
  const bytes = [path, `${path}6`].reduce((sum, file) => sum + sizeOf(file), 0);
  manager.extendTimeout(RESTORE_SEC_LEAST + bytes / SLOW_BYTES_PER_SEC);
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    // What is wrong with it is told by those who read it.
    return 0;
  }
}

/** What there is to report on. */
export interface ServiceReportsOptions {
  manager: ServiceManager;
  /** The threads that answer requests. */
  serving: readonly WatchedThread[];
  /** Those that sweep and save. */
  slow: readonly WatchedThread[];
  /** A line for people about how things are. */
  status: () => string;
}

/** Reports to the manager, from `ready` to `close`. */
export class ServiceReports {
  readonly #options: ServiceReportsOptions;
  readonly #watchdog: Watchdog;
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  #ticks = 0;
  #stoppedAtTick: number | null = null;

  constructor(options: ServiceReportsOptions) {
    this.#options = options;
    this.#watchdog = new Watchdog((name) => log.error(`the ${name} worker hangs`));
    this.#watchdog.watch(options.serving, SERVING_PATIENCE_TICKS);
    this.#watchdog.watch(options.slow, SLOW_PATIENCE_TICKS);
  }

  /** The tracker serves: begins to look after its threads, and to say that they are alive. */
  ready(): void {
    const { manager } = this.#options;
    manager.ready();
    this.#report();
    this.#timers.push(setInterval(() => this.#tick(), TICK_MS));
    if (manager.watchdogMs === null) return;
    const sayAlive = () => {
      if (this.#watchdog.isContent) manager.alive();
    };
    this.#timers.push(setInterval(sayAlive, manager.watchdogMs));
  }

  /** Runs `reload`, which reads files anew, and tells the manager before and after, but for while it starts or stops. */
  async reload(reload: () => Promise<void>): Promise<void> {
    const { manager } = this.#options;
    if (this.#isServing) manager.reloading();
    await reload();
    if (this.#isServing) manager.ready();
  }

  /** The tracker has begun to stop. Its threads end, but for the one that saves, and are not looked after any more. */
  stopping(): void {
    this.#options.manager.stopping();
    this.#stoppedAtTick = this.#ticks;
  }

  /** The end. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  get #isServing(): boolean {
    return this.#timers.length > 0 && this.#stoppedAtTick === null;
  }

  #tick(): void {
    this.#ticks++;
    if (this.#stoppedAtTick === null) {
      this.#watchdog.tick();
      if (this.#ticks % STATUS_TICKS === 0) this.#report();
    } else if (this.#ticks - this.#stoppedAtTick < SLOW_PATIENCE_TICKS) {
      this.#options.manager.extendTimeout(PATIENCE_SEC);
    }
  }

  #report(): void {
    this.#options.manager.status(this.#options.status());
  }
}
