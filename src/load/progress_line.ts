import { PROGRESS } from "./loader.ts";

const EVERY_MS = 500;
const CLEAR_LINE = "\r\x1b[K";

/** A line on a terminal's stderr that says how far the load is; on anything else it says nothing. */
export class ProgressLine {
  readonly #name: string;
  readonly #total: number | null;
  readonly #rows: readonly Float64Array[];
  readonly #encoder = new TextEncoder();
  #timer: ReturnType<typeof setInterval> | undefined;
  #answeredBefore = 0;

  /** `rows` are the threads' progress; `total` is how many requests there will be, if that is known. */
  constructor(name: string, total: number | null, rows: readonly Float64Array[]) {
    this.#name = name;
    this.#total = total;
    this.#rows = rows;
    if (Deno.stderr.isTerminal()) this.#timer = setInterval(() => this.#write(), EVERY_MS);
  }

  /** Removes the line. */
  end(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#print("");
  }

  #write(): void {
    const sum = (index: number) => this.#rows.reduce((total, row) => total + row[index], 0);
    const answered = sum(PROGRESS.answered);
    const perSec = (answered - this.#answeredBefore) / EVERY_MS * 1000;
    this.#answeredBefore = answered;
    const part = this.#total === null ? "" : ` ${Math.floor(100 * answered / this.#total)} %`;
    this.#print(`${this.#name}${part}: ${Math.round(perSec)} requests/s, lost ${sum(PROGRESS.lost)}`);
  }

  #print(text: string): void {
    Deno.stderr.writeSync(this.#encoder.encode(CLEAR_LINE + text));
  }
}
