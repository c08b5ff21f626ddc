import { assertEquals, assertMatch } from "@std/assert";
import { VERSION } from "../src/config/mod.ts";
import { EXECUTABLE, executable } from "./executable.ts";
import { runToEnd, startTracker } from "./harness.ts";
import { httpGet } from "./http_client.ts";
import { testWith } from "./requirements.ts";
import { type End, keepsSwarmsOverRestart, saveThenKill, stopInOrder } from "./restart.ts";

testWith(
  [EXECUTABLE],
  "the executable keeps peers and completed counts over SIGTERM",
  () => restarts(stopInOrder),
);

testWith(
  [EXECUTABLE],
  "the executable keeps peers and completed counts over kill -9",
  () => restarts(saveThenKill),
);

testWith([EXECUTABLE], "the executable knows of itself and of the machine", async () => {
  const program = executable();
  assertEquals((await runToEnd(["--version"], program)).log, `tracker ${VERSION}\n`);
  assertMatch((await runToEnd(["manual"], program)).log, /^\.TH TRACKER 1/);
  const { code, log } = await runToEnd(["doctor", "--json", "--listen", "127.0.0.1:0"], program);
  assertEquals(code, JSON.parse(log).verdict === "problem" ? 1 : 0);
});

testWith([EXECUTABLE], "the executable tells whether another answers", async () => {
  const program = executable();
  await using tracker = await startTracker(undefined, program);
  const url = `http://127.0.0.1:${tracker.http[0].port}`;
  assertEquals(await runToEnd(["health", url], program), { code: 0, log: "" });
  assertEquals(await tracker.stop(), 0);
  assertEquals((await runToEnd(["health", url], program)).code, 1);
});

testWith([EXECUTABLE], "the executable has its metrics, and shows what another does", async () => {
  const program = executable();
  await using tracker = await startTracker(undefined, program);
  const [http] = tracker.http;
  const { status, body } = await httpGet(http, "/metrics");
  assertEquals(status, 200);
  assertMatch(new TextDecoder().decode(body), /^tracker_announces_total\{protocol="udp"\} 0$/m);
  const { code, log } = await runToEnd(["top", "--once", `http://127.0.0.1:${http.port}`], program);
  assertEquals(code, 0);
  assertMatch(
    log,
    new RegExp(`^tracker ${RegExp.escape(VERSION)} at 127\\.0\\.0\\.1:${http.port} {2}well, up `),
  );
});

function restarts(end: End): Promise<void> {
  return keepsSwarmsOverRestart(executable(), end);
}
