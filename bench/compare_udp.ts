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
import type { LoadResult } from "../src/load/mod.ts";
import { canPin, findContestants, OPENTRACKER, PINNED, UNPINNED } from "./contestants.ts";
import { isSmall } from "./data.ts";
import { populationOf, runLoader } from "./loader.ts";
import { formatTable, median, medianOf, ratio, runRounds, type Runs } from "./rounds.ts";

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
    const all = await runRounds(
      contestants,
      valueOf(SETTINGS.rounds, given),
      (server) => runLoader(pinning, loaderArgs, server),
      (result) => `${result.server?.cpu_us_per_answer} µs an answer, ${result.requests_per_s} requests/s`,
    );
    console.log(table(all));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
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
  "of it late",
  "at server",
  "fill MB",
];

/** The medians, a line for each contestant. */
function table(all: Runs<LoadResult>[]): string {
  const cpuOf = ({ server }: LoadResult) => server?.cpu_us_per_answer ?? NaN;
  const floor = medianOf(all, "floor", cpuOf);
  const opentracker = medianOf(all, OPENTRACKER, cpuOf);
  const rows = all.map((runs) => [
    runs.name,
    median(runs, (result) => result.requests_per_s).toFixed(0),
    median(runs, ({ server }) => server?.user_us_per_answer ?? NaN).toFixed(2),
    median(runs, ({ server }) => server?.system_us_per_answer ?? NaN).toFixed(2),
    median(runs, cpuOf).toFixed(2),
    ratio(median(runs, cpuOf), floor),
    ratio(median(runs, cpuOf), opentracker),
    median(runs, ({ lost, fill }) => lost + (fill?.lost ?? 0)).toFixed(0),
    median(runs, (result) => result.peers_per_answer).toFixed(1),
    median(runs, (result) => result.latency_us.p99).toFixed(0),
    median(runs, (result) => result.delay_us.p99).toFixed(0),
    orDash(median(runs, ({ server_latency_us: latency }) => latency?.p99 ?? NaN)),
    median(runs, ({ server }) => ((server?.rss_after_fill ?? NaN) - (server?.rss_before_fill ?? NaN)) / 1e6)
      .toFixed(1),
  ]);
  return formatTable([HEADINGS, ...rows]);
}

/** Whole microseconds, or a dash where nothing was measured. */
function orDash(us: number): string {
  return Number.isNaN(us) ? "-" : us.toFixed(0);
}

if (import.meta.main) await main();
