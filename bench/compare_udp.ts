/**
 * Compares UDP trackers side by side, in alternating rounds on one machine: the floor responder, this tracker without
 * and with peer ids, and Debian's opentracker where it is installed. Each round starts every server anew, fills it
 * with peers and measures what it uses to answer; the table has the medians of the rounds.
 *
 * Run as `deno task compare:udp [OPTIONS] [-- OPTIONS OF THE LOADER]`.
 *
 * @module
 */

import { count, duration, readArguments, type Setting, toggle, valueOf } from "../src/config/mod.ts";
import type { LoadResult, PopulationOptions } from "../src/load/mod.ts";
import { parseLoad } from "../src/load/mod.ts";
import { isSmall } from "./data.ts";
import { canPin, type Contestant, findContestants, PINNED, type Pinning, UNPINNED } from "./contestants.ts";

const GROUP = "Options";
const SETTINGS = {
  rounds: count(
    { name: "rounds", group: GROUP, metavar: "COUNT", default: isSmall ? "1" : "3", help: "Rounds." },
    1,
    1000,
  ),
  torrents: count(
    { name: "torrents", group: GROUP, metavar: "COUNT", default: isSmall ? "1k" : "100k", help: "Torrents." },
    1,
    10_000_000,
  ),
  peers: count(
    {
      name: "peers",
      group: GROUP,
      metavar: "COUNT",
      default: isSmall ? "45k" : "4500k",
      help: "Peers filled.",
    },
    1,
    100_000_000,
  ),
  duration: duration(
    {
      name: "duration",
      group: GROUP,
      metavar: "SECONDS",
      default: isSmall ? "2" : "10",
      help: "Measured time.",
    },
    1,
    3600,
  ),
  pin: toggle({ name: "pin", group: GROUP, default: "true", help: "Server and loader on a core each." }),
};

/** The window that no contestant's receive buffer overflows with: opentracker takes the system's default of 208 KiB. */
const WINDOW = "128";
/** Gives about 47 peers an answer, with 45 peers in each torrent on average. */
const SKEW = "1.2";

/** What one contestant's runs came to, in the order of the rounds. */
interface Runs {
  name: string;
  results: LoadResult[];
}

async function main(): Promise<void> {
  const end = Deno.args.includes("--") ? Deno.args.indexOf("--") : Deno.args.length;
  const settings: Setting<unknown>[] = Object.values(SETTINGS);
  const given = readArguments(Deno.args.slice(0, end), settings);
  if (typeof given === "string") {
    console.log(`Options: ${settings.map(({ name, metavar }) => `--${name} ${metavar}`.trim()).join(", ")}`);
    return;
  }
  const loaderArgs = [
    ...[
      "--torrents",
      `${valueOf(SETTINGS.torrents, given)}`,
      "--duration",
      `${valueOf(SETTINGS.duration, given)}`,
    ],
    ...["--peers", `${valueOf(SETTINGS.peers, given)}`, "--fill", `${valueOf(SETTINGS.peers, given)}`],
    ...Deno.args.slice(end + 1),
  ];
  if (!loaderArgs.includes("--window")) loaderArgs.push("--window", WINDOW);
  if (!loaderArgs.includes("--skew")) loaderArgs.push("--skew", SKEW);
  const pinning = valueOf(SETTINGS.pin, given) && canPin() ? PINNED : UNPINNED;
  const folder = await Deno.makeTempDir({ prefix: "compare_udp_" });
  try {
    const contestants = await findContestants(pinning, folder, populationOf(loaderArgs));
    const all = await runRounds(contestants, pinning, loaderArgs, valueOf(SETTINGS.rounds, given));
    console.log(table(all));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function populationOf(loaderArgs: string[]): PopulationOptions {
  const command = parseLoad([...loaderArgs, "udp://127.0.0.1:1"]);
  if (command.kind !== "load") throw new Error(`The loader's options ask for its ${command.kind}`);
  return command.population;
}

/** Every contestant once a round; each round begins with another, so that none always has the machine at its best. */
async function runRounds(
  contestants: Contestant[],
  pinning: Pinning,
  loaderArgs: string[],
  rounds: number,
): Promise<Runs[]> {
  const all = contestants.map(({ name }): Runs => ({ name, results: [] }));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const index = (round + turn) % contestants.length;
      const { name } = contestants[index];
      await using server = await contestants[index].start();
      const result = await load(pinning, loaderArgs, server.port, server.pid);
      all[index].results.push(result);
      const usage = result.server?.cpu_us_per_answer;
      console.error(
        `round ${round + 1}: ${name}: ${usage} µs an answer, ${result.requests_per_s} requests/s`,
      );
    }
  }
  return all;
}

/** Runs the loader as a program of its own, so that it can be pinned and shares nothing with this one. */
async function load(pinning: Pinning, args: string[], port: number, pid: number): Promise<LoadResult> {
  const loader = [Deno.execPath(), "run", "--allow-read", "--allow-write", "--allow-ffi", "main.ts", "load"];
  const target = `udp://127.0.0.1:${port}`;
  const [program, ...rest] = [...pinning.loader, ...loader, ...args, "--json", "--pid", `${pid}`, target];
  const command = new Deno.Command(program, {
    args: rest,
    cwd: new URL("../", import.meta.url),
    stderr: "inherit",
  });
  const { success, stdout } = await command.output();
  if (!success) throw new Error("The loader failed");
  return JSON.parse(new TextDecoder().decode(stdout));
}

const HEADINGS = [
  "",
  "requests/s",
  "user µs",
  "system µs",
  "CPU µs",
  "× floor",
  "× opentracker",
  "lost",
  "peers/answer",
  "p99 µs",
  "fill MB",
];

/** The medians, a line for each contestant. */
function table(all: Runs[]): string {
  const cpuOf = (runs: Runs) => median(runs, ({ server }) => server?.cpu_us_per_answer ?? NaN);
  const cpuOfName = (wanted: string) => {
    const runs = all.find(({ name }) => name === wanted);
    return runs === undefined ? NaN : cpuOf(runs);
  };
  const floor = cpuOfName("floor");
  const opentracker = cpuOfName("opentracker");
  const rows = all.map((runs) => [
    runs.name,
    median(runs, (result) => result.requests_per_s).toFixed(0),
    median(runs, ({ server }) => server?.user_us_per_answer ?? NaN).toFixed(2),
    median(runs, ({ server }) => server?.system_us_per_answer ?? NaN).toFixed(2),
    cpuOf(runs).toFixed(2),
    ratio(cpuOf(runs), floor),
    ratio(cpuOf(runs), opentracker),
    median(runs, ({ lost, fill }) => lost + (fill?.lost ?? 0)).toFixed(0),
    median(runs, (result) => result.peers_per_answer).toFixed(1),
    median(runs, (result) => result.latency_us.p99).toFixed(0),
    median(runs, ({ server }) => ((server?.rss_after_fill ?? NaN) - (server?.rss_before_fill ?? NaN)) / 1e6)
      .toFixed(1),
  ]);
  const lines = [HEADINGS, ...rows];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines.map((line) =>
    line.map((cell, column) => column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])).join(
      "  ",
    )
  ).join("\n");
}

function median({ results }: Runs, valueOf: (result: LoadResult) => number): number {
  const values = results.map(valueOf).sort((a, b) => a - b);
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

function ratio(value: number, base: number): string {
  return Number.isNaN(base) ? "-" : (value / base).toFixed(2);
}

if (import.meta.main) await main();
