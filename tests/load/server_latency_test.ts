// What the loader tells of the time that the server takes, apart from its own.
import { assert, assertEquals } from "@std/assert";
import { Histogram } from "../../src/load/histogram.ts";
import { Loader, PROGRESS_VALUES } from "../../src/load/loader.ts";
import { type LoadOptions, parseLoad } from "../../src/load/options.ts";
import { createTorrentOf } from "../../src/load/population.ts";
import type { LoadResult } from "../../src/load/report.ts";
import { type Libc, openLibc } from "../../src/os/mod.ts";
import { startTracker } from "../harness.ts";
import { GLIBC, IPV6_LOOPBACK, testWith } from "../requirements.ts";
import { FakeTracker } from "./fake_tracker.ts";
import { runLoad, urlOf } from "./program.ts";

/** Stays open, so no test opens it, whose leak it would be. */
const { libc, reason } = openLibc();

testWith([GLIBC], "what a slow server takes is told in full", async () => {
  const slowMs = 100;
  const requests = 20;
  using server = new FakeTracker(async ({ answer, send }) => {
    // A timer may be a millisecond early.
    await new Promise((resolve) => setTimeout(resolve, slowMs + 1));
    await send(answer);
  });
  const args = [
    "--rate",
    `${requests}`,
    "--duration",
    "1",
    "--warmup",
    "0",
    "--scrape-share",
    "0%",
    "--json",
  ];
  const { code, log } = await runLoad(...args, server.url);
  assertEquals(code, 0, log);
  const { answered, lost, server_latency_us: took }: LoadResult = JSON.parse(log);
  assertEquals([answered, lost], [requests, 0]);
  assert(took !== null && took.p50 >= slowMs * 1000, JSON.stringify(took));
});

/** The options that follow from a command line without a target. */
function optionsOf(args: string[], target: string): LoadOptions {
  const command = parseLoad([...args, target]);
  if (command.kind !== "load" || command.load === null) throw new Error(`Nothing is loaded by ${args}`);
  return command.load;
}

/** A loader in this thread, which it blocks. */
function createLoader(libc: Libc, options: LoadOptions): Loader {
  const torrentOf = createTorrentOf(options.population);
  return new Loader(libc, {
    kind: "start",
    options,
    thread: 0,
    torrentOf,
    progress: new Float64Array(PROGRESS_VALUES),
  });
}

testWith([GLIBC, IPV6_LOOPBACK], "at a rate, and only then, each answer to each socket counts", async () => {
  if (libc === null) throw new Error(reason);
  const runs = [
    { listen: "127.0.0.1:0", rate: ["--rate", "2000"], share: 1 },
    { listen: "[::1]:0", rate: ["--rate", "2000"], share: 1 },
    { listen: "127.0.0.1:0", rate: [], share: 0 },
  ];
  for (const { listen, rate, share } of runs) {
    await using tracker = await startTracker(["--listen", listen, "--udp-workers", "1"]);
    const options = optionsOf(
      ["--sockets", "3", "--fill", "50", "--peers", "50", ...rate],
      urlOf(tracker.udp[0]),
    );
    const loader = createLoader(libc, options);
    loader.connect();
    const fill = loader.fill();
    const load = loader.load(0.1);
    loader.close();
    assertEquals([fill.announces, new Histogram(fill.serverLatencies).total], [50, 0]);
    const answers = load.announces + load.scrapes;
    assert(answers > 0);
    assertEquals([new Histogram(load.serverLatencies).total, load.lost], [answers * share, 0]);
  }
});
