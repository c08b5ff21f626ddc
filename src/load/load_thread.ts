import { PROGRESS_VALUES } from "./loader.ts";
import type { LoadOptions } from "./options.ts";
import type { Tally } from "./tally.ts";
import type { LoadCommand, LoadReport } from "./worker_messages.ts";

const WORKER_URL = new URL("./worker.ts", import.meta.url).href;

/** One thread of load, as main sees it. Each call must have settled before the next. */
export class LoadThread {
  /** What it has done so far in this phase, see PROGRESS. */
  readonly progress = new Float64Array(
    new SharedArrayBuffer(PROGRESS_VALUES * Float64Array.BYTES_PER_ELEMENT),
  );
  readonly #worker: Worker;
  #report = Promise.withResolvers<LoadReport>();

  constructor(thread: number) {
    this.#worker = new Worker(WORKER_URL, { type: "module", name: `load-${thread + 1}` });
    this.#worker.onmessage = ({ data }: MessageEvent<LoadReport>) => this.#report.resolve(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#report.reject(new Error(event.message));
    };
  }

  /** Opens its sockets and gets its connection ids. */
  async start(options: LoadOptions, thread: number, torrentOf: Uint32Array): Promise<void> {
    await this.#ask({ kind: "start", options, thread, torrentOf, progress: this.progress });
  }

  /** Announces its part of the peers to fill. */
  fill(): Promise<Tally> {
    return this.#askForTally({ kind: "fill" });
  }

  /** Sends its part of the load for so long. */
  load(seconds: number): Promise<Tally> {
    return this.#askForTally({ kind: "load", seconds });
  }

  /** Closes its sockets and ends. */
  async stop(): Promise<void> {
    await this.#ask({ kind: "stop" });
  }

  async #askForTally(command: LoadCommand): Promise<Tally> {
    this.progress.fill(0);
    const report = await this.#ask(command);
    if (report.kind !== "done") throw new Error(`A load worker answered ${report.kind}`);
    return report.tally;
  }

  async #ask(command: LoadCommand): Promise<LoadReport> {
    this.#report = Promise.withResolvers();
    this.#worker.postMessage(command);
    const report = await this.#report.promise;
    if (report.kind === "failed") throw new Error(report.message);
    return report;
  }
}
