// The count of datagrams that the kernel dropped because the tracker did not read them in time.
import { assertEquals } from "@std/assert";
import { writeKeyFile } from "../src/key_file.ts";
import { openUdpPort } from "../src/os/mod.ts";
import { PassedSockets } from "./activation.ts";
import { sourceProgram, startTracker, TempFolder } from "./harness.ts";
import { dropsOfSockets, overflow } from "./receive_buffer.ts";
import { GLIBC, IPV6_LOOPBACK, testWith } from "./requirements.ts";
import { testWithLibc } from "./os/libc.ts";
import { readStats, statsWhen } from "./stats.ts";

const ADDRESSES = ["--udp", "127.0.0.1:0", "--udp", "[::1]:0", "--http", "127.0.0.1:0"];

/** With the C library each worker has a socket for each address, with Deno each address has one. */
const BACKENDS = [
  { args: ["--udp-backend", "libc", "--udp-workers", "2"], sockets: 4 },
  { args: ["--udp-backend", "deno"], sockets: 2 },
];

/** What the counter had reached in an earlier run. */
const BEFORE = 1000;

for (const { args, sockets } of BACKENDS) {
  testWith(
    [GLIBC, IPV6_LOOPBACK],
    `/stats.json tells what all sockets dropped, ${args.join(" ")}`,
    async () => {
      using folder = new TempFolder();
      const odb = folder.file("state.odb");
      const counters = new Map([["udpDropped", BEFORE]]);
      writeKeyFile(`${odb}.key`, { bootId: null, secret: null, countingSinceUnix: 1, counters });
      await using tracker = await startTracker([...ADDRESSES, ...args, "--odb", odb]);
      assertEquals((await readStats(tracker.http[0])).udp.dropped, BEFORE);
      tracker.signal("SIGSTOP");
      for (const address of tracker.udp) await overflow(address);
      const drops = tracker.udp.flatMap(({ port }) => dropsOfSockets(port));
      assertEquals(drops.length, sockets);
      tracker.signal("SIGCONT");
      const sum = drops.reduce((sum, count) => sum + count);
      await statsWhen(tracker.http[0], ({ udp }) => udp.dropped === BEFORE + sum);
    },
  );
}

testWithLibc(
  "what a socket dropped that is passed from one run to the next is counted once",
  async (libc) => {
    using folder = new TempFolder();
    const { fds, address } = openUdpPort(libc, { hostname: "127.0.0.1", port: 0 }, 1);
    using passed = new PassedSockets(libc, fds);
    const program = passed.program(sourceProgram());
    const args = [
      "--udp",
      `127.0.0.1:${address.port}`,
      "--http",
      "127.0.0.1:0",
      "--odb",
      folder.file("state.odb"),
    ];
    await using first = await startTracker(args, program);
    first.signal("SIGSTOP");
    await overflow(address);
    first.signal("SIGCONT");
    const [drops] = dropsOfSockets(address.port);
    await statsWhen(first.http[0], ({ udp }) => udp.dropped === drops);
    assertEquals(await first.stop(), 0, first.log);
    await using second = await startTracker(args, program);
    // The kernel has been asked by then.
    const { udp } = await statsWhen(second.http[0], ({ uptime_s }) => uptime_s >= 3);
    assertEquals(udp.dropped, drops);
  },
);
