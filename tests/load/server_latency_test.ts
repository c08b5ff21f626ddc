// What the loader tells of the time that the server takes, apart from its own.
import { assert, assertEquals } from "@std/assert";
import { Histogram } from "../../src/load/histogram.ts";
import { Loader, PROGRESS_VALUES } from "../../src/load/loader.ts";
import { type LoadOptions, parseLoad } from "../../src/load/options.ts";
import { createTorrentOf } from "../../src/load/population.ts";
import type { LoadResult } from "../../src/load/report.ts";
import { type Libc, openLibc } from "../../src/os/mod.ts";
import { startTracker, Tracker } from "../harness.ts";
import { PROCESS_MS } from "../process.ts";
import { GLIBC, IPV6_LOOPBACK, testWith } from "../requirements.ts";
import { isStopped } from "../threads.ts";
import { until } from "../within.ts";
import { loadProgram, urlOf } from "./program.ts";

/** Stays open, so no test opens it, whose leak it would be. */
const { libc, reason } = openLibc();

const CONNECT = 0;
/** Where the action lies in requests. */
const ACTION = 8;
/** Bytes of an answer to a connect, and to an announce when there are no peers. */
const CONNECT_ANSWER = 16, ANNOUNCE_ANSWER = 20;

/** A tracker that answers each announce when `hold` settles, which is given how many came before; without peers. */
class SlowTracker implements Disposable {
  readonly #socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });

  constructor(hold: (index: number) => Promise<void>) {
    this.#serve(hold);
  }

  get url(): string {
    return urlOf(this.#socket.addr as Deno.NetAddr);
  }

  async #serve(hold: (index: number) => Promise<void>): Promise<void> {
    let announces = 0;
    for await (const [request, from] of this.#socket) {
      const isConnect = new DataView(request.buffer).getUint32(ACTION) === CONNECT;
      const answer = new Uint8Array(isConnect ? CONNECT_ANSWER : ANNOUNCE_ANSWER);
      // The action and the transaction id.
      answer.set(request.subarray(ACTION, ACTION + 8));
      const held = isConnect ? Promise.resolve() : hold(announces++);
      held.then(() => this.#socket.send(answer, from));
    }
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

/** Loads it with 20 announces in a second. */
const REQUESTS = 20;
function startLoader(target: string): Tracker {
  const args = ["--rate", `${REQUESTS}`, "--duration", "1", "--warmup", "0", "--addresses", "1"];
  return new Tracker([...args, "--peers", "10", "--scrape-share", "0%", "--json", target], loadProgram());
}

/** What the loader says at its end, when all was answered. */
async function resultOf(loader: Tracker): Promise<LoadResult> {
  assertEquals(await loader.end(), 0, loader.log);
  const result: LoadResult = JSON.parse(loader.log);
  assertEquals([result.answered, result.lost, result.errors], [REQUESTS, 0, 0]);
  return result;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

testWith([GLIBC], "what a slow server takes is told in full", async () => {
  const slowMs = 100;
  // A timer may be a millisecond early.
  using server = new SlowTracker(() => pause(slowMs + 1));
  await using loader = startLoader(server.url);
  const { server_latency_us: took } = await resultOf(loader);
  assert(took !== null && took.p50 >= slowMs * 1000, JSON.stringify(took));
});

testWith([GLIBC], "what the loader does not send or read in time is not told of the server", async () => {
  // Longer than the loader waits for an answer: what it sends so late is not lost.
  const stopMs = 2500;
  const loaders: Tracker[] = [];
  using server = new SlowTracker(async (index) => {
    if (index !== REQUESTS / 2) return;
    const [loader] = loaders;
    loader.signal("SIGSTOP");
    await until(PROCESS_MS, () => Promise.resolve(isStopped(loader.pid)), () => "The loader goes on");
    // The answer then lies unread, and the requests that are due meanwhile are sent late.
    pause(stopMs).then(() => loader.signal("SIGCONT"));
  });
  await using loader = startLoader(server.url);
  loaders.push(loader);
  const { latency_us: latency, delay_us: delay, server_latency_us: took } = await resultOf(loader);
  assert(latency.max >= stopMs * 1000, JSON.stringify(latency));
  // Half of the requests go out late, and their latency counts from when they were due.
  assert(latency.p90 >= stopMs * 1000 / 2, JSON.stringify(latency));
  assert(delay.max >= stopMs * 1000 / 2, JSON.stringify(delay));
  assert(took !== null && took.max < stopMs * 1000 / 2, JSON.stringify(took));
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
