/**
 * Compares HTTP trackers side by side, in alternating rounds on one machine: this tracker by its two backends, with a
 * connection for each request and with connections kept alive, and Debian's opentracker where it is installed, which
 * keeps none. Each round starts every server anew, fills it with peers over UDP and measures what it uses to answer
 * announces of wrk; the table has the medians of the rounds.
 *
 * Run as `deno task compare:http [OPTIONS]`.
 *
 * @module
 */

import { count, readArguments, toggle, valueOf } from "../src/config/mod.ts";
import {
  choosePinning,
  type Contestant,
  findOpentracker,
  isInstalled,
  OPENTRACKER,
  type Pinning,
  type Server,
  startTracker,
} from "./contestants.ts";
import { type CpuTime, cpuTimeBetween, readCpuTime, writeHashes } from "../src/load/mod.ts";
import { type Libc, openLibc } from "../src/os/mod.ts";
import { isSmall } from "./data.ts";
import { populationOf, runLoader } from "./loader.ts";
import { formatTable, median, medianOf, ratio, runRounds, type Runs } from "./rounds.ts";
import { DURATION, GROUP, helpLine, ROUNDS, WINDOW } from "./settings.ts";
import { withTempFolder } from "./temp_folder.ts";

const SETTINGS = {
  rounds: ROUNDS,
  torrents: count(
    { name: "torrents", group: GROUP, metavar: "COUNT", default: isSmall ? "1k" : "10k", help: "Torrents." },
    1,
    1_000_000,
  ),
  peers: count(
    {
      name: "peers",
      group: GROUP,
      metavar: "COUNT",
      default: isSmall ? "45k" : "450k",
      help: "Peers filled.",
    },
    1,
    100_000_000,
  ),
  connections: count(
    { name: "connections", group: GROUP, metavar: "COUNT", default: "50", help: "Connections of wrk." },
    1,
    1000,
  ),
  duration: DURATION,
  pin: toggle({ name: "pin", group: GROUP, default: "true", help: "Server and wrk on a core each." }),
};

/** A contestant, and whether wrk keeps its connections to it. */
interface HttpContestant extends Contestant {
  keepAlive: boolean;
}

/** What announce.lua tells of a run of wrk. */
interface WrkResult {
  requests: number;
  seconds: number;
  /** Of the answers, heads too. */
  bytes: number;
  /** Connections that could not be had or used, and answers that were none. */
  errors: number;
  /** Connections that wrk would have used again, as opentracker closes them without a word. */
  closed: number;
  p99_us: number;
}

interface HttpResult extends WrkResult {
  server: CpuTime;
}

const WRK = "wrk";
/** All torrents have as many peers, as wrk asks for all of them alike. */
const SKEW = "0";

async function main(): Promise<void> {
  const given = readArguments(Deno.args, Object.values(SETTINGS));
  if (typeof given === "string") {
    console.log(helpLine(Object.values(SETTINGS)));
    return;
  }
  const { libc, reason } = openLibc();
  if (libc === null) throw new Error(`Cannot compare: ${reason}`);
  if (!isInstalled(WRK)) throw new Error("Cannot compare without wrk (Debian has it in the package wrk)");
  const pinning = choosePinning(valueOf(SETTINGS.pin, given));
  const fill = fillArgs(valueOf(SETTINGS.torrents, given), valueOf(SETTINGS.peers, given));
  await withTempFolder("compare_http", async (folder) => {
    const hashes = `${folder}/hashes.txt`;
    await writeHashes(hashes, populationOf(fill));
    const wrk = [
      ...[WRK, "--threads", "1", "--connections", `${valueOf(SETTINGS.connections, given)}`],
      ...["--duration", `${valueOf(SETTINGS.duration, given)}s`, "--script", "bench/announce.lua"],
    ];
    const all = await runRounds(
      await findHttpContestants(pinning, folder, fill),
      valueOf(SETTINGS.rounds, given),
      async (server, { keepAlive }) => {
        await runLoader(pinning, fill, server);
        return await measure(libc, server, [...pinning.loader, ...wrk, ...headers(keepAlive)], hashes);
      },
      (result) => `${cpuUs(result).toFixed(2)} µs a request, ${rate(result).toFixed(0)} requests/s`,
    );
    console.log(table(all));
  });
}

/** Fills, and does nearly nothing else. */
function fillArgs(torrents: number, peers: number): string[] {
  return [
    ...["--torrents", `${torrents}`, "--peers", `${peers}`, "--fill", `${peers}`],
    ...["--skew", SKEW, "--window", WINDOW, "--warmup", "0", "--duration", "1"],
  ];
}

function headers(keepAlive: boolean): string[] {
  return keepAlive ? [] : ["--header", "Connection: close"];
}

async function findHttpContestants(
  pinning: Pinning,
  folder: string,
  fill: string[],
): Promise<HttpContestant[]> {
  const ours = ["libc", "deno"].flatMap((backend) =>
    [false, true].map((keepAlive): HttpContestant => ({
      name: `${backend}, ${keepAlive ? "kept alive" : "one connection each"}`,
      keepAlive,
      start: () => startTracker(pinning, ["--http-backend", backend]),
    }))
  );
  const opentracker = await findOpentracker(pinning, folder, populationOf(fill));
  return [...ours, ...opentracker.map((contestant) => ({ ...contestant, keepAlive: false }))];
}

/** Runs wrk and returns what it got, and what the server used meanwhile. */
async function measure(
  libc: Libc,
  { port, pid }: Server,
  wrk: string[],
  hashes: string,
): Promise<HttpResult> {
  const [program, ...args] = [...wrk, `http://127.0.0.1:${port}`, "--", hashes];
  const before = readCpuTime(libc, pid);
  const command = new Deno.Command(program, {
    args,
    cwd: new URL("../", import.meta.url),
    stderr: "inherit",
  });
  const { success, stdout } = await command.output();
  const server = cpuTimeBetween(before, readCpuTime(libc, pid));
  const output = new TextDecoder().decode(stdout);
  const [json] = /^\{.*\}$/m.exec(output) ?? [];
  if (!success || json === undefined) throw new Error(`wrk failed:\n${output}`);
  const result: WrkResult = JSON.parse(json);
  return { ...result, server };
}

function cpuUs({ server, requests }: HttpResult): number {
  return (server.userUs + server.systemUs) / requests;
}

function rate({ requests, seconds }: HttpResult): number {
  return requests / seconds;
}

const HEADINGS = [
  "",
  "requests/s",
  "user µs",
  "system µs",
  "CPU µs",
  "× opentracker",
  "errors",
  "closed",
  "bytes/answer",
  "p99 µs",
];

/** The medians, a line for each contestant. */
function table(all: Runs<HttpResult>[]): string {
  const opentracker = medianOf(all, OPENTRACKER, cpuUs);
  const rows = all.map((runs) => [
    runs.name,
    median(runs, rate).toFixed(0),
    median(runs, ({ server, requests }) => server.userUs / requests).toFixed(2),
    median(runs, ({ server, requests }) => server.systemUs / requests).toFixed(2),
    median(runs, cpuUs).toFixed(2),
    ratio(median(runs, cpuUs), opentracker),
    median(runs, ({ errors }) => errors).toFixed(0),
    median(runs, ({ closed }) => closed).toFixed(0),
    median(runs, ({ bytes, requests }) => bytes / requests).toFixed(0),
    median(runs, ({ p99_us }) => p99_us).toFixed(0),
  ]);
  return formatTable([HEADINGS, ...rows]);
}

if (import.meta.main) await main();
