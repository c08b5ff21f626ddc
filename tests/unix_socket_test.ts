// HTTP through a Unix-domain socket, and what becomes of its file.
import { assertEquals, assertMatch } from "@std/assert";
import { randomHash } from "./compact_peers.ts";
import { runToEnd, sourceProgram, startTracker, TempFolder } from "./harness.ts";
import { RawClient } from "./http/raw_client.ts";
import { PROCESS_MS } from "./process.ts";
import { GLIBC, testWith } from "./requirements.ts";
import { UdpClient } from "./udp_client.ts";
import { within } from "./within.ts";

/** The status line that the tracker behind the socket gives to a request for `/health`. */
async function healthOf(path: string): Promise<string> {
  const connection = await Deno.connect({ transport: "unix", path });
  const request = "GET /health HTTP/1.1\r\nHost: tracker\r\nConnection: close\r\n\r\n";
  await connection.write(new TextEncoder().encode(request));
  const answer = new Response(connection.readable).text();
  return (await within(PROCESS_MS, answer, () => "The connection stays open")).split("\r\n", 1)[0];
}

for (const [backend, needs] of [["libc", [GLIBC]], ["deno", []]] as const) {
  const argsFor = (path: string) => [
    ...["--http", `unix:${path}@X-Forwarded-For`, "--http-backend", backend, "--http-workers", "2"],
  ];

  testWith([...needs], `a Unix-domain socket is there from ready to stop (${backend})`, async () => {
    using folder = new TempFolder();
    const path = folder.file("http.sock");
    await using tracker = await startTracker(argsFor(path));
    assertEquals(tracker.unix, [path]);
    assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o660);
    assertEquals(await healthOf(path), "HTTP/1.1 200 OK");
    assertEquals(await tracker.stop(), 0, tracker.log);
    assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), []);
  });

  testWith([...needs], `the socket of a tracker that was killed is replaced (${backend})`, async () => {
    using folder = new TempFolder();
    const path = folder.file("http.sock");
    const killed = await startTracker(argsFor(path));
    await killed.kill();
    assertEquals(Deno.statSync(path).isSocket, true);
    await using tracker = await startTracker(argsFor(path));
    assertEquals(await healthOf(path), "HTTP/1.1 200 OK");
    assertEquals(await tracker.stop(), 0, tracker.log);
  });

  testWith([...needs], `the socket of a tracker that runs is left to it (${backend})`, async () => {
    using folder = new TempFolder();
    const path = folder.file("http.sock");
    await using _tracker = await startTracker(argsFor(path));
    const { code, log } = await runToEnd(argsFor(path));
    assertEquals(code, 1, log);
    assertMatch(log, new RegExp(`^.*${path}.*listens there.*$`, "m"));
    assertEquals(await healthOf(path), "HTTP/1.1 200 OK");
  });

  testWith([...needs], `a file that is no socket is never replaced (${backend})`, async () => {
    using folder = new TempFolder();
    const path = folder.file("notes.txt");
    await Deno.writeTextFile(path, "precious");
    const { code, log } = await runToEnd(argsFor(path));
    assertEquals(code, 1, log);
    assertEquals(await Deno.readTextFile(path), "precious");
  });
}

testWith([GLIBC], "a tracker that stops leaves the socket of the one after it", async () => {
  using folder = new TempFolder();
  const path = folder.file("http.sock");
  await using tracker = await startTracker(["--http", `unix:${path}@X-Real-IP`]);
  // One that does not go away after its last answer, and makes the stop last.
  using client = await RawClient.connect({ kind: "unix", path, proxyHeader: "X-Real-IP", serves: "all" });
  await client.send("what?\r\n");
  assertEquals((await client.answer()).status, 400);
  tracker.signal("SIGTERM");
  await tracker.waitForLog(/stopping/);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), []);
  using _next = Deno.listen({ transport: "unix", path });
  assertEquals(await tracker.end(), 0, tracker.log);
  assertEquals(Deno.statSync(path).isSocket, true);
});

testWith([GLIBC], "the state is saved although the file of a socket must not be removed", async () => {
  using folder = new TempFolder();
  const state = `${folder.path}/state`;
  await Deno.mkdir(state);
  const { command, args, cwd } = sourceProgram();
  const limited = args.map((arg) => arg === "--allow-write" ? `--allow-write=${state}` : arg);
  await using tracker = await startTracker(
    ["--udp", "127.0.0.1:0", "--http", `unix:${folder.file("http.sock")}@X-Real-IP`, "--odb", `${state}/odb`],
    { command, args: limited, cwd },
  );
  using client = await UdpClient.connect(tracker.udp[0]);
  await client.announce({ hash: randomHash(), port: 1 });
  assertEquals(await tracker.stop(), 0, tracker.log);
  assertMatch(tracker.log, /warning .*http\.sock/);
  assertMatch(tracker.log, /saved 1 torrents and 1 peers/);
});
