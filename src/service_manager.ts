/** What systemd, or another manager of services, is told of the tracker (sd_notify(3)). @module */

import { log } from "./log.ts";
import { MonotonicClock, NotifySocket, openLibc } from "./os/mod.ts";

const US_PER_MS = 1000;
const US_PER_SEC = 1_000_000;

/** The manager, or nobody: where there is none, all that it would be told is dropped. */
export class ServiceManager {
  /** How often it wants to hear `alive`; null when it does not. */
  readonly watchdogMs: number | null;
  readonly #socket: NotifySocket | null;
  readonly #clock: MonotonicClock | null;

  private constructor(socket: NotifySocket | null, clock: MonotonicClock | null, watchdogMs: number | null) {
    this.#socket = socket;
    this.#clock = clock;
    this.watchdogMs = watchdogMs;
  }

  /** Finds the manager that `environment` names. One that cannot be told anything is warned of. */
  static connect(environment: Record<string, string>): ServiceManager {
    const { NOTIFY_SOCKET } = environment;
    if (NOTIFY_SOCKET === undefined || NOTIFY_SOCKET === "") return new ServiceManager(null, null, null);
    try {
      const { libc, reason } = openLibc();
      if (libc === null) throw new Error(reason);
      const socket = new NotifySocket(libc, NOTIFY_SOCKET);
      return new ServiceManager(socket, new MonotonicClock(libc), watchdogOf(environment));
    } catch (error) {
      log.warning(
        `the service manager cannot be told anything: ${error instanceof Error ? error.message : error}`,
      );
      return new ServiceManager(null, null, null);
    }
  }

  /** The tracker serves; also at the end of a reload. */
  ready(): void {
    this.#send("READY=1", `MAINPID=${Deno.pid}`);
  }

  /** The tracker reads its files anew; `ready` is to follow. */
  reloading(): void {
    this.#send("RELOADING=1", `MONOTONIC_USEC=${Math.floor(this.#clock?.microseconds() ?? 0)}`);
  }

  /** The tracker has begun to stop. */
  stopping(): void {
    this.#send("STOPPING=1");
  }

  /** A line for people about how things are. */
  status(text: string): void {
    this.#send(`STATUS=${text}`);
  }

  /** The tracker is alive, for as long again as the manager waits. */
  alive(): void {
    this.#send("WATCHDOG=1");
  }

  /** Starting, or stopping, may take so many seconds more from now on. */
  extendTimeout(seconds: number): void {
    this.#send(`EXTEND_TIMEOUT_USEC=${Math.ceil(seconds) * US_PER_SEC}`);
  }

  #send(...lines: string[]): void {
    if (this.#socket?.send(lines.join("\n")) === false) {
      log.warning("the service manager does not take what it is told");
    }
  }
}

/** Half of the time after which the manager gives the tracker up, as systemd advises; null when it does not. */
function watchdogOf({ WATCHDOG_USEC, WATCHDOG_PID }: Record<string, string>): number | null {
  const isForUs = WATCHDOG_PID === undefined || WATCHDOG_PID === String(Deno.pid);
  const microseconds = Number(WATCHDOG_USEC);
  return isForUs && microseconds > 0 ? microseconds / 2 / US_PER_MS : null;
}
