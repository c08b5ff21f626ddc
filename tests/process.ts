import { within } from "./within.ts";

/** The longest wait for anything that a process should do; working ones need a small part of it. */
export const PROCESS_MS = 60_000;

/** How a process is started. */
export interface ProcessOptions {
  cwd?: string | URL;
  /** The whole environment of the process; default: this process' own. */
  env?: Record<string, string>;
}

/** A process of a test: its output, its end, and signals to it. Disposing it ends it, whatever state it is in. */
export class Process implements AsyncDisposable {
  readonly pid: number;
  /** Everything it wrote so far, to stdout and stderr in order of arrival. */
  log = "";
  /** Settles when the process has ended and its log is complete; 128 + n after signal n. */
  readonly exitCode: Promise<number>;

  readonly #name: string;
  readonly #child: Deno.ChildProcess;
  #ended = false;
  /** Settled and replaced at each new piece of log, and settled when there will be no more. */
  #news = Promise.withResolvers<void>();

  constructor(command: string, args: string[], options: ProcessOptions = {}) {
    this.#name = command.slice(command.lastIndexOf("/") + 1);
    this.#child = new Deno.Command(command, {
      ...options,
      clearEnv: options.env !== undefined,
      args,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.pid = this.#child.pid;
    this.exitCode = this.#follow();
  }

  async #follow(): Promise<number> {
    await Promise.all([this.#collect(this.#child.stdout), this.#collect(this.#child.stderr)]);
    const { code } = await this.#child.status;
    this.#ended = true;
    this.#news.resolve();
    return code;
  }

  async #collect(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.log += text;
      this.#news.resolve();
      this.#news = Promise.withResolvers();
    }
  }

  /** Waits until the log, from its beginning, matches; fails at the deadline or when the process ends without. */
  waitForLog(pattern: RegExp, deadlineMs = PROCESS_MS): Promise<RegExpExecArray> {
    return within(
      deadlineMs,
      this.#search(pattern),
      () => `After ${deadlineMs} ms the log of ${this.#name} does not match ${pattern}:\n${this.log}`,
    );
  }

  async #search(pattern: RegExp): Promise<RegExpExecArray> {
    while (true) {
      const match = pattern.exec(this.log);
      if (match !== null) return match;
      if (this.#ended) {
        const code = await this.exitCode;
        throw new Error(
          `${this.#name} ended with ${code} and its log does not match ${pattern}:\n${this.log}`,
        );
      }
      await this.#news.promise;
    }
  }

  /** Waits for the end of the process and returns its exit code; fails at the deadline. */
  end(deadlineMs = PROCESS_MS): Promise<number> {
    return within(
      deadlineMs,
      this.exitCode,
      () => `${this.#name} runs on after ${deadlineMs} ms:\n${this.log}`,
    );
  }

  /** Sends a signal to the process, which must still be running. */
  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** SIGTERM; returns the exit code. */
  stop(): Promise<number> {
    this.signal("SIGTERM");
    return this.end();
  }

  /** SIGKILL, which leaves no chance to save anything; returns when the process is gone. */
  async kill(): Promise<void> {
    try {
      this.signal("SIGKILL");
    } catch (error) {
      // Deno's word for a process that ended by itself just now.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) await this.kill();
  }
}
