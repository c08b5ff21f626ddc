// Starting the tracker the way a person does, and meeting it only through its addresses, its log and its signals.
import { Process } from "./process.ts";

/** Where a socket of the tracker is open; an IPv6 hostname has no brackets. */
export interface Endpoint {
  hostname: string;
  port: number;
}

/** How a tracker is started: the command, the arguments that come before the tracker's own, and the folder it runs in. */
export interface Program {
  command: string;
  args: string[];
  cwd: string | URL;
  /** Variables of its environment beside those of the test's. */
  env?: Record<string, string>;
}

/** The program as another command starts it, which takes it and its arguments as its own last ones. */
export function startedBy([first, ...rest]: string[], { command, args, ...others }: Program): Program {
  return { ...others, command: first, args: [...rest, command, ...args] };
}

/** What a run of the program that has ended left behind. */
export interface Outcome {
  code: number;
  log: string;
}

/** Small enough for many tests at once, and no fixed port: for tests that have no wish of their own. */
export const TEST_ARGS = ["--listen", "127.0.0.1:0", "--udp-workers", "2"];

const ROOT = new URL("../", import.meta.url);
const ALLOW_ROOT = "TRACKER_ALLOW_ROOT=true";

/** The program from its source, with the permissions that the `start` task of deno.json grants and no others. */
export function sourceProgram(): Program {
  const { tasks } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));
  const [variable, deno, ...args]: string[] = tasks.start.split(" ");
  if (variable !== ALLOW_ROOT || deno !== "deno" || args.at(-1) !== "main.ts") {
    throw new Error(`The start task is not "${ALLOW_ROOT} deno run ... main.ts": ${tasks.start}`);
  }
  return { command: Deno.execPath(), args, cwd: ROOT };
}

/** A compiled executable as a program, run where none of its source files are. */
export function executableProgram(path: string): Program {
  return { command: Deno.realPathSync(path), args: [], cwd: "/" };
}

/** Starts a tracker and returns once it has logged its ready line; one that ends before fails with its log. */
export async function startTracker(args = TEST_ARGS, program = sourceProgram()): Promise<Tracker> {
  const tracker = new Tracker(args, program);
  try {
    const [, udp, http, https, stats = "-"] = await tracker.waitForLog(
      /ready udp=(\S+) http=(\S+) https=(\S+)(?: stats=(\S+))?\n/,
    );
    tracker.udp = parseEndpoints(udp);
    tracker.http = parseEndpoints(http);
    tracker.https = parseEndpoints(https);
    tracker.stats = parseEndpoints(stats);
    tracker.unix = [...parseUnixPaths(http), ...parseUnixPaths(stats)];
    return tracker;
  } catch (error) {
    await tracker.kill();
    throw error;
  }
}

/** Runs the program to its own end, for runs that must refuse to start; one that goes on is killed and fails. */
export async function runToEnd(args: string[], program = sourceProgram()): Promise<Outcome> {
  await using tracker = new Tracker(args, program);
  const code = await tracker.end();
  return { code, log: tracker.log };
}

/** A running tracker; disposing it ends the process. */
export class Tracker extends Process {
  /** The open sockets in the order of the ready line; empty until that line came. */
  udp: Endpoint[] = [];
  http: Endpoint[] = [];
  https: Endpoint[] = [];
  /** Those that serve statistics alone. */
  stats: Endpoint[] = [];
  /** The paths of the Unix-domain sockets that serve HTTP. */
  unix: string[] = [];

  constructor(args: string[], program: Program) {
    super(program.command, [...program.args, ...args], {
      cwd: program.cwd,
      env: { ...environment(), ...program.env },
    });
  }
}

/**
 * This process' environment without the tracker's settings, which would change what a test starts; but root may run the
 * tests.
 */
function environment(): Record<string, string> {
  const others = Object.entries(Deno.env.toObject()).filter(([name]) => !name.startsWith("TRACKER_"));
  return Object.fromEntries([...others, ALLOW_ROOT.split("=")]);
}

const UNIX = "unix:";

/** The addresses in one part of the ready line: `127.0.0.1:6969,[::1]:6969,unix:/run/http.sock`, or `-` for none. */
function parseEndpoints(text: string): Endpoint[] {
  if (text === "-") return [];
  return text.split(",").filter((part) => !part.startsWith(UNIX)).map((part) => {
    const colon = part.lastIndexOf(":");
    return {
      hostname: part.slice(0, colon).replace(/^\[(.*)\]$/, "$1"),
      port: Number(part.slice(colon + 1)),
    };
  });
}

/** The paths in one part of the ready line. */
function parseUnixPaths(text: string): string[] {
  return text.split(",").filter((part) => part.startsWith(UNIX)).map((part) => part.slice(UNIX.length));
}

/** The address that reaches a socket listening on `[::]` by the family of the given loopback address. */
export function reachedAs(hostname: "127.0.0.1" | "::1", endpoint: Endpoint): Endpoint {
  return { hostname, port: endpoint.port };
}

/** A folder of its own for one test, removed with all its files at the end. */
export class TempFolder implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "tracker-test-" });

  /** The path of a file in the folder, which need not exist. */
  file(name: string): string {
    return `${this.path}/${name}`;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
