/** A terminal that is drawn on: it is taken over, and given back as it was. @module */

import { type Line, lineText } from "./line.ts";

/** The sequences of ECMA-48 and xterm that are used. */
const ALTERNATE_SCREEN = "\x1b[?1049h", MAIN_SCREEN = "\x1b[?1049l";
const HIDE_CURSOR = "\x1b[?25l", SHOW_CURSOR = "\x1b[?25h";
const HOME = "\x1b[H", ERASE_LINE = "\x1b[K", ERASE_BELOW = "\x1b[J";

const USUAL_COLUMNS = 80, USUAL_ROWS = 24;

/** The bytes that keys send which end it: q, and Ctrl-C, which raw mode makes a byte of. */
const QUIT_BYTES = [0x71, 0x51, 0x03];
const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];

/** What a screen tells of. */
export interface ScreenEvents {
  /** The user, a signal or the terminal's end asks to end. */
  quit(): void;
  /** It has another size now. */
  resize(): void;
}

/** Standard output as a screen, and standard input as its keys, from its making until `close`. */
export class Screen {
  readonly #hasColours: boolean;
  readonly #hasKeys = Deno.stdin.isTerminal();
  readonly #listeners: [Deno.Signal, () => void][];

  /** Standard output must be a terminal. */
  constructor(hasColours: boolean, events: ScreenEvents) {
    this.#hasColours = hasColours;
    this.#listeners = SIGNALS.map((signal) => [signal, () => events.quit()]);
    if (Deno.build.os !== "windows") this.#listeners.push(["SIGWINCH", () => events.resize()]);
    for (const [signal, listener] of this.#listeners) Deno.addSignalListener(signal, listener);
    writeAll(ALTERNATE_SCREEN + HIDE_CURSOR);
    if (this.#hasKeys) {
      Deno.stdin.setRaw(true);
      // However the keys end, the terminal is gone then.
      void readKeys(() => events.quit()).catch(() => {}).then(() => events.quit());
    }
  }

  get columns(): number {
    return terminalSize().columns;
  }

  /** Shows the first of `lines`, as many as there is room for, and nothing else. */
  draw(lines: readonly Line[]): void {
    const { columns, rows } = terminalSize();
    const texts = lines.slice(0, rows).map((line) => ERASE_LINE + lineText(line, columns, this.#hasColours));
    writeAll(HOME + texts.join("\r\n") + (texts.length < rows ? `\r\n${ERASE_BELOW}` : ""));
  }

  /** Gives the terminal back. */
  close(): void {
    for (const [signal, listener] of this.#listeners) Deno.removeSignalListener(signal, listener);
    if (this.#hasKeys) Deno.stdin.setRaw(false);
    writeAll(SHOW_CURSOR + MAIN_SCREEN);
  }
}

/** Writes `text` to standard output, all of it. */
export function writeAll(text: string): void {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
}

async function readKeys(quit: () => void): Promise<void> {
  for await (const bytes of Deno.stdin.readable) {
    if (bytes.some((byte) => QUIT_BYTES.includes(byte))) quit();
  }
}

/** Some terminals, as those of scripts, do not know their size. */
function terminalSize(): { columns: number; rows: number } {
  const { columns, rows } = Deno.consoleSize();
  return { columns: columns || USUAL_COLUMNS, rows: rows || USUAL_ROWS };
}
