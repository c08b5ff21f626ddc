// The load tester as a program, against a tracker that counts what it gets.
import { assert, assertEquals } from "@std/assert";
import { createTorrentOf, hashLines, Population } from "../../src/load/population.ts";
import type { LoadResult } from "../../src/load/report.ts";
import { executableProgram, runToEnd, startTracker, TempFolder } from "../harness.ts";
import { GLIBC, IPV6_LOOPBACK, type Requirement, testWith } from "../requirements.ts";
import { statsWhen } from "../stats.ts";
import { runLoad, urlOf } from "./program.ts";

const path = Deno.env.get("TRACKER_EXECUTABLE");
const EXECUTABLE: Requirement = {
  name: "a compiled tracker named by TRACKER_EXECUTABLE",
  present: path !== undefined,
};

/** Small and slow: 64 source addresses, 200 peers in 20 torrents, 500 requests in a second. */
const SMALL = ["--torrents", "20", "--peers", "200", "--rate", "500", "--duration", "1", "--warmup", "0"];
const PEERS = 200;
const REQUESTS = 500;

/** Loads the tracker as described, and checks that both count the same. */
async function countsAgree(listen: string, ...args: string[]): Promise<LoadResult> {
  await using tracker = await startTracker(["--listen", listen, "--udp-workers", "2"]);
  const { code, log } = await runLoad(
    ...SMALL,
    "--fill",
    `${PEERS}`,
    "--json",
    ...args,
    urlOf(tracker.udp[0]),
  );
  assertEquals(code, 0, log);
  const result: LoadResult = JSON.parse(log);
  const fill = result.fill!;
  assertEquals([result.lost, result.errors, fill.lost, fill.errors], [0, 0, 0, 0]);
  assertEquals([fill.sent, fill.answered, result.sent, result.answered], [PEERS, PEERS, REQUESTS, REQUESTS]);
  assertEquals(result.announces + result.scrapes, REQUESTS);
  const announces = fill.answered + result.announces;
  const connects = fill.connects + result.connects;
  const handled = connects + announces + result.scrapes;
  // What is counted last of a batch is how long it took.
  const isAllHandled = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count) === handled;
  const stats = await statsWhen(tracker.http[0], ({ udp }) => isAllHandled(udp.latency.counts));
  const { latency: _, errors_by_cause: causes, ...udp } = stats.udp;
  assertEquals(udp, { connects, announces, scrapes: result.scrapes, errors: 0, dropped: 0 });
  assertEquals(Object.values(causes).every((count) => count === 0), true);
  assertEquals(stats.peers, PEERS);
  // No answer took the server longer than it took.
  const { latency_us: latency, server_latency_us: serverLatency } = result;
  assert(serverLatency !== null && serverLatency.max > 0);
  for (const key of ["p50", "p90", "p99", "p999", "max"] as const) {
    assert(
      serverLatency[key] <= latency[key],
      `${key}: ${serverLatency[key]} µs of ${latency[key]}`,
    );
  }
  return result;
}

testWith([GLIBC], "a tracker counts what the loader counts, and nothing is lost at a low rate", async () => {
  const { latency_us: latency, scrapes, peers_per_answer: peers, fill } = await countsAgree("127.0.0.1:0");
  assert(latency.p50 <= latency.p90 && latency.p90 <= latency.p99 && latency.p99 <= latency.max);
  assert(latency.max > 0 && scrapes > 0 && peers > 1);
  assertEquals(fill?.connects, 64);
});

testWith([GLIBC], "threads and sockets share the work", async () => {
  await countsAgree("127.0.0.1:0", "--threads", "2", "--sockets", "2", "--addresses", "3");
});

testWith([GLIBC, IPV6_LOOPBACK], "the same over IPv6", async () => {
  await countsAgree("[::1]:0");
});

testWith([GLIBC], "without a rate, requests follow the answers", async () => {
  await using tracker = await startTracker();
  const { code, log } = await runLoad(
    ...["--duration", "1", "--warmup", "0", "--window", "4", "--pid", `${Deno.pid}`, urlOf(tracker.udp[0])],
  );
  assertEquals(code, 0, log);
  assert(/^requests +sent ([\d ]+), answered \1, lost 0, errors 0$/m.test(log), log);
  assert(log.includes("latency    50 % ") && !log.includes("at server"), log);
  assert(/^server +[\d.]+ µs/m.test(log) && /^memory +[\d.]+ MB/m.test(log), log);
});

testWith([GLIBC], "a target that does not answer is named, with exit code 1", async () => {
  const silent = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  try {
    const url = urlOf(silent.addr as Deno.NetAddr);
    assertEquals(await runLoad(url), { code: 1, log: `No answer from ${url}\n` });
  } finally {
    silent.close();
  }
});

testWith([GLIBC, EXECUTABLE], "the executable loads itself", async () => {
  const program = executableProgram(path!);
  await using tracker = await startTracker(["--udp", "127.0.0.1:0"], program);
  const { code, log } = await runToEnd(["load", ...SMALL, urlOf(tracker.udp[0])], program);
  assertEquals(code, 0, log);
  assert(log.includes("requests   sent 500, answered 500, lost 0, errors 0\n"), log);
});

Deno.test("wrong usage is one line, with exit code 2", async () => {
  const message =
    "udp://192.0.2.1:6969: is not on loopback; whoever owns that host may say --yes-i-own-this-host";
  assertEquals(await runLoad("udp://192.0.2.1:6969"), { code: 2, log: `${message}\n` });
});

Deno.test("the hashes are written for a whitelist", async () => {
  using folder = new TempFolder();
  const path = folder.file("hashes.txt");
  assertEquals(await runLoad("--torrents", "5", "--seed", "8", "--hashes", path), { code: 0, log: "" });
  const options = { torrents: 5, peers: 1, addresses: 1, skew: 0, seedersShare: 0, seed: 8 };
  assertEquals(
    Deno.readTextFileSync(path),
    [...hashLines(new Population(options, createTorrentOf(options)))].join(""),
  );
});
