// The log as the tracker writes it with each of its options.
import { assertEquals, assertMatch } from "@std/assert";
import { sourceProgram, startTracker, TEST_ARGS, Tracker } from "./harness.ts";
import { httpGet } from "./http_client.ts";
import { GLIBC, testWith } from "./requirements.ts";

Deno.test("--log-format json writes an object a line", async () => {
  await using tracker = new Tracker([...TEST_ARGS, "--log-format", "json"], sourceProgram());
  await tracker.waitForLog(/"message":"ready udp=127\.0\.0\.1:\d+ http=127\.0\.0\.1:\d+ https=-"\}\n/);
  assertEquals(await tracker.stop(), 0, tracker.log);
  const events = tracker.log.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(new Set(events.map(({ level }) => level)), new Set(["info"]));
  assertEquals(events.slice(-2).map(({ message }) => message), ["SIGTERM: stopping", "stopped"]);
});

for (const [backend, needs] of [["libc", [GLIBC]], ["deno", []]] as const) {
  for (const [options, who] of [[[], "a client"], [["--log-addresses"], "the client 127.0.0.1"]] as const) {
    testWith([...needs], `a full scrape is logged as that of ${who} (${backend})`, async () => {
      const args = [...TEST_ARGS, "--http-backend", backend, "--full-scrape", ...options];
      await using tracker = await startTracker(args);
      assertMatch(new TextDecoder().decode((await httpGet(tracker.http[0], "/health")).body), /ok/);
      using connection = await Deno.connect(tracker.http[0]);
      await connection.write(new TextEncoder().encode("GET /scrape HTTP/1.0\r\n\r\n"));
      await tracker.waitForLog(new RegExp(`info {2}${who} is given a full scrape\n`));
      assertEquals(await tracker.stop(), 0, tracker.log);
    });
  }
}
