/** `tracker top`: what a running tracker does, live in a terminal. @module */

import { VERSION } from "../config/mod.ts";
import { frame } from "./frame.ts";
import { lineText } from "./line.ts";
import { parseTop, type TopOptions } from "./options.ts";
import { Screen, writeAll } from "./screen.ts";
import { topHelpText } from "./settings.ts";
import { Watch } from "./watch.ts";

const EXIT_NO_ANSWER = 1;
/** The size of what is printed where there is no terminal. */
const PRINTED_COLUMNS = 100;
const PRINTED_ROWS = 40;
const LOOPBACK = /^(localhost|127\.[\d.]+|\[::1\])$/;

/**
 * Runs what follows `tracker top`, with the variables of `environment`, until it is ended or, for --once, the tracker has
 * answered. Returns the exit code. Throws a ConfigError for anything that is not allowed.
 */
export async function runTop(args: string[], environment: Record<string, string>): Promise<number> {
  const options = parseTop(args);
  if (options.kind === "help") {
    console.log(topHelpText().trimEnd());
    return 0;
  }
  if (options.kind === "version") {
    console.log(`tracker ${VERSION}`);
    return 0;
  }
  // A proxy that the environment names has no way to this machine's loopback.
  const { hostname } = options.place.stats;
  if (LOOPBACK.test(hostname)) Deno.env.set("NO_PROXY", hostname.replace(/^\[|\]$/g, ""));
  const watch = new Watch(options);
  if (options.isOnce) return await printOnce(watch);
  if (!Deno.stdout.isTerminal() || environment.TERM === "dumb") return await print(watch, options);
  return await show(watch, options, (environment.NO_COLOR ?? "") === "");
}

/** Draws until the user, or a signal, ends it. */
async function show(watch: Watch, { intervalMs }: TopOptions, hasColours: boolean): Promise<number> {
  const quitting = new AbortController();
  const draw = () => screen.draw(frame(watch.view, screen.columns));
  const screen = new Screen(hasColours, { quit: () => quitting.abort(), resize: draw });
  try {
    draw();
    while (!quitting.signal.aborted) {
      await watch.ask(quitting.signal);
      if (!quitting.signal.aborted) draw();
      await pause(intervalMs, quitting.signal);
    }
  } finally {
    screen.close();
  }
  return 0;
}

/** Prints until nobody reads it any more. */
async function print(watch: Watch, { intervalMs }: TopOptions): Promise<number> {
  const { signal } = new AbortController();
  try {
    while (true) {
      await watch.ask(signal);
      writeAll(`${printed(watch)}\n\n`);
      await pause(intervalMs, signal);
    }
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return 0;
    throw error;
  }
}

async function printOnce(watch: Watch): Promise<number> {
  await watch.ask(new AbortController().signal);
  if (watch.view.problem === null) {
    console.log(printed(watch));
    return 0;
  }
  console.error(printed(watch));
  return EXIT_NO_ANSWER;
}

function printed({ view }: Watch): string {
  const lines = frame(view, PRINTED_COLUMNS).slice(0, PRINTED_ROWS);
  return lines.map((line) => lineText(line, Infinity, false)).join("\n");
}

/** Resolves after that time, or when `signal` is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
