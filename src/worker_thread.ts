/**
 * A worker thread as the supervisor sees it: it gets ready, it stops, or it dies.
 *
 * @module
 */

import { Heartbeat } from "./stats/mod.ts";

/** What every worker reports; some report more. */
interface Report {
  kind: string;
  message?: string;
}

/** A thread running a worker module that was sent its start message. */
export class WorkerThread<Command, WorkerReport extends Report> {
  readonly name: string;
  /** The worker's signs of life. */
  readonly heartbeat: Heartbeat;
  /** Resolves when the worker serves; rejects with why it cannot. */
  readonly ready: Promise<void>;
  /** Resolves when the worker serves no more: it has ended, of itself or by dying, or could not begin. */
  readonly stopped: Promise<void>;
  readonly #worker: Worker;

  /**
   * Starts the module at `url`, which is sent `start`. `onReport` gets every report; `onDeath` is called with the error's text when the worker
   * ends by an uncaught error.
   */
  constructor(
    name: string,
    url: string,
    start: Command & { heartbeat: SharedArrayBuffer },
    onDeath: (name: string, reason: string) => void,
    onReport: (report: WorkerReport) => void = () => {},
  ) {
    this.name = name;
    this.heartbeat = new Heartbeat(start.heartbeat);
    const ready = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<void>();
    // Whoever waits for `ready` is told; a death after that must not count as an unhandled rejection.
    ready.promise.catch(() => {});
    this.ready = ready.promise;
    this.stopped = stopped.promise;
    this.#worker = new Worker(url, { type: "module", name });
    this.#worker.onmessage = ({ data: report }: MessageEvent<WorkerReport>) => {
      if (report.kind === "ready") ready.resolve();
      else if (report.kind === "failed") ready.reject(new Error(report.message));
      if (report.kind === "failed" || report.kind === "stopped") stopped.resolve();
      onReport(report);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      ready.reject(new Error(`The ${name} worker cannot start: ${event.message}`));
      stopped.resolve();
      onDeath(name, event.message);
    };
    this.post(start);
  }

  post(command: Command): void {
    this.#worker.postMessage(command);
  }
}
