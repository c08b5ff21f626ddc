// `tracker top` in a terminal: what it draws, its keys, and that it leaves the terminal as it was.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { program, PYTHON } from "../clients/programs.ts";
import { sourceProgram } from "../harness.ts";
import { Process } from "../process.ts";
import { testWith } from "../requirements.ts";
import { Stub } from "./stub.ts";

const DRIVER = new URL("drive.py", import.meta.url).pathname;
const NEEDS = [program("python3")];
const SIGINT = 2, SIGHUP = 1, SIGQUIT = 3, SIGTERM = 15;
const OPENED = "\x1b[?1049h\x1b[?25l";
const CLOSED = "\x1b[?25h\x1b[?1049l";

/** What the user does, and waits for. */
type Step = ["size", number, number] | ["expect", string] | ["type", string] | ["signal", number];

interface Session {
  output: string;
  code: number;
  changed: boolean;
  restored: boolean;
}

async function drive(steps: Step[], args: string[], env: Record<string, string> = {}): Promise<Session> {
  const { command, args: first, cwd } = sourceProgram();
  const line = [DRIVER, JSON.stringify(steps), command, ...first, "top", ...args];
  const variables = { ...Deno.env.toObject(), TERM: "xterm", NO_COLOR: "", ...env };
  await using process = new Process(PYTHON, line, { cwd, env: variables });
  assertEquals(await process.end(), 0, process.log);
  return JSON.parse(process.log);
}

/** The last frame that was drawn, as lines without colours. */
function lastFrame({ output }: Session): string[] {
  const frame = output.slice(output.lastIndexOf("\x1b[H"), output.lastIndexOf(CLOSED));
  // deno-lint-ignore no-control-regex
  return frame.replace(/\x1b\[[\d;]*[HKJm]/g, "").split(/\r+\n/);
}

testWith(NEEDS, "tracker top draws, again and again, until q is typed", async () => {
  await using stub = new Stub();
  const steps: Step[] = [["expect", "the last 2 s"], ["type", "x"], ["expect", "the last 4 s"], [
    "type",
    "q",
  ]];
  const session = await drive(steps, ["--interval", "1", `http://${stub.host}`]);
  assertEquals([session.code, session.changed, session.restored], [0, true, true]);
  const frame = lastFrame(session);
  assertEquals(frame[0], `tracker 0.1.0 at ${stub.host}  well, up 2 h 3 min, processor 0.0 %`);
  assertMatch(frame[3], /^UDP announces +777 +406 +366 {2}█{4,}$/);
  assertEquals(frame.length, 24);
  assert(frame.every((line) => line.length <= 80), frame.join("\n"));
  assert(session.output.includes(OPENED) && session.output.endsWith(CLOSED));
  assert(session.output.includes("\x1b[32mwell\x1b[0m"));
});

testWith(NEEDS, "tracker top fits the terminal when that gets another size", async () => {
  await using stub = new Stub();
  const steps: Step[] = [
    ["expect", "Threads"],
    ["size", 6, 30],
    ["expect", "A second"],
    ["size", 60, 200],
    ["expect", "00000010"],
    ["size", 5, 20],
    ["expect", "UDP announces"],
    ["type", "q"],
  ];
  // It is asked so seldom that only the new size can be the reason to draw.
  const session = await drive(steps, ["--interval", "1h", `http://${stub.host}`]);
  assertEquals([session.code, session.restored], [0, true]);
  const frame = lastFrame(session);
  assertEquals(frame.length, 5);
  assert(frame.every((line) => line.length <= 20), frame.join("\n"));
});

testWith(NEEDS, "tracker top takes a terminal that does not know its size for a usual one", async () => {
  await using stub = new Stub();
  const steps: Step[] = [["expect", "Threads"], ["size", 0, 0], ["expect", "Threads"], ["type", "q"]];
  const session = await drive(steps, ["--interval", "1h", `http://${stub.host}`]);
  assertEquals([session.code, lastFrame(session).length], [0, 24]);
});

for (
  const [name, end] of [
    ["Ctrl-C", ["type", "\x03"]],
    ["SIGINT", ["signal", SIGINT]],
    ["SIGTERM", ["signal", SIGTERM]],
    ["SIGHUP", ["signal", SIGHUP]],
    ["SIGQUIT", ["signal", SIGQUIT]],
  ] as [string, Step][]
) {
  testWith(NEEDS, `tracker top gives the terminal back on ${name}`, async () => {
    await using stub = new Stub();
    const session = await drive([["expect", "Threads"], end], ["--interval", "1h", `http://${stub.host}`]);
    assertEquals([session.code, session.changed, session.restored], [0, true, true]);
    assert(session.output.endsWith(CLOSED));
  });
}

testWith(NEEDS, "tracker top goes on trying while there is no answer", async () => {
  await using stub = new Stub();
  let asked = 0;
  stub.answer = () => {
    if (++asked === 2) stub.answer = null;
    return new Response(null, { status: 503 });
  };
  const steps: Step[] = [
    ["expect", "has no statistics yet"],
    ["expect", "It is asked again every 1 s."],
    ["expect", "Threads"],
    ["type", "q"],
  ];
  const session = await drive(steps, ["--interval", "1", `http://${stub.host}`]);
  assertEquals(session.code, 0);
  assertMatch(lastFrame(session)[0], /^tracker 0\.1\.0 at/);
});

testWith(NEEDS, "tracker top has no colours where they are not wanted", async () => {
  await using stub = new Stub();
  const steps: Step[] = [["expect", "Threads"], ["type", "q"]];
  const { output } = await drive(steps, [`http://${stub.host}`], { NO_COLOR: "1" });
  assert(output.includes(`tracker 0.1.0 at ${stub.host}  well`));
});

testWith(
  NEEDS,
  "tracker top takes over no terminal that knows no sequences, and none for --once",
  async () => {
    await using stub = new Stub();
    const url = `http://${stub.host}`;
    const once = await drive([["expect", "Threads"]], ["--once", url]);
    assertEquals([once.code, once.output.includes("\x1b[?1049h")], [0, false]);
    const dumb = await drive([["expect", "Threads"], ["signal", SIGINT]], [url], { TERM: "dumb" });
    assertEquals([dumb.code, dumb.output.includes("\x1b[?1049h")], [-SIGINT, false]);
  },
);
