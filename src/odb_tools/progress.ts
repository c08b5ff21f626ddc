/** A bar on a terminal that says how far a command is. @module */

const SHOWN_AFTER_MS = 1000;
const EVERY_MS = 200;
const BAR_WIDTH = 30;
const CLEAR_LINE = "\r\x1b[K";
const MEGA = 1e6;

/** Where the bar is drawn, and what time it is there. */
export interface Screen {
  isTerminal(): boolean;
  writeSync(bytes: Uint8Array): number;
  nowMs(): number;
}

/** Standard error. */
const STDERR: Screen = {
  isTerminal: () => Deno.stderr.isTerminal(),
  writeSync: (bytes) => Deno.stderr.writeSync(bytes),
  nowMs: () => performance.now(),
};

/**
 * Counts bytes, and after a second draws a bar with rate and time left, which goes away at the end. On anything but a
 * terminal it draws nothing.
 */
export class Progress implements Disposable {
  readonly #name: string;
  #total = 0;
  readonly #screen: Screen;
  readonly #isShown: boolean;
  readonly #startMs: number;
  #nextMs: number;
  #done = 0;
  #isDrawn = false;

  /** `name` is what is done. */
  constructor(name: string, screen: Screen = STDERR, isShown: boolean = screen.isTerminal()) {
    this.#name = name;
    this.#screen = screen;
    this.#isShown = isShown;
    this.#startMs = screen.nowMs();
    this.#nextMs = this.#startMs + SHOWN_AFTER_MS;
  }

  /** For what prints to `output` on the way: where that is a terminal, too, a bar would get between its lines. */
  static besideOutput(
    name: string,
    output: Pick<typeof Deno.stdout, "isTerminal"> = Deno.stdout,
    screen: Screen = STDERR,
  ): Progress {
    return new Progress(name, screen, screen.isTerminal() && !output.isTerminal());
  }

  /** Adds `bytes` bytes that are to be done. */
  expect(bytes: number): void {
    this.#total += bytes;
  }

  /** Adds `bytes` bytes that are done. */
  advance(bytes: number): void {
    this.#done += bytes;
    if (!this.#isShown) return;
    const nowMs = this.#screen.nowMs();
    if (nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + EVERY_MS;
    this.#draw(nowMs - this.#startMs);
  }

  /** Removes the bar. */
  [Symbol.dispose](): void {
    if (this.#isDrawn) this.#write(CLEAR_LINE);
  }

  #draw(elapsedMs: number): void {
    const share = Math.min(1, this.#done / Math.max(1, this.#total));
    const bar = "#".repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH, "-");
    const rate = Math.round(this.#done / MEGA / (elapsedMs / 1000));
    const leftSec = share === 0 ? "" : `, ${Math.ceil(elapsedMs / 1000 * (1 / share - 1))} s left`;
    this.#write(
      `${CLEAR_LINE}${this.#name} [${bar}] ${Math.floor(100 * share)} %, ${rate} MB/s${leftSec}`,
    );
    this.#isDrawn = true;
  }

  #write(text: string): void {
    this.#screen.writeSync(new TextEncoder().encode(text));
  }
}
