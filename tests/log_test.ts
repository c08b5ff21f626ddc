import { assert, assertEquals, assertMatch } from "@std/assert";
import { log, type LogOptions, setupLog } from "../src/log.ts";
import { TempFolder } from "./harness.ts";
import { GLIBC, testWith } from "./requirements.ts";

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /;

/** What the calls in `act` log, a line an event. */
function linesOf(options: LogOptions, act: () => void): string[] {
  const lines: string[] = [];
  setupLog(options, (line) => lines.push(line));
  act();
  return lines;
}

/** The same of texts, without the time. */
function linesAt(level: LogOptions["logLevel"], act: () => void): string[] {
  return linesOf({ logLevel: level }, act).map((line) => {
    assertMatch(line, TIME);
    return line.replace(TIME, "");
  });
}

function logAll(): void {
  log.debug("one");
  log.info("two");
  log.warning("three");
  log.error("four");
}

/** Runs a program in which `log` and `setupLog` are there, its standard error going to the file `stderr`. */
async function runProgram(
  stderr: string,
  program: string,
  env: Record<string, string> = {},
): Promise<{ code: number; stdout: string; log: string }> {
  const module = new URL("../src/log.ts", import.meta.url);
  const config = new URL("../deno.json", import.meta.url);
  const evaluate = [
    "eval",
    `--config=${config.pathname}`,
    `import { log, setupLog } from "${module}"; ${program}`,
  ];
  const { code, stdout } = await new Deno.Command("sh", {
    args: ["-c", 'exec "$@" 2>>"$0"', stderr, Deno.execPath(), ...evaluate],
    env,
  }).output();
  return { code, stdout: new TextDecoder().decode(stdout), log: await Deno.readTextFile(stderr) };
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

Deno.test("as JSON a line is one object", () => {
  const lines = linesOf({ logLevel: "debug", logFormat: "json" }, () => {
    logAll();
    log.info('a\nb\x1b[2J\x7f\x85 "{text}" é');
  });
  const objects = lines.map((line) => JSON.parse(line));
  assertEquals(objects.map(({ level, message }) => [level, message]), [
    ["debug", "one"],
    ["info", "two"],
    ["warning", "three"],
    ["error", "four"],
    ["info", 'a\nb\x1b[2J\x7f\x85 "{text}" é'],
  ]);
  for (const { time } of objects) assert(Math.abs(Date.parse(time) - Date.now()) < 60_000, time);
  assertMatch(
    lines[4],
    /^\{"time":"[^"]+","level":"info","message":"a\\nb\\u001b\[2J\\u007f\\u0085 .*é"\}\n$/,
  );
});

Deno.test("the address of a client is told only on request", () => {
  const act = () => log.client("192.0.2.7", "took a full scrape");
  assertEquals(linesAt("info", act), ["info  a client took a full scrape\n"]);
  const [line] = linesOf({ logLevel: "info", logAddresses: true }, act);
  assertEquals(line.replace(TIME, ""), "info  the client 192.0.2.7 took a full scrape\n");
});

Deno.test("the same warning or client is told once in a while; errors and what the tracker does, each time", () => {
  const lines = linesAt("info", () => {
    for (let i = 0; i < 3; i++) {
      logAll();
      log.warning(`three ${i}`);
      log.client(`192.0.2.${i}`, "came");
    }
  });
  assertEquals(lines, [
    ...["info  two\n", "warning three\n", "error four\n", "warning three 0\n", "info  a client came\n"],
    ...["info  two\n", "error four\n", "warning three 1\n"],
    ...["info  two\n", "error four\n", "warning three 2\n"],
  ]);
});

Deno.test("lines go to standard error, none is lost at Deno.exit, and what was left out is counted", async () => {
  using folder = new TempFolder();
  const { code, stdout, log } = await runProgram(
    folder.file("stderr"),
    `setupLog({ logLevel: "info" });
     for (let i = 0; i < 2000; i++) log.info("line " + i);
     for (let i = 0; i < 5; i++) log.warning("bad\\n");
     Deno.exit(7);`,
  );
  assertEquals(log.trimEnd().split("\n").map((line) => line.replace(TIME, "")), [
    ...Array.from({ length: 2000 }, (_, i) => `info  line ${i}`),
    "warning bad\\n",
    "warning bad\\n (and 4 more of these)",
  ]);
  assertEquals([code, stdout], [7, ""]);
});

const LOG_ALL = `log.debug("one"); log.info("two"); log.warning("three"); log.error("four");`;

for (const logFormat of ["text", "json"] as const) {
  testWith([GLIBC], `lines for the journal begin with their priority (${logFormat})`, async () => {
    using folder = new TempFolder();
    const stderr = folder.file("stderr");
    await Deno.writeTextFile(stderr, "");
    const { dev, ino } = Deno.statSync(stderr);
    const program = `setupLog({ logLevel: "debug", logFormat: "${logFormat}" }); ${LOG_ALL}`;
    const journaled = await runProgram(stderr, program, { JOURNAL_STREAM: `${dev}:${ino}` });
    const lines = journaled.log.replace(/"time":"[^"]+",/g, "");
    assertEquals(
      lines,
      logFormat === "text"
        ? "<7>debug one\n<6>info  two\n<4>warning three\n<3>error four\n"
        : '<7>{"level":"debug","message":"one"}\n<6>{"level":"info","message":"two"}\n' +
          '<4>{"level":"warning","message":"three"}\n<3>{"level":"error","message":"four"}\n',
    );
  });
}

testWith([GLIBC], "another file than the journal's gets the time", async () => {
  using folder = new TempFolder();
  const { dev, ino } = Deno.statSync(folder.path);
  const program = `setupLog({ logLevel: "error" }); ${LOG_ALL}`;
  const { log } = await runProgram(folder.file("stderr"), program, { JOURNAL_STREAM: `${dev}:${ino}` });
  assertMatch(log, TIME);
  assertEquals(log.replace(TIME, ""), "error four\n");
});
