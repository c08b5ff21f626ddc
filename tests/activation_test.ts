// Sockets that a service manager passes: what is served through them, and that a restart loses nothing.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { closeSockets, type Libc, openTcpPort, openUdpPort, openUnixListener } from "../src/os/mod.ts";
import { Load, PassedSockets } from "./activation.ts";
import { randomHash } from "./compact_peers.ts";
import { type Endpoint, runToEnd, sourceProgram, startTracker, TempFolder } from "./harness.ts";
import { httpAnnounce, httpGet } from "./http_client.ts";
import { RawClient } from "./http/raw_client.ts";
import { testWithLibc } from "./os/libc.ts";
import { UdpClient } from "./udp_client.ts";

const ANY_PORT = { hostname: "127.0.0.1", port: 0 };

/** A port for UDP, and one for TCP, open and passed on. */
function openBoth(libc: Libc): { passed: PassedSockets; udp: Endpoint; tcp: Endpoint } {
  const udp = openUdpPort(libc, ANY_PORT, 1);
  const tcp = openTcpPort(libc, "TEST", ANY_PORT, 1);
  return { passed: new PassedSockets(libc, [...udp.fds, ...tcp.fds]), udp: udp.address, tcp: tcp.address };
}

testWithLibc("without an address in the settings, what is passed is served, and only that", async (libc) => {
  const { passed, udp, tcp } = openBoth(libc);
  using _passed = passed;
  const args = ["--udp-workers", "3", "--http-workers", "2"];
  await using tracker = await startTracker(args, passed.program(sourceProgram()));
  assertEquals([tracker.udp, tracker.http], [[udp], [tcp]]);
  const hash = randomHash();
  using client = await UdpClient.connect(udp);
  await client.announce({ hash, port: 1 });
  assertEquals((await httpAnnounce(tcp, hash, { port: 2 })).peers, ["127.0.0.1:1"]);
  assertEquals(await tracker.stop(), 0, tracker.log);
});

testWithLibc("addresses in the settings get the sockets that were passed for them", async (libc) => {
  const { passed, udp, tcp } = openBoth(libc);
  using _passed = passed;
  const args = ["--udp", `127.0.0.1:${udp.port}`, "--http", `127.0.0.1:${tcp.port}`, "--http", "127.0.0.1:0"];
  await using tracker = await startTracker(args, passed.program(sourceProgram()));
  assertEquals(tracker.udp, [udp]);
  assertEquals(tracker.http[0], tcp);
  assertEquals(tracker.http.length, 2);
  for (const address of tracker.http) assertEquals((await httpGet(address, "/health")).status, 200);
  using _client = await UdpClient.connect(udp);
  assertEquals(await tracker.stop(), 0, tracker.log);
});

testWithLibc("a Unix-domain socket that is passed is served, and its file stays", async (libc) => {
  using folder = new TempFolder();
  const path = folder.file("http.sock");
  using passed = new PassedSockets(libc, openUnixListener(libc, "TEST", path, 1));
  const args = ["--http", `unix:${path}@X-Real-IP`];
  await using tracker = await startTracker(args, passed.program(sourceProgram()));
  assertEquals(tracker.unix, [path]);
  using client = await RawClient.connect({ kind: "unix", path, proxyHeader: "X-Real-IP", serves: "all" });
  await client.send("GET /health HTTP/1.1\r\nHost: tracker\r\n\r\n");
  assertEquals((await client.answer()).status, 200);
  assertEquals(await tracker.stop(), 0, tracker.log);
  assertEquals(Deno.statSync(path).isSocket, true);
});

testWithLibc("what is passed for the statistics serves them, and the rest clients", async (libc) => {
  const { passed, udp, tcp } = openBoth(libc);
  using _passed = passed;
  const stats = ["--stats-listen", `127.0.0.1:${tcp.port}`];
  await using tracker = await startTracker(
    ["--udp", `127.0.0.1:${udp.port}`, ...stats],
    passed.program(sourceProgram()),
  );
  assertEquals([tracker.udp, tracker.http, tracker.stats], [[udp], [], [tcp]]);
  assertEquals((await httpGet(tcp, "/stats.json")).status, 200);
  assertEquals((await httpGet(tcp, "/scrape")).status, 404);
  assertEquals(await tracker.stop(), 0, tracker.log);
});

testWithLibc(
  "one that is passed for the statistics says nothing of where clients are served",
  async (libc) => {
    const { passed, udp, tcp } = openBoth(libc);
    using _passed = passed;
    const program = passed.program(sourceProgram());
    await using tracker = await startTracker(["--stats-listen", `127.0.0.1:${tcp.port}`], program);
    assertEquals([tracker.udp, tracker.http, tracker.stats], [[udp], [], [tcp]]);
    assertEquals(await tracker.stop(), 0, tracker.log);
  },
);

const REFUSED: { args: (udp: Endpoint, tcp: Endpoint) => string[]; code: number; says: RegExp }[] = [
  {
    args: () => ["--udp", "127.0.0.1:0"],
    code: 2,
    says: /^UDP 127\.0\.0\.1:\d+: was passed, and no option names it/m,
  },
  {
    args: (udp) => ["--udp", `127.0.0.1:${udp.port}`],
    code: 2,
    says: /^HTTP 127\.0\.0\.1:\d+: was passed, and no option names it/m,
  },
  {
    args: () => ["--udp-backend", "deno"],
    code: 2,
    says: /^--udp-backend deno: cannot serve what was passed: UDP/m,
  },
  { args: () => ["--http-backend", "deno"], code: 2, says: /^--http-backend deno: cannot serve .*: HTTP/m },
];

testWithLibc("sockets that the settings have no place for are refused", async (libc) => {
  const { passed, udp, tcp } = openBoth(libc);
  using _passed = passed;
  for (const { args, code, says } of REFUSED) {
    const outcome = await runToEnd(args(udp, tcp), passed.program(sourceProgram()));
    assertEquals(outcome.code, code, outcome.log);
    assertMatch(outcome.log, says);
  }
});

testWithLibc(
  "a connection, or a file, that is passed is told to be none of the sockets that can be served",
  async (libc) => {
    const [listener] = openTcpPort(libc, "TEST", ANY_PORT, 1).fds;
    const notListening = libc.calls.socket(2, 1, 0);
    const file = libc.calls.open(new TextEncoder().encode("/dev/null\0"), 0, 0);
    for (const [fd, says] of [[notListening, /it does not listen/], [file, /ENOTSOCK|errno 88/]] as const) {
      using passed = new PassedSockets(libc, [fd]);
      const { code, log } = await runToEnd([], passed.program(sourceProgram()));
      assertEquals(code, 1, log);
      assertMatch(log, says);
    }
    closeSockets(libc, [listener]);
  },
);

testWithLibc("sockets that are for another process are left alone", async () => {
  const { command, args, cwd } = sourceProgram();
  const env = { LISTEN_PID: "1", LISTEN_FDS: "1" };
  await using tracker = await startTracker(["--listen", "127.0.0.1:0"], { command, args, cwd, env });
  assertEquals(/passed/.test(tracker.log), false, tracker.log);
});

testWithLibc("a restart under load loses no connection attempt", async (libc) => {
  const { passed, udp, tcp } = openBoth(libc);
  using _passed = passed;
  const program = passed.program(sourceProgram());
  const args = ["--udp-workers", "2", "--http-workers", "2"];
  await using load = new Load(udp, tcp);
  let answeredBefore = 0;
  for (let restart = 0; restart < 3; restart++) {
    await using tracker = await startTracker(args, program);
    await load.progress(answeredBefore);
    assertEquals(await tracker.stop(), 0, tracker.log);
    answeredBefore = load.answered;
  }
  await using _last = await startTracker(args, program);
  await load.progress(answeredBefore);
  await load.finish();
  assertEquals(load.failures, []);
  assertEquals(load.udpAnswers, load.udpRequests);
  assert(load.udpRequests > 0 && load.httpAnswers > 0);
});
