// HTTP through a Unix-domain socket, and what becomes of its file.
import { assertEquals, assertMatch } from "@std/assert";
import { runToEnd, startTracker, TempFolder } from "./harness.ts";
import { PROCESS_MS } from "./process.ts";
import { GLIBC, testWith } from "./requirements.ts";
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
