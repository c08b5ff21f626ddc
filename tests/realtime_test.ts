// Which threads are real-time, and where none may be.
import { assertEquals } from "@std/assert";
import { program } from "./clients/programs.ts";
import { randomHash } from "./compact_peers.ts";
import type { Flood } from "./flooding_worker.ts";
import { type Endpoint, type Program, sourceProgram, startedBy, startTracker, TEST_ARGS } from "./harness.ts";
import { MAY_BE_REALTIME, MAY_RAISE_LIMITS, type Requirement, ROOT, testWith } from "./requirements.ts";
import { countRealtimeThreads } from "./threads.ts";
import { UdpClient } from "./udp_client.ts";
import { until } from "./within.ts";

const TWO_CORES: Requirement = { name: "two cores", present: navigator.hardwareConcurrency > 1 };

/** Starts the tracker, announces, and returns how many of its threads are real-time; the log must agree. */
async function countRealtime(args: string[], program?: Program): Promise<number> {
  await using tracker = await startTracker([...TEST_ARGS, ...args], program);
  using client = await UdpClient.connect(tracker.udp[0]);
  assertEquals((await client.announce({ hash: randomHash(), port: 1 })).peers, []);
  const count = countRealtimeThreads(tracker.pid);
  assertEquals(/info {2}UDP is served by real-time threads\n/.test(tracker.log), count > 0, tracker.log);
  assertEquals(await tracker.stop(), 0, tracker.log);
  return count;
}

testWith([MAY_BE_REALTIME], "the threads of UDP are real-time and no others", async () => {
  assertEquals(await countRealtime([]), 2);
});

testWith(
  [MAY_BE_REALTIME],
  "--no-udp-realtime, and UDP through Deno, have no real-time threads",
  async () => {
    assertEquals(await countRealtime(["--no-udp-realtime"]), 0);
    assertEquals(await countRealtime(["--udp-backend", "deno"]), 0);
  },
);

testWith([MAY_BE_REALTIME], "threads that wait for datagrams stay real-time", async () => {
  for (const addresses of [["127.0.0.1:0"], ["127.0.0.1:0", "127.0.0.1:0"]]) {
    const args = addresses.flatMap((address) => ["--udp", address]);
    await using tracker = await startTracker([...args, "--udp-workers", "1"]);
    using client = await UdpClient.connect(tracker.udp[0]);
    const beginMs = Date.now();
    while (Date.now() - beginMs < 500) {
      await client.announce({ hash: randomHash(), port: 1 });
      assertEquals(countRealtimeThreads(tracker.pid), 1);
    }
  }
});

/** Announces as fast as it goes until the work is done. */
async function whileFlooding(target: Endpoint, work: () => Promise<void>): Promise<void> {
  using client = await UdpClient.connect(target);
  const stopFlag = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const worker = new Worker(new URL("./flooding_worker.ts", import.meta.url), { type: "module" });
  const flood: Flood = { target, connectionId: client.connectionId, stopFlag };
  worker.postMessage(flood);
  try {
    await work();
  } finally {
    Atomics.store(new Int32Array(stopFlag), 0, 1);
    worker.terminate();
  }
}

for (const workers of [1, 3]) {
  testWith(
    [MAY_BE_REALTIME, TWO_CORES, program("taskset")],
    `in a flood none of ${workers} UDP workers on one core stays real-time, and they are so again after it`,
    async () => {
      const pinned = startedBy(["taskset", "--cpu-list", "0"], sourceProgram());
      const args = ["--udp", "127.0.0.1:0", "--udp-workers", `${workers}`];
      await using tracker = await startTracker(args, pinned);
      const [target] = tracker.udp;
      const realtime = () => countRealtimeThreads(tracker.pid);
      await whileFlooding(target, async () => {
        await until(60_000, () => Promise.resolve(realtime() === 0), () => `${realtime()} are real-time`);
      });
      await until(60_000, async () => {
        using client = await UdpClient.connect(target);
        await client.announce({ hash: randomHash(), port: 1 });
        return realtime() === workers;
      }, () => `${realtime()} are real-time`);
    },
  );
}

/** Starts what follows without the right of root that counts here. */
const WITHOUT_NICE = ["setpriv", "--bounding-set", "-sys_nice"];

testWith(
  [ROOT, program("setpriv")],
  "whoever may not have real-time threads is served by others",
  async () => {
    assertEquals(await countRealtime([], startedBy(WITHOUT_NICE, sourceProgram())), 0);
  },
);

testWith(
  [MAY_RAISE_LIMITS, program("setpriv"), program("prlimit")],
  "a limit of real-time priorities, as LimitRTPRIO=1 in a unit, allows them to whoever is not root",
  async () => {
    assertEquals(
      await countRealtime([], startedBy(["prlimit", "--rtprio=1:1", ...WITHOUT_NICE], sourceProgram())),
      2,
    );
  },
);
