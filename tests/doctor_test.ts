import { assertEquals, assertMatch } from "@std/assert";
import { findingsJson, formatFindings } from "../src/doctor/mod.ts";
import { runToEnd, TempFolder } from "./harness.ts";

const HERE = ["--listen", "127.0.0.1:0"];

Deno.test("tracker doctor says of this machine what a tracker would meet", async () => {
  const { code, log } = await runToEnd(["doctor", "--json", ...HERE]);
  const { verdict, findings } = JSON.parse(log);
  assertEquals(code, verdict === "problem" ? 1 : 0);
  const names = findings.map(({ check }: { check: string }) => check);
  for (const check of ["library", "ports", "threads", "memory"]) {
    assertEquals(names.includes(check), true, check);
  }
});

Deno.test("tracker doctor finds ports that are taken, by either protocol", async () => {
  using tcp = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const udp = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  try {
    const ports = [udp.addr, tcp.addr].map((address) => (address as Deno.NetAddr).port);
    const { log } = await runToEnd([
      "doctor",
      ...["--udp", `127.0.0.1:${ports[0]}`],
      ...["--http", `127.0.0.1:${ports[1]}`],
    ]);
    assertMatch(log, new RegExp(`^advice +ports: UDP 127\\.0\\.0\\.1:${ports[0]} is in use`, "m"));
    assertMatch(log, new RegExp(`^advice +ports: TCP 127\\.0\\.0\\.1:${ports[1]} is in use`, "m"));
  } finally {
    udp.close();
  }
});

Deno.test("tracker doctor ends with 1 for a problem, which --directory can make or mend", async () => {
  using folder = new TempFolder();
  const args = ["doctor", ...HERE, "--odb", "state/odb"];
  const without = await runToEnd([...args, "--directory", folder.path]);
  assertEquals(without.code, 1);
  assertMatch(without.log, /^problem +state-space: The folder of --odb state\/odb cannot be used/m);
  Deno.mkdirSync(folder.file("state"));
  const { log } = await runToEnd([...args, "--directory", folder.path]);
  assertMatch(log, /^ok +state-space: /m);
});

Deno.test("tracker doctor does not look for folders beneath another root", async () => {
  const beneath = ["--chroot", "/none", "--directory", "/none", "--odb", "/none/state.odb"];
  const { log } = await runToEnd(["doctor", "--json", ...HERE, ...beneath]);
  const names = JSON.parse(log).findings.map(({ check }: { check: string }) => check);
  assertEquals([names.includes("ports"), names.includes("state-space")], [true, false]);
});

Deno.test("tracker doctor refuses what the tracker would refuse", async () => {
  const { code, log } = await runToEnd(["doctor", "--interval", "5"]);
  assertEquals(code, 2);
  assertMatch(log, /^--interval 5: must be/);
  assertEquals((await runToEnd(["doctor", "--version"])).code, 2);
  const help = await runToEnd(["doctor", "--help"]);
  assertEquals(help.code, 0);
  assertMatch(help.log, /^tracker doctor: checks/);
});

Deno.test("the report has the gravest last, commands below, and says what to know of them", () => {
  assertEquals(
    formatFindings([
      { check: "one", verdict: "problem", text: "It is bad.", commands: ["sysctl -w a=1", "echo 1"] },
      { check: "two", verdict: "ok", text: "It is good.", commands: [] },
    ]),
    `ok       two: It is good.
problem  one: It is bad.
                  sysctl -w a=1
                  echo 1

The tracker cannot do what it is told to until the problems are gone.
The commands need root.
What sysctl sets is gone when the machine starts anew; lines in /etc/sysctl.d/60-tracker.conf, as ` +
      `net.core.rmem_max = 8388608, are not.
`,
  );
  assertEquals(formatFindings([]), "\nNothing to do.\n");
});

Deno.test("the findings as JSON have the gravest verdict on top", () => {
  const findings = [{ check: "one", verdict: "advice" as const, text: "It could be better.", commands: [] }];
  assertEquals(JSON.parse(findingsJson(findings)), { verdict: "advice", findings });
});
