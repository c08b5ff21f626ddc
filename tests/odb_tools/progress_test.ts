import { assert, assertEquals, assertThrows } from "@std/assert";
import { CommandError } from "../../src/odb_tools/command.ts";
import { Printer } from "../../src/odb_tools/printer.ts";
import { Progress, type Screen } from "../../src/odb_tools/progress.ts";

/** A terminal, or none, whose clock stands where it is put. */
class FakeScreen implements Screen {
  text = "";
  ms = 0;
  readonly #isTerminal: boolean;

  constructor(isTerminal: boolean) {
    this.#isTerminal = isTerminal;
  }

  isTerminal(): boolean {
    return this.#isTerminal;
  }

  writeSync(bytes: Uint8Array): number {
    this.text += new TextDecoder().decode(bytes);
    return bytes.length;
  }

  nowMs(): number {
    return this.ms;
  }
}

/** Runs over three seconds with a third of the work in each, and returns what is on the screen. */
function run(screen: FakeScreen, made = new Progress("verify x", screen)): string {
  using progress = made;
  progress.expect(30_000_000);
  for (let second = 0.5; second <= 2.5; second++) {
    screen.ms = second * 1000;
    progress.advance(10_000_000);
    progress.advance(0);
  }
  return screen.text;
}

Deno.test("a terminal shows bar, share, rate and time left after the first second, five times a second", () => {
  const screen = new FakeScreen(true);
  assertEquals(
    run(screen),
    "\r\x1b[Kverify x [####################----------] 66 %, 13 MB/s, 1 s left" +
      "\r\x1b[Kverify x [##############################] 100 %, 12 MB/s, 0 s left",
  );
  assertEquals(screen.text.endsWith("\r\x1b[K"), true);
});

Deno.test("anything else shows nothing", () => {
  const screen = new FakeScreen(false);
  assertEquals([run(screen), screen.text], ["", ""]);
});

Deno.test("a bar does not get between the lines of a command that prints to a terminal", () => {
  for (const [error, output, isShown] of [[true, true, false], [true, false, true], [false, false, false]]) {
    const screen = new FakeScreen(error);
    const progress = Progress.besideOutput("text x", { isTerminal: () => output }, screen);
    assertEquals(run(screen, progress) !== "", isShown);
  }
});

Deno.test("the printer drops what nobody reads, and tells why it cannot write", () => {
  let calls = 0;
  const sinkOf = (error: Error) => ({
    writeSync() {
      calls++;
      throw error;
    },
  });
  const unread = new Printer(sinkOf(new Deno.errors.BrokenPipe("broken pipe")));
  for (let i = 0; i < 20_000; i++) unread.line(`line ${i}`);
  unread.flush();
  assertEquals([unread.isClosed, calls], [true, 1]);
  const full = new Printer(sinkOf(new Error("no space left")));
  full.line("line");
  assertThrows(() => full.flush(), CommandError, "Cannot write to standard output: no space left");
});

Deno.test("the printer writes everything, though the sink takes a few bytes at a time", () => {
  const written: number[] = [];
  const printer = new Printer({
    writeSync(bytes) {
      const taken = bytes.subarray(0, 1000);
      written.push(...taken);
      return taken.length;
    },
  });
  const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i} é`);
  for (const line of lines) printer.line(line);
  printer.flush();
  assert(new TextDecoder().decode(Uint8Array.from(written)) === lines.join("\n") + "\n");
});

Deno.test("numbers are written with all their digits and no others", () => {
  const printer = new Printer({ writeSync: (bytes) => bytes.length });
  for (const number of [0, 9, 10, 99, 100, 65535]) {
    const start = printer.at;
    printer.digits(number);
    assertEquals(new TextDecoder().decode(printer.bytes.subarray(start, printer.at)), String(number));
  }
});
