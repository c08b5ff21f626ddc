// Which threads are real-time, and where none may be.
import { assertEquals } from "@std/assert";
import { program } from "./clients/programs.ts";
import { type Program, sourceProgram, startTracker, TEST_ARGS } from "./harness.ts";
import { MAY_BE_REALTIME, MAY_RAISE_LIMITS, type Requirement, testWith } from "./requirements.ts";
import { SCHED_RR, threadsOf } from "./threads.ts";
import { randomHash } from "./compact_peers.ts";
import { UdpClient } from "./udp_client.ts";

const ROOT: Requirement = { name: "the rights of root", present: Deno.uid() === 0 };

/** The tracker started by this command, of another program or of several. */
function startedBy(...command: string[]): Program {
  const { command: tracker, args, ...rest } = sourceProgram();
  const [first, ...others] = command;
  return { ...rest, command: first, args: [...others, tracker, ...args] };
}

/** Starts the tracker, announces, and returns how many of its threads are real-time; the log must agree. */
async function countRealtime(args: string[], program?: Program): Promise<number> {
  await using tracker = await startTracker([...TEST_ARGS, ...args], program);
  using client = await UdpClient.connect(tracker.udp[0]);
  assertEquals((await client.announce({ hash: randomHash(), port: 1 })).peers, []);
  const count = [...threadsOf(tracker.pid).values()].filter(({ policy }) => policy === SCHED_RR).length;
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

/** Starts what follows without the right of root that counts here. */
const WITHOUT_NICE = ["setpriv", "--bounding-set", "-sys_nice"];

testWith(
  [ROOT, program("setpriv")],
  "whoever may not have real-time threads is served by others",
  async () => {
    assertEquals(await countRealtime([], startedBy(...WITHOUT_NICE)), 0);
  },
);

testWith(
  [MAY_RAISE_LIMITS, program("setpriv"), program("prlimit")],
  "a limit of real-time priorities, as LimitRTPRIO=1 in a unit, allows them to whoever is not root",
  async () => {
    assertEquals(await countRealtime([], startedBy("prlimit", "--rtprio=1:1", ...WITHOUT_NICE)), 2);
  },
);
