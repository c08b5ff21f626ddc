// How the program starts, refuses to start, and stops.
import { assertEquals, assertMatch } from "@std/assert";
import { type Endpoint, runToEnd, startTracker } from "./harness.ts";
import { httpGet } from "./http_client.ts";

Deno.test("the ready line names every address with its real port", async () => {
  await using tracker = await startTracker([
    "--udp",
    "127.0.0.1:0",
    "--udp",
    "127.0.0.2:0",
    "--http",
    "127.0.0.1:0",
  ]);
  assertEquals(tracker.udp.map(({ hostname }) => hostname), ["127.0.0.1", "127.0.0.2"]);
  assertEquals(tracker.http.map(({ hostname }) => hostname), ["127.0.0.1"]);
  assertEquals([...tracker.udp, ...tracker.http].filter(({ port }) => port === 0), []);
  assertEquals((await httpGet(tracker.http[0], "/health")).status, 200);
});

Deno.test("a tracker for UDP alone has no HTTP address", async () => {
  await using tracker = await startTracker(["--udp", "127.0.0.1:0"]);
  assertEquals([tracker.udp.length, tracker.http.length], [1, 0]);
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`${signal} stops in order, also while a connection is open and idle`, async () => {
    await using tracker = await startTracker();
    using _idle = await Deno.connect(tracker.http[0]);
    tracker.signal(signal);
    assertEquals(await tracker.end(), 0, tracker.log);
  });
}

Deno.test("a UDP port that another program holds is named", async () => {
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  try {
    await refusesPort("--udp", socket.addr as Deno.NetAddr);
  } finally {
    socket.close();
  }
});

Deno.test("an HTTP port that another program holds is named", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await refusesPort("--http", listener.addr as Deno.NetAddr);
});

// Sockets of one user can share a port by SO_REUSEPORT: workers must, two trackers must not.
Deno.test("the ports of another tracker are in use", async () => {
  await using tracker = await startTracker();
  await refusesPort("--udp", tracker.udp[0]);
  await refusesPort("--http", tracker.http[0]);
});

/** A tracker told to use a taken address must end with 1 and a line that names it. */
async function refusesPort(option: string, { hostname, port }: Endpoint): Promise<void> {
  const { code, log } = await runToEnd([option, `${hostname}:${port}`]);
  assertEquals(code, 1, log);
  assertMatch(log, new RegExp(`^.*${hostname}:${port}.*in use.*$`, "m"));
}

const WRONG_USAGE: { args: string[]; says: RegExp }[] = [
  { args: ["--no-such-option"], says: /--no-such-option/ },
  { args: ["stray"], says: /stray/ },
  { args: ["--listen", "127.0.0.1:65536"], says: /--listen.*127\.0\.0\.1:65536/ },
  { args: ["--udp-workers", "0"], says: /--udp-workers.*0/ },
  { args: ["--udp-backend", "pigeon"], says: /--udp-backend.*pigeon.*libc.*deno/ },
  { args: ["--http", "unix:/run/tracker/http.sock"], says: /--http unix:.*--proxy-header/ },
  { args: ["--trusted-proxy", "10.0.0.0/8"], says: /--trusted-proxy 10\.0\.0\.0\/8: .*--proxy-header/ },
  { args: ["--https", "127.0.0.1:0"], says: /--https.*--tls-cert.*--tls-key/ },
  { args: ["--interval", "3000", "--peer-timeout", "1000"], says: /--peer-timeout/ },
];

for (const { args, says } of WRONG_USAGE) {
  Deno.test(`wrong usage: ${args.join(" ")}`, async () => {
    const { code, log } = await runToEnd(args);
    assertEquals(code, 2, log);
    assertMatch(log, says);
    assertEquals(log.trimEnd().split("\n").length, 1, `Not one line:\n${log}`);
  });
}

Deno.test("--help names the options, --version the version, and both end with 0", async () => {
  const help = await runToEnd(["--help"]);
  assertEquals(help.code, 0);
  assertMatch(help.log, /--listen ADDR:PORT/);
  const version = await runToEnd(["--version"]);
  assertEquals(version.code, 0);
  assertMatch(version.log, /\b\d+\.\d+\.\d+\b/);
});
