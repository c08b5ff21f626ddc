/** The signals of the operating system, as the tracker takes them. @module */

import { log } from "./log.ts";

/** One Ctrl-C may arrive twice, from the terminal and from a program in between: within this time it is one. */
const TOGETHER_MS = 1000;

/** What is done on signals other than those to stop. */
export interface SignalAnswers {
  /** On SIGUSR2. */
  save: () => void;
  /** On SIGHUP. */
  reload: () => void;
}

/**
 * Listens for signals from its making until the process ends, however late they come. SIGTERM and SIGINT ask to stop; a
 * second one ends the process at once, with exit code 1, whatever it is at. SIGUSR2 asks to save. SIGHUP asks to read
 * anew what may have changed; it ends nothing, for a terminal that closes must not take the tracker's state with it.
 * SIGXFSZ, which would end the process when a file grows past the system's limit, does nothing: the write fails, and that
 * is told.
 */
export class Signals {
  /** Resolves when the tracker is asked to stop. */
  readonly stop: Promise<void>;
  readonly #stopping = Promise.withResolvers<void>();
  #answers: SignalAnswers | null = null;
  /** What came before there were answers. */
  readonly #early = new Set<keyof SignalAnswers>();
  #stoppedAtMs: number | undefined;

  constructor() {
    this.stop = this.#stopping.promise;
    Deno.addSignalListener("SIGINT", () => this.#stopBy("SIGINT"));
    if (Deno.build.os === "windows") {
      Deno.addSignalListener("SIGBREAK", () => this.#stopBy("SIGBREAK"));
    } else {
      Deno.addSignalListener("SIGTERM", () => this.#stopBy("SIGTERM"));
      Deno.addSignalListener("SIGUSR2", () => this.#answer("save"));
      Deno.addSignalListener("SIGHUP", () => this.#answer("reload"));
      Deno.addSignalListener("SIGXFSZ", () => {});
    }
  }

  /** Whether the tracker was asked to stop. */
  get isStopping(): boolean {
    return this.#stoppedAtMs !== undefined;
  }

  /** Lets `answers` be what is done from now on, and does at once what was asked for before. */
  answerBy(answers: SignalAnswers): void {
    this.#answers = answers;
    for (const name of this.#early) answers[name]();
  }

  #answer(name: keyof SignalAnswers): void {
    if (this.#answers === null) this.#early.add(name);
    else this.#answers[name]();
  }

  #stopBy(signal: string): void {
    if (this.#stoppedAtMs === undefined) {
      this.#stoppedAtMs = performance.now();
      log.info(`${signal}: stopping`);
      this.#stopping.resolve();
    } else if (performance.now() - this.#stoppedAtMs > TOGETHER_MS) {
      log.error(`${signal} again: ending at once, without saving`);
      Deno.exit(1);
    }
  }
}
