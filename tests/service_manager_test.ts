// What a service manager is told, and when.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { randomHash } from "./compact_peers.ts";
import { type Program, sourceProgram, startTracker, TempFolder, TEST_ARGS, Tracker } from "./harness.ts";
import { httpAnnounce } from "./http_client.ts";
import { odbPeer, writeOdb } from "./odb_file.ts";
import { GLIBC, testWith } from "./requirements.ts";
import { ServiceManager } from "../src/service_manager.ts";
import { FakeManager } from "./service_manager.ts";

/** A tracker that a service manager at `path` has started. */
function managed(path: string, env: Record<string, string> = {}, program = sourceProgram()): Program {
  return { ...program, env: { NOTIFY_SOCKET: path, ...env } };
}

testWith([GLIBC], "a manager is told when the tracker serves, how it does, and when it stops", async () => {
  using folder = new TempFolder();
  using manager = new FakeManager(folder.file("notify"));
  await using tracker = await startTracker(TEST_ARGS, managed(folder.file("notify")));
  await manager.waitFor("READY=1");
  assertEquals(manager.told[0], ["READY=1", `MAINPID=${tracker.pid}`]);
  await manager.waitFor("STATUS=0 torrents, 0 peers, 0 requests/s");
  for (let i = 0; i < 25; i++) await httpAnnounce(tracker.http[0], randomHash(), { port: 1 });
  await manager.wait(() =>
    manager.lines.some((line) => /^STATUS=25 torrents, 25 peers, \d+ requests\/s$/.test(line))
  );
  assert(manager.lines.some((line) => / [1-9]\d* requests\/s$/.test(line)));
  assertEquals(manager.lines.includes("STOPPING=1"), false);
  assertEquals(await tracker.stop(), 0, tracker.log);
  await manager.waitFor("STOPPING=1");
  assertEquals(manager.lines.includes("WATCHDOG=1"), false);
});

testWith([GLIBC], "a manager is told of a reload and of its end", async () => {
  using folder = new TempFolder();
  const list = folder.file("white.txt");
  await Deno.writeTextFile(list, `${"ab".repeat(20)}\n`);
  using manager = new FakeManager(folder.file("notify"));
  const args = [...TEST_ARGS, "--whitelist", list];
  await using tracker = await startTracker(args, managed(folder.file("notify")));
  await manager.waitFor("READY=1");
  const before = manager.told.length;
  tracker.signal("SIGHUP");
  await manager.wait(() => manager.told.slice(before).some(([first]) => first === "READY=1"));
  const [reloading, ...rest] = manager.told.slice(before).filter(([first]) => !first.startsWith("STATUS="));
  assertEquals(reloading[0], "RELOADING=1");
  const [, microseconds] = /^MONOTONIC_USEC=(\d+)$/.exec(reloading[1]) ?? [];
  const uptimeSec = Number(Deno.readTextFileSync("/proc/uptime").split(" ")[0]);
  assert(Math.abs(Number(microseconds) / 1e6 - uptimeSec) < 60, `${reloading[1]}, up for ${uptimeSec} s`);
  assertEquals(rest, [["READY=1", `MAINPID=${tracker.pid}`]]);
  assertEquals(tracker.log.match(/1 info hashes in/g)?.length, 2, tracker.log);
});

testWith([GLIBC], "a manager is asked for the time that a large state takes", async () => {
  using folder = new TempFolder();
  const odb = folder.file("state.odb");
  const peers = new Uint8Array(8 * 100_000);
  for (let i = 0; i < 100_000; i++) peers.set(odbPeer(0x0a000000 + i, 6881), 8 * i);
  await Deno.writeFile(odb, writeOdb([{ hash: randomHash(), completed: 0, peers }]));
  using manager = new FakeManager(folder.file("notify"));
  await using tracker = await startTracker([...TEST_ARGS, "--odb", odb], managed(folder.file("notify")));
  await manager.waitFor("READY=1");
  // 60 s and one for each 5 MB of 0.8 MB, in whole seconds.
  assertEquals(manager.told[0], ["EXTEND_TIMEOUT_USEC=61000000"]);
  assertEquals(await tracker.stop(), 0, tracker.log);
});

testWith([GLIBC], "a manager with a watchdog hears from the tracker twice in its time", async () => {
  using folder = new TempFolder();
  using manager = new FakeManager(folder.file("notify"));
  const program = managed(folder.file("notify"), { WATCHDOG_USEC: "200000" });
  await using tracker = await startTracker(TEST_ARGS, program);
  await manager.wait(() => manager.lines.filter((line) => line === "WATCHDOG=1").length >= 3);
  assertEquals(await tracker.stop(), 0, tracker.log);
});

testWith([GLIBC], "half of the watchdog's time is the time between two signs of life", async () => {
  using folder = new TempFolder();
  const path = folder.file("notify");
  using manager = new FakeManager(path);
  const environment = { NOTIFY_SOCKET: path, WATCHDOG_USEC: "30000000" };
  const connected = ServiceManager.connect(environment);
  assertEquals(connected.watchdogMs, 15_000);
  assertEquals(ServiceManager.connect({ NOTIFY_SOCKET: path }).watchdogMs, null);
  connected.alive();
  await manager.waitFor("WATCHDOG=1");
});

testWith([GLIBC], "a watchdog of another process is none of the tracker's", async () => {
  using folder = new TempFolder();
  using manager = new FakeManager(folder.file("notify"));
  const program = managed(folder.file("notify"), { WATCHDOG_USEC: "1000", WATCHDOG_PID: "1" });
  await using tracker = await startTracker(TEST_ARGS, program);
  assertEquals(await tracker.stop(), 0, tracker.log);
  await manager.waitFor("STOPPING=1");
  assertEquals(manager.lines.includes("WATCHDOG=1"), false);
});

testWith([GLIBC], "a worker that hangs is told of, and lets the watchdog bite", async () => {
  using folder = new TempFolder();
  using manager = new FakeManager(folder.file("notify"));
  const { command, args, cwd } = sourceProgram();
  const hanging = { command, args: [...args.slice(0, -1), "tests/dying/main.ts", "hanging.ts", "udp"], cwd };
  const program = managed(folder.file("notify"), { WATCHDOG_USEC: "200000" }, hanging);
  await using tracker = new Tracker(TEST_ARGS, program);
  await manager.waitFor("WATCHDOG=1");
  await tracker.waitForLog(/error the udp-1 worker hangs\n/);
  const alive = () => manager.lines.filter((line) => line === "WATCHDOG=1").length;
  const before = alive();
  // What says that time goes on.
  const statuses = () => manager.lines.filter((line) => line.startsWith("STATUS=")).length;
  const statusesBefore = statuses();
  await manager.wait(() => statuses() > statusesBefore);
  assert(alive() <= before + 1, "the tracker goes on saying that it is alive");
});

testWith([GLIBC], "a manager that is not there is warned of, and the tracker runs", async () => {
  using folder = new TempFolder();
  const path = folder.file("nobody");
  await using tracker = await startTracker(TEST_ARGS, managed(path));
  assertMatch(
    tracker.log,
    new RegExp(`warning the service manager cannot be told anything: .*${path}: ENOENT`),
  );
  assertEquals(await tracker.stop(), 0, tracker.log);
});
