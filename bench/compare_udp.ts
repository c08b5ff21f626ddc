/**
 * Compares UDP trackers side by side, in alternating rounds on one machine: the floor responder, this tracker without
 * and with peer ids, and Debian's opentracker where it is installed. Each round starts every server anew, fills it
 * with peers and measures what it uses to answer; the table has the medians of the rounds. Where the server is not
 * pinned to a core, this tracker takes part with two workers too, so that what they lose by each other shows beside one;
 * it has no real-time threads then.
 *
 * Run as `deno task compare:udp [OPTIONS] [-- OPTIONS OF THE LOADER]`. Options that both have, such as --torrents, are the
 * comparison's.
 *
 * @module
 */

import { readArguments, valueOf } from "../src/config/mod.ts";
import type { LoadResult } from "../src/load/mod.ts";
import { choosePinning, findOpentracker, FLOOR, floor, OPENTRACKER, udpTracker } from "./contestants.ts";
import { populationOf, runLoader } from "./loader.ts";
import { formatTable, median, medianOf, orDash, ratio, runRounds, type Runs } from "./rounds.ts";
import { helpLine, WINDOW } from "./settings.ts";
import { withTempFolder } from "./temp_folder.ts";
import { SETTINGS, SKEW } from "./udp_settings.ts";

/** Real-time threads on all cores would leave the loader too little of one: they would wait for it, and answer few at once. */
const SHARING = ["--no-udp-realtime"];

async function main(): Promise<void> {
  const end = Deno.args.includes("--") ? Deno.args.indexOf("--") : Deno.args.length;
  const given = readArguments(Deno.args.slice(0, end), Object.values(SETTINGS));
  if (typeof given === "string") {
    console.log(helpLine(Object.values(SETTINGS)));
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
  const isGiven = (name: string) => loaderArgs.some((arg) => arg === name || arg.startsWith(`${name}=`));
  if (!isGiven("--window")) loaderArgs.push("--window", WINDOW);
  if (!isGiven("--skew")) loaderArgs.push("--skew", SKEW);
  const pinning = choosePinning(valueOf(SETTINGS.pin, given));
  const isPinned = pinning.server.length > 0;
  const sharing = isPinned ? [] : SHARING;
  await withTempFolder("compare_udp", async (folder) => {
    const contestants = [
      floor(pinning),
      udpTracker(pinning, "tracker", ["--no-peer-ids", ...sharing]),
      udpTracker(pinning, "tracker, peer ids", sharing),
      ...(isPinned ? [] : [udpTracker(pinning, "tracker, 2 workers", ["--no-peer-ids", ...sharing], 2)]),
      ...await findOpentracker(pinning, folder, populationOf(loaderArgs)),
    ];
    const all = await runRounds(
      contestants,
      valueOf(SETTINGS.rounds, given),
      (server) => runLoader(pinning, loaderArgs, server),
      (result) => `${result.server?.cpu_us_per_answer} µs an answer, ${result.requests_per_s} requests/s`,
    );
    console.log(table(all));
  });
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
  const floorUs = medianOf(all, FLOOR, cpuOf);
  const opentrackerUs = medianOf(all, OPENTRACKER, cpuOf);
  const rows = all.map((runs) => [
    runs.name,
    median(runs, (result) => result.requests_per_s).toFixed(0),
    median(runs, ({ server }) => server?.user_us_per_answer ?? NaN).toFixed(2),
    median(runs, ({ server }) => server?.system_us_per_answer ?? NaN).toFixed(2),
    median(runs, cpuOf).toFixed(2),
    ratio(median(runs, cpuOf), floorUs),
    ratio(median(runs, cpuOf), opentrackerUs),
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

if (import.meta.main) await main();
