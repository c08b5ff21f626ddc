/** How often it is looked whether a dump is done. */
const LOOK_MS = 50;

/** Has a tracker dump its state without a pause, from its making until it is stopped. */
export class Dumps {
  readonly #done: Promise<number>;
  #isOver = false;

  /** `path` is the state's file, which each dump replaces. */
  constructor(pid: number, path: string) {
    this.#done = this.#run(pid, path);
  }

  /** Asks for no further one. Returns how many were done. */
  stop(): Promise<number> {
    this.#isOver = true;
    return this.#done;
  }

  async #run(pid: number, path: string): Promise<number> {
    let count = 0;
    while (true) {
      const before = timeOf(path);
      Deno.kill(pid, "SIGUSR2");
      while (timeOf(path) === before) {
        if (this.#isOver) return count;
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
      count++;
    }
  }
}

/** When the file was written, in milliseconds; null as long as there is none. */
function timeOf(path: string): number | null {
  try {
    return Deno.statSync(path).mtime?.getTime() ?? null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
