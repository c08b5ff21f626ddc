// What one run of the tracker hands to the next: by itself, and over restarts of the whole program.
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Handover } from "../src/handover.ts";
import { readKeyFile } from "../src/key_file.ts";
import { setupLog } from "../src/log.ts";
import { httpErrorsOf } from "../src/stats/counters.ts";
import {
  COUNTER,
  counterRow,
  createCounters,
  httpErrorCounter,
  sumCounters,
  SUPERVISOR_ROW,
} from "../src/stats/mod.ts";
import { randomHash } from "./compact_peers.ts";
import { startTracker, TempFolder, TEST_ARGS, type Tracker } from "./harness.ts";
import { httpAnnounce } from "./http_client.ts";
import { PROCESS_MS } from "./process.ts";
import { GLIBC, testWith } from "./requirements.ts";
import { readStats, statsWhen } from "./stats.ts";
import { UdpClient } from "./udp_client.ts";
import { until } from "./within.ts";

const BOOT = "11111111-2222-4333-8444-555555555555";

/** A handover and what it has logged. */
function handOver(path: string | null, bootId: string | null, counters = createCounters(1)) {
  const lines: string[] = [];
  setupLog({ logLevel: "debug" }, (line) => lines.push(line));
  const handover = new Handover({ path, bootId, counters });
  return { handover, counters, log: lines.join("") };
}

Deno.test("the secret is taken in the same run of the machine alone, the counters always", () => {
  using folder = new TempFolder();
  const path = folder.file("state.odb.key");
  const first = handOver(path, BOOT);
  assertEquals(first.log, "");
  counterRow(first.counters, 0)[COUNTER.udpAnnounces] = 5;
  counterRow(first.counters, 0)[COUNTER.completed] = 3;
  counterRow(first.counters, 0)[httpErrorCounter("full")] = 2;
  counterRow(first.counters, SUPERVISOR_ROW)[COUNTER.udpDropped] = 7;
  counterRow(first.counters, SUPERVISOR_ROW)[COUNTER.countingSinceUnix] = 1_700_000_000;
  first.handover.keep();

  const second = handOver(path, BOOT);
  assertEquals(second.handover.secret, first.handover.secret);
  assertMatch(second.log, /counters and connection ids go on/);
  const sums = sumCounters(second.counters);
  assertEquals(
    [COUNTER.udpAnnounces, COUNTER.completed, COUNTER.udpDropped, COUNTER.countingSinceUnix].map((index) =>
      sums[index]
    ),
    [5, 3, 7, 1_700_000_000],
  );
  assertEquals(httpErrorsOf(sums).full, 2);
  counterRow(second.counters, 0)[COUNTER.udpAnnounces] = 1;
  second.handover.keep();

  const rebooted = handOver(path, "another-run");
  assert(String(rebooted.handover.secret) !== String(first.handover.secret));
  assertEquals(sumCounters(rebooted.counters)[COUNTER.udpAnnounces], 6);
  assertEquals(readKeyFile(path)?.secret, rebooted.handover.secret);
  for (const { log } of [first, second, rebooted]) assertTellsNoSecret(log, first.handover.secret);
});

Deno.test("nothing is counted since a time that is yet to come", () => {
  using folder = new TempFolder();
  const path = folder.file("state.odb.key");
  const first = handOver(path, BOOT);
  counterRow(first.counters, SUPERVISOR_ROW)[COUNTER.countingSinceUnix] = Date.now() / 1000 + 5000 | 0;
  first.handover.keep();
  const { counters } = handOver(path, BOOT);
  assert(sumCounters(counters)[COUNTER.countingSinceUnix] <= Date.now() / 1000);
});

Deno.test("a secret whose seconds would come again is not kept", () => {
  using folder = new TempFolder();
  const path = folder.file("state.odb.key");
  handOver(path, null);
  assertEquals([readKeyFile(path)?.secret, readKeyFile(path)?.bootId], [null, null]);
  const first = handOver(path, BOOT);
  const unknown = handOver(path, null);
  assert(String(unknown.handover.secret) !== String(first.handover.secret));
});

Deno.test("without a key file every run is the first", () => {
  const before = Math.floor(Date.now() / 1000);
  const { handover, counters } = handOver(null, BOOT);
  handover.keep();
  assert(sumCounters(counters)[COUNTER.countingSinceUnix] >= before);
  assert(String(handOver(null, BOOT).handover.secret) !== String(handover.secret));
});

Deno.test("a key file that cannot be used or written is told of once, and kept from nothing", () => {
  using folder = new TempFolder();
  const path = folder.file("missing/state.odb.key");
  const { handover, log } = handOver(path, BOOT);
  assertMatch(log, /^\S+ warning cannot write .*state\.odb\.key: .*\n$/);
  const lines: string[] = [];
  setupLog({ logLevel: "debug" }, (line) => lines.push(line));
  handover.keep();
  assertEquals(lines, []);
  Deno.mkdirSync(folder.file("missing"));
  handover.keep();
  assertEquals(readKeyFile(path)?.secret, handover.secret);

  Deno.writeTextFileSync(path, "garbled");
  const garbled = handOver(path, BOOT);
  assertMatch(garbled.log, /^\S+ warning .*state\.odb\.key was ignored: it is not a key file\n$/);
  assertEquals(readKeyFile(path)?.secret, garbled.handover.secret);
});

function assertTellsNoSecret(log: string, secret: Uint32Array): void {
  for (const word of secret) {
    for (const text of [word.toString(16).padStart(8, "0"), String(word)]) assert(!log.includes(text), log);
  }
}

/** Makes no save due by the two announces of either run; together they would. */
const SAVE_RULE = "1:4";
/** When that rule would have been followed. */
const RULE_UPTIME_SEC = 3;

/** Starts a tracker, is given a connection id and announces, ends it as told, and starts it again. */
async function restart(
  args: string[],
  end: (tracker: Tracker) => Promise<unknown>,
  then: (tracker: Tracker, connectionId: Uint8Array) => Promise<void>,
): Promise<void> {
  const all = [...TEST_ARGS, "--odb-save", SAVE_RULE, ...args];
  await using first = await startTracker(all);
  using client = await UdpClient.connect(first.udp[0]);
  await client.announce({ hash: randomHash(), port: 1 });
  await httpAnnounce(first.http[0], randomHash(), { port: 1 });
  await end(first);
  await using second = await startTracker(all);
  await then(second, client.connectionId);
  assertEquals(await second.stop(), 0, second.log);
}

/** Ends the tracker the hard way once the counters have been kept with a save. */
async function saveAndKill(tracker: Tracker, keyPath: string): Promise<void> {
  tracker.signal("SIGUSR2");
  await until(
    PROCESS_MS,
    () => Promise.resolve(readKeyFile(keyPath)?.counters.get("udpAnnounces") === 1),
    () => "the save keeps no counters",
  );
  await tracker.kill();
}

const ENDS = [
  { how: "SIGTERM", end: (tracker: Tracker) => tracker.stop(), announces: 1 },
  { how: "kill -9 after a save", end: saveAndKill, announces: 1 },
  // Without a save, what was counted since the start is lost with the peers.
  { how: "kill -9", end: (tracker: Tracker) => tracker.kill(), announces: 0 },
];

for (const { how, end, announces } of ENDS) {
  testWith([GLIBC], `a connection id outlives ${how}, and requests are counted on`, async () => {
    using folder = new TempFolder();
    const args = ["--odb", folder.file("state.odb")];
    const endFirst = (tracker: Tracker) => end(tracker, folder.file("state.odb.key"));
    await restart(args, endFirst, async (tracker, connectionId) => {
      const hash = randomHash();
      using client = UdpClient.resume(tracker.udp[0], connectionId);
      assertEquals((await client.announce({ hash, port: 1 })).leechers, 1);
      await httpAnnounce(tracker.http[0], hash, { port: 1 });
      const { udp, http, counting_since_unix, odb } = await statsWhen(
        tracker.http[0],
        ({ uptime_s }) => uptime_s >= RULE_UPTIME_SEC,
      );
      assertEquals([udp.announces, http.announces], [announces + 1, announces + 1]);
      assert(counting_since_unix > 0 && counting_since_unix * 1000 <= Date.now());
      assertEquals(odb.saves, 0, "announces of the last run are no changes of this one");
      const { secret } = readKeyFile(folder.file("state.odb.key"))!;
      assertTellsNoSecret(tracker.log, secret!);
      assertEquals(Deno.statSync(folder.file("state.odb.key")).mode! & 0o777, 0o600);
    });
  });
}

Deno.test("the secret is not kept where each start has a clock of its own", async () => {
  using folder = new TempFolder();
  await using tracker = await startTracker([
    ...TEST_ARGS,
    ...["--udp-backend", "deno"],
    ...["--odb", folder.file("state.odb")],
  ]);
  const kept = readKeyFile(folder.file("state.odb.key"));
  assertEquals([kept?.bootId, kept?.secret], [null, null]);
  assertEquals(await tracker.stop(), 0, tracker.log);
});

testWith([GLIBC], "with --no-odb-key nothing is kept and no connection id outlives a restart", async () => {
  using folder = new TempFolder();
  const args = ["--odb", folder.file("state.odb"), "--no-odb-key"];
  await restart(args, (tracker) => tracker.stop(), async (tracker, connectionId) => {
    using client = UdpClient.resume(tracker.udp[0], connectionId);
    await assertRejects(
      () => client.announce({ hash: randomHash(), port: 1 }),
      Error,
      "Connection ID missmatch",
    );
    assertEquals((await readStats(tracker.http[0])).udp.announces, 0);
    const names = [...Deno.readDirSync(folder.path)].map(({ name }) => name);
    assertEquals(names.filter((name) => name.includes("key")), []);
  });
});

Deno.test("a key file that is none keeps no tracker from starting", async () => {
  using folder = new TempFolder();
  const odb = folder.file("state.odb");
  Deno.writeTextFileSync(`${odb}.key`, "garbled", { mode: 0o600 });
  await using tracker = await startTracker([...TEST_ARGS, "--odb", odb]);
  assertMatch(tracker.log, /^.*warning .*state\.odb\.key was ignored: .*$/m);
  assertEquals(await tracker.stop(), 0, tracker.log);
  assert(readKeyFile(`${odb}.key`) !== null);
});
