import { assertEquals, assertMatch } from "@std/assert";
import { log, setupLog } from "../src/log.ts";

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /;

/** What the calls in `act` log at `level`, a line an event, without the time. */
function linesAt(level: Parameters<typeof setupLog>[0], act: () => void): string[] {
  const lines: string[] = [];
  setupLog(level, (line) => lines.push(line));
  act();
  for (const line of lines) assertMatch(line, TIME);
  return lines.map((line) => line.replace(TIME, ""));
}

function logAll(): void {
  log.debug("one");
  log.info("two");
  log.warning("three");
  log.error("four");
}

Deno.test("a line is time, level and text", () => {
  assertEquals(linesAt("debug", logAll), ["debug one\n", "info  two\n", "warning three\n", "error four\n"]);
});

Deno.test("the level is the least that is written", () => {
  assertEquals(linesAt("info", logAll).length, 3);
  assertEquals(linesAt("warning", logAll).length, 2);
  assertEquals(linesAt("error", logAll), ["error four\n"]);
});

Deno.test("an event is one line whatever its text", () => {
  const lines = linesAt("info", () => log.info("a\nb\r\x1b[2J\x1b[31m\x00\x7f\x85 {text} %s é"));
  assertEquals(lines, ["info  a\\nb\\r\\x1b[2J\\x1b[31m\\x00\\x7f\\x85 {text} %s é\n"]);
});

Deno.test("lines go to standard error, and none is lost at Deno.exit", async () => {
  const module = new URL("../src/log.ts", import.meta.url);
  const config = new URL("../deno.json", import.meta.url);
  const program = `import { log, setupLog } from "${module}";
    setupLog("info");
    for (let i = 0; i < 2000; i++) log.info("line " + i);
    Deno.exit(7);`;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", `--config=${config.pathname}`, program],
  }).output();
  const lines = new TextDecoder().decode(stderr).trimEnd().split("\n");
  assertEquals(
    lines.map((line) => line.replace(TIME, "")),
    Array.from({ length: 2000 }, (_, i) => `info  line ${i}`),
  );
  assertEquals([code, stdout.length], [7, 0]);
});
