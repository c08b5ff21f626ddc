/**
 * Compares how long UDP trackers take to answer at half of the load that saturates them: the floor responder, this
 * tracker with and without real-time threads, and Debian's opentracker where it is installed; this tracker also while it
 * dumps its state, one dump after the other. Each round starts every server anew, fills it with peers and finds its
 * saturation; the table has the medians of the rounds. Latencies are the server's own, without the loader's. The others
 * have no real-time threads: they compare with this tracker without.
 *
 * Run as `deno task compare:latency [OPTIONS]`.
 *
 * @module
 */

import { readArguments, valueOf } from "../src/config/mod.ts";
import type { LoadResult } from "../src/load/mod.ts";
import {
  choosePinning,
  type Contestant,
  findOpentracker,
  floor,
  type Pinning,
  type Server,
  udpTracker,
} from "./contestants.ts";
import { dumpDuring } from "./dumps.ts";
import { populationOf, runLoader } from "./loader.ts";
import { formatTable, median, orDash, runRounds, type Runs } from "./rounds.ts";
import { helpLine, WINDOW } from "./settings.ts";
import { withTempFolder } from "./temp_folder.ts";
import { SETTINGS, SKEW } from "./udp_settings.ts";

/** A contestant, and the file that it dumps to; null for one that is not to dump. */
interface LatencyContestant extends Contestant {
  odb: string | null;
}

interface LatencyResult {
  /** Requests a second as fast as it goes, by server and loader on a core each: the floor could answer more than are sent. */
  saturation: number;
  /** At half of that. */
  quiet: LoadResult;
  /** The same with dumps, and how many there were. */
  dumping: LoadResult | null;
  dumps: number;
}

/** A rule to save by that never holds. */
const NEVER = "86400:1000000000";

async function main(): Promise<void> {
  const given = readArguments(Deno.args, Object.values(SETTINGS));
  if (typeof given === "string") {
    console.log(helpLine(Object.values(SETTINGS)));
    return;
  }
  const pinning = choosePinning(valueOf(SETTINGS.pin, given));
  const peers = `${valueOf(SETTINGS.peers, given)}`;
  const load = [
    ...["--torrents", `${valueOf(SETTINGS.torrents, given)}`, "--peers", peers, "--skew", SKEW],
    ...["--duration", `${valueOf(SETTINGS.duration, given)}`],
  ];
  await withTempFolder("compare_latency", async (folder) => {
    const opentracker = await findOpentracker(pinning, folder, populationOf(load));
    const all = await runRounds(
      [
        { ...floor(pinning), odb: null },
        dumpingTracker(pinning, "tracker", `${folder}/realtime`, []),
        dumpingTracker(pinning, "tracker, not real-time", `${folder}/usual`, ["--no-udp-realtime"]),
        ...opentracker.map((contestant) => ({ ...contestant, odb: null })),
      ],
      valueOf(SETTINGS.rounds, given),
      (server, { odb }) => measure(pinning, load, ["--fill", peers, "--window", WINDOW], server, odb),
      ({ quiet, dumping }) => `99 % ${p99Of(quiet)} µs, with dumps ${p99Of(dumping)} µs`,
    );
    console.log(table(all));
  });
}

/** This tracker with a file in `folder` that it dumps to only when it is told to. Each round begins with an empty table. */
function dumpingTracker(
  pinning: Pinning,
  name: string,
  folder: string,
  options: string[],
): LatencyContestant {
  const odb = `${folder}/state.odb`;
  const state = ["--odb", odb, "--odb-save", NEVER];
  const contestant = udpTracker(pinning, name, ["--no-peer-ids", ...state, ...options]);
  const start = async () => {
    await Deno.mkdir(folder, { recursive: true });
    for await (const { name } of Deno.readDir(folder)) await Deno.remove(`${folder}/${name}`);
    return await contestant.start();
  };
  return { name, odb, start };
}

async function measure(
  pinning: Pinning,
  load: string[],
  fill: string[],
  server: Server,
  odb: string | null,
): Promise<LatencyResult> {
  const saturation = (await runLoader(pinning, [...load, ...fill], server)).requests_per_s;
  const half = [...load, "--rate", `${Math.floor(saturation / 2)}`];
  const quiet = await runLoader(pinning, half, server);
  if (odb === null) return { saturation, quiet, dumping: null, dumps: NaN };
  const { result: dumping, dumps } = await dumpDuring(server.pid, odb, runLoader(pinning, half, server));
  return { saturation, quiet, dumping, dumps };
}

/** The 99th percentile at the server in whole microseconds, or a dash where nothing was measured. */
function p99Of(result: LoadResult | null): string {
  return orDash(p99(result));
}

function p99(result: LoadResult | null): number {
  return result?.server_latency_us?.p99 ?? NaN;
}

const HEADINGS = [
  "",
  "saturation",
  "at half",
  "50 % µs",
  "99 % µs",
  "lost",
  "dumps",
  "50 % µs",
  "99 % µs",
  "lost",
];

/** The medians, a line for each contestant. */
function table(all: Runs<LatencyResult>[]): string {
  const rows = all.map((runs) => {
    const cell = (valueOf: (result: LatencyResult) => number) => orDash(median(runs, valueOf));
    const cells = (loadOf: (result: LatencyResult) => LoadResult | null) => [
      cell((result) => loadOf(result)?.server_latency_us?.p50 ?? NaN),
      cell((result) => p99(loadOf(result))),
      cell((result) => loadOf(result)?.lost ?? NaN),
    ];
    return [
      runs.name,
      cell(({ saturation }) => saturation),
      cell(({ quiet }) => quiet.requests_per_s),
      ...cells(({ quiet }) => quiet),
      cell(({ dumps }) => dumps),
      ...cells(({ dumping }) => dumping),
    ];
  });
  return formatTable([HEADINGS, ...rows]);
}

if (import.meta.main) await main();
