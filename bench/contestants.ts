/**
 * Trackers to be compared, each started on a port of 127.0.0.1 that was free.
 *
 * @module
 */

import { type PopulationOptions, readResidentBytes, writeHashes } from "../src/load/mod.ts";
import { openLibc } from "../src/os/mod.ts";

const ROOT = new URL("../", import.meta.url);
/** The tracker as it is compiled, made by `deno task bundle`. */
const PROGRAM = "build/main.ts";
const RUN = [Deno.execPath(), "run", "--allow-all"];
/** The floor responder's name as a contestant. */
export const FLOOR = "floor";
/** The name of Debian's opentracker, as a program and as a contestant. */
export const OPENTRACKER = "opentracker";
const TASKSET = "taskset";

/** For how long the memory of a server that has started does not change. */
const STEADY_MS = 500;
/** How often it is looked at. */
const LOOK_MS = 50;

/** A tracker that can be started. */
export interface Contestant {
  name: string;
  start(): Promise<Server>;
}

/** A running tracker. Disposing it ends its process. */
export interface Server extends AsyncDisposable {
  pid: number;
  port: number;
}

/** How servers and loader are kept apart: a command that is put before another to pin it to a core. */
export interface Pinning {
  server: string[];
  loader: string[];
}

const UNPINNED: Pinning = { server: [], loader: [] };
/** Server on the first core, loader on the second. */
const PINNED: Pinning = { server: [TASKSET, "-c", "0"], loader: [TASKSET, "-c", "1"] };

/** How they are kept apart: on a core each where that is wanted and can be had. */
export function choosePinning(isWanted: boolean): Pinning {
  return isWanted && navigator.hardwareConcurrency > 1 && isInstalled(TASKSET) ? PINNED : UNPINNED;
}

/** The responder that every UDP tracker is compared to. */
export function floor(pinning: Pinning): Contestant {
  const command = [...pinning.server, ...RUN, "bench/floor.ts"];
  return { name: FLOOR, start: () => startReporting(command, /^(\d+)\n/) };
}

/** This tracker with workers for UDP and nothing else, and these options. */
export function udpTracker(pinning: Pinning, name: string, options: string[], workers = 1): Contestant {
  const listen = ["--udp", "127.0.0.1:0", "--udp-workers", String(workers)];
  return { name, start: () => startReporting([...trackerCommand(pinning), ...listen, ...options], READY) };
}

const READY = /ready udp=127\.0\.0\.1:(\d+) /;

/** This tracker with one worker for UDP and HTTP each, on one port, and these options. */
export function startTracker(pinning: Pinning, options: string[]): Promise<Server> {
  const listen = ["--listen", `127.0.0.1:${freePort()}`, "--udp-workers", "1", "--http-workers", "1"];
  return startReporting([...trackerCommand(pinning), ...listen, ...options], READY);
}

function trackerCommand(pinning: Pinning): string[] {
  return [...pinning.server, ...RUN, PROGRAM, "--allow-root"];
}

/**
 * opentracker for UDP and HTTP on one port, where it is installed. Debian's build serves the torrents of a whitelist
 * only. Started by root, it confines itself to the folder.
 */
export async function findOpentracker(
  pinning: Pinning,
  folder: string,
  population: PopulationOptions,
): Promise<Contestant[]> {
  if (!isInstalled(OPENTRACKER)) {
    console.error("opentracker is not installed (Debian has it in the package opentracker): it is left out");
    return [];
  }
  const whitelist = "whitelist.txt";
  await writeHashes(`${folder}/${whitelist}`, population);
  await Deno.chmod(folder, 0o755);
  return [{
    name: OPENTRACKER,
    start: async () => {
      const port = freePort();
      const address = ["-i", "127.0.0.1", "-p", String(port), "-P", String(port)];
      const command = [...pinning.server, OPENTRACKER, ...address, "-d", folder, "-w", whitelist];
      const child = spawn(command, folder, "null");
      // It reads and sorts the whitelist, and does not say when it is done.
      await untilSteady(child.pid);
      return serverOf(child, port);
    },
  }];
}

/** Waits until a process takes no more or less memory. Throws when it has ended. */
async function untilSteady(pid: number): Promise<void> {
  const { libc, reason } = openLibc();
  if (libc === null) throw new Error(`Cannot look at memory: ${reason}`);
  let before = NaN;
  for (let steadyMs = 0; steadyMs < STEADY_MS; steadyMs += LOOK_MS) {
    const now = readResidentBytes(libc, pid);
    if (now !== before) steadyMs = 0;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Starts a server that says its port, which `pattern` finds in what it writes. */
async function startReporting(command: string[], pattern: RegExp): Promise<Server> {
  const child = spawn(command, ROOT, "piped");
  const ports = await Promise.any([findPort(child.stdout, pattern), findPort(child.stderr, pattern)]);
  return serverOf(child, ports);
}

/** Reads until the port is found, and what comes later too, so that the server never waits for a reader. */
function findPort(stream: ReadableStream<Uint8Array<ArrayBuffer>>, pattern: RegExp): Promise<number> {
  return new Promise((resolve, reject) => {
    let log = "";
    stream.pipeThrough(new TextDecoderStream()).pipeTo(
      new WritableStream({
        write(text) {
          log += text;
          const match = pattern.exec(log);
          if (match !== null) resolve(Number(match[1]));
        },
      }),
    ).then(() => reject(new Error(`The server did not start: ${log}`)), reject);
  });
}

function spawn(command: string[], cwd: string | URL, output: "piped" | "null"): Deno.ChildProcess {
  const [program, ...args] = command;
  // Variables of the tracker's are not for those that are compared.
  const env = Object.fromEntries(
    Object.entries(Deno.env.toObject()).filter(([name]) => !name.startsWith("TRACKER_")),
  );
  const options = { args, cwd, env, clearEnv: true, stdin: "null", stdout: output, stderr: output } as const;
  return new Deno.Command(program, options).spawn();
}

function serverOf(child: Deno.ChildProcess, port: number): Server {
  let hasEnded = false;
  const ended = child.status.then(() => hasEnded = true);
  return {
    pid: child.pid,
    port,
    async [Symbol.asyncDispose]() {
      // One that ended by itself was noticed by what was measured, which is to be heard of.
      if (!hasEnded) child.kill("SIGTERM");
      await ended;
    },
  };
}

/** A port that nothing used just now, neither for TCP nor for UDP. */
function freePort(): number {
  while (true) {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    try {
      const { port } = listener.addr as Deno.NetAddr;
      Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    } finally {
      listener.close();
    }
  }
}

/** Whether the program is in the path. */
export function isInstalled(program: string): boolean {
  try {
    return new Deno.Command("which", { args: [program], stdout: "null", stderr: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
}
