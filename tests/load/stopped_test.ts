// A loader that is stopped for a while, as by Ctrl-Z, tells of the server what is true.
import { assert, assertEquals } from "@std/assert";
import type { LoadResult } from "../../src/load/report.ts";
import { type Endpoint, Tracker } from "../harness.ts";
import { PROCESS_MS } from "../process.ts";
import { overflow } from "../receive_buffer.ts";
import { GLIBC, testWith } from "../requirements.ts";
import { isStopped } from "../threads.ts";
import { until } from "../within.ts";
import { type Asked, FakeTracker } from "./fake_tracker.ts";
import { loadProgram } from "./program.ts";

/** Longer than the loader waits for an answer. */
const STOP_MS = 2500;

/** Announces for a second, as fast as the answers come or at a rate. */
const ANNOUNCES = [
  "--duration",
  "1",
  "--warmup",
  "0",
  "--addresses",
  "1",
  "--peers",
  "10",
  "--scrape-share",
  "0%",
];

/** Loads a tracker that answers at once, but at announce `index`, after which the loader is stopped for as long as something takes. */
async function loadStopped(
  args: string[],
  index: number,
  whileStopped: (asked: Asked) => Promise<void>,
): Promise<LoadResult> {
  const loaders: Tracker[] = [];
  using server = new FakeTracker(async (asked) => {
    if (asked.index !== index) return await asked.send(asked.answer);
    const [loader] = loaders;
    loader.signal("SIGSTOP");
    await until(PROCESS_MS, () => Promise.resolve(isStopped(loader.pid)), () => "The loader goes on");
    await asked.send(asked.answer);
    await whileStopped(asked);
    loader.signal("SIGCONT");
  });
  await using loader = new Tracker([...ANNOUNCES, ...args, "--json", server.url], loadProgram());
  loaders.push(loader);
  assertEquals(await loader.end(), 0, loader.log);
  return JSON.parse(loader.log);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

testWith([GLIBC], "at a rate, what it does not send or read in time is not told of the server", async () => {
  const requests = 20;
  // The answers then lie unread, and the requests that are due meanwhile are sent late.
  const result = await loadStopped(["--rate", `${requests}`], requests / 2, () => pause(STOP_MS));
  assertEquals([result.answered, result.lost, result.errors], [requests, 0, 0]);
  const { latency_us: latency, delay_us: delay, server_latency_us: took } = result;
  assert(latency.max >= STOP_MS * 1000, JSON.stringify(latency));
  // Half of the requests go out late, and their latency counts from when they were due.
  assert(latency.p90 >= STOP_MS * 1000 / 2, JSON.stringify(latency));
  assert(delay.max >= STOP_MS * 1000 / 2, JSON.stringify(delay));
  assert(took !== null && took.max < STOP_MS * 1000 / 2, JSON.stringify(took));
});

testWith([GLIBC], "more answers than it takes at once are not lost, and its time goes on", async () => {
  // As many as the tracker's receive buffer holds, of the size that the system gives to everybody.
  const window = 128;
  const result = await loadStopped(["--window", `${window}`], window, () => pause(STOP_MS));
  assert(result.sent > window, `${result.sent}`);
  assertEquals([result.answered, result.lost, result.dropped], [result.sent, 0, 0]);
  assert(result.seconds >= STOP_MS / 1000, `${result.seconds} s`);
});

testWith([GLIBC], "what finds its receive buffer full is told apart from what the server lost", async () => {
  const result = await loadStopped(["--window", "4"], 100, ({ from }) => overflow(from as Endpoint));
  assert(result.dropped > 0, `${result.dropped} are said to be dropped`);
});
