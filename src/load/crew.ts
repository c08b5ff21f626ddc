import { LoadThread } from "./load_thread.ts";
import type { LoadOptions } from "./options.ts";
import { createTorrentOf } from "./population.ts";
import { ProgressLine } from "./progress_line.ts";
import { sumTallies, type Tally } from "./tally.ts";

/** The threads of one load. All do the same at the same time, and what they did comes back as one tally. */
export class Crew {
  readonly #options: LoadOptions;
  readonly #threads: LoadThread[];

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#threads = Array.from({ length: options.threads }, (_, thread) => new LoadThread(thread));
  }

  /** Opens the sockets. Throws when the target does not answer. */
  async start(): Promise<void> {
    const torrentOf = createTorrentOf(this.#options.population);
    await Promise.all(this.#threads.map((thread, index) => thread.start(this.#options, index, torrentOf)));
  }

  /** Announces the peers to fill, each once. */
  fill(): Promise<Tally> {
    return this.#together("fill", this.#options.fill, (thread) => thread.fill());
  }

  /** Sends the mix of requests for so long; `name` is for the progress line. */
  load(name: string, seconds: number): Promise<Tally> {
    return this.#together(name, null, (thread) => thread.load(seconds));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.stop()));
  }

  async #together(
    name: string,
    total: number | null,
    run: (thread: LoadThread) => Promise<Tally>,
  ): Promise<Tally> {
    const line = new ProgressLine(name, total, this.#threads.map(({ progress }) => progress));
    try {
      return sumTallies(await Promise.all(this.#threads.map(run)));
    } finally {
      line.end();
    }
  }
}
