import { assertEquals, assertMatch } from "@std/assert";
import { runToEnd, sourceProgram, startTracker } from "./harness.ts";
import { IPV6_LOOPBACK, testWith } from "./requirements.ts";

Deno.test("tracker health tells a tracker that answers from one that does not", async () => {
  const tracker = await startTracker();
  const url = `http://127.0.0.1:${tracker.http[0].port}`;
  try {
    assertEquals(await runToEnd(["health", url]), { code: 0, log: "" });
    assertEquals(await runToEnd(["health", `${url}/health`]), { code: 0, log: "" });
    const elsewhere = await runToEnd(["health", `${url}/nothing-here`]);
    assertEquals(elsewhere, { code: 1, log: `${url}/nothing-here: answered 404\n` });
  } finally {
    await tracker.stop();
  }
  const stopped = await runToEnd(["health", url]);
  assertEquals(stopped.code, 1);
  assertMatch(stopped.log, new RegExp(`^${url}/health: .*\n$`));
});

Deno.test("tracker health takes another server's word for nothing", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("fine"),
  );
  const { code, log } = await runToEnd(["health", `http://127.0.0.1:${server.addr.port}`]);
  assertEquals(code, 1);
  assertMatch(log, /answered 200\n$/);
});

testWith(
  [IPV6_LOOPBACK],
  "tracker health asks the tracker itself, whatever proxy the environment names",
  async () => {
    await using tracker = await startTracker(["--http", "127.0.0.1:0", "--http", "[::1]:0"]);
    const proxy = "http://127.0.0.1:1";
    const env = { HTTP_PROXY: proxy, http_proxy: proxy, ALL_PROXY: proxy, no_proxy: "tracker.example" };
    for (const url of [`http://127.0.0.1:${tracker.http[0].port}`, `http://[::1]:${tracker.http[1].port}`]) {
      assertEquals(await runToEnd(["health", url], { ...sourceProgram(), env }), { code: 0, log: "" });
    }
  },
);

Deno.test("tracker health takes one URL of HTTP", async () => {
  for (const args of [["udp://127.0.0.1:6969"], ["127.0.0.1:6969"], ["http://127.0.0.1", "again"]]) {
    const { code, log } = await runToEnd(["health", ...args]);
    assertEquals(code, 2);
    assertMatch(log, /needs one URL at most/);
  }
  const help = await runToEnd(["health", "--help"]);
  assertEquals(help.code, 0);
  assertMatch(help.log, /^tracker health: asks/);
});
