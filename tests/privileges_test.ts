// Root's rights: who may keep them, how they are dropped, and what goes on without them.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { openLibc, openUnixListener } from "../src/os/mod.ts";
import { PassedSockets } from "./activation.ts";
import { makeCertificate } from "./certificates.ts";
import { program } from "./clients/programs.ts";
import { randomHash } from "./compact_peers.ts";
import { EXECUTABLE, executable } from "./executable.ts";
import {
  type Program,
  runToEnd,
  sourceProgram,
  startedBy,
  startTracker,
  TempFolder,
  TEST_ARGS,
  type Tracker,
} from "./harness.ts";
import { httpAnnounce, httpGet } from "./http_client.ts";
import { readOdb } from "./odb_file.ts";
import { overflow } from "./receive_buffer.ts";
import { GLIBC, MAY_RAISE_LIMITS, type Requirement, ROOT, testWith } from "./requirements.ts";
import { readStats, statsWhen } from "./stats.ts";
import { countRealtimeThreads, filesOfThreads } from "./threads.ts";

const NOBODY: Requirement = { name: "a user nobody", present: hasUser("nobody") };
const NEEDS = [GLIBC, ROOT, NOBODY];
const CAP_NET_BIND_SERVICE = "0000000000000400";
const NO_CAPABILITIES = "0000000000000000";

function hasUser(name: string): boolean {
  try {
    return new RegExp(`^${name}:`, "m").test(Deno.readTextFileSync("/etc/passwd"));
  } catch {
    return false;
  }
}

/** The user's number and the number of its group. */
function idsOf(name: string): number[] {
  const [, uid, gid] = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, "m").exec(
    Deno.readTextFileSync("/etc/passwd"),
  )!;
  return [Number(uid), Number(gid)];
}

/** The program for an operator who did not say that root may run it. */
function unasked(program: Program): Program {
  return { ...program, env: { TRACKER_ALLOW_ROOT: "" } };
}

/** A folder that everybody can go into, with one in it that is nobody's. */
function sharedFolder(): { folder: TempFolder; own: string } {
  const folder = new TempFolder();
  Deno.chmodSync(folder.path, 0o755);
  const own = folder.file("own");
  Deno.mkdirSync(own);
  const [uid, gid] = idsOf("nobody");
  Deno.chownSync(own, uid, gid);
  return { folder, own };
}

/** One field of each thread of the tracker, as in /proc/PID/status. */
function fieldOfThreads({ pid }: Tracker, field: string): string[] {
  const value = new RegExp(`^${field}:[ \\t]*(.*?)[ \\t]*$`, "m");
  return filesOfThreads(pid, "status").map(([, status]) => value.exec(status)![1]);
}

function assertNobody(tracker: Tracker, gid = idsOf("nobody")[1]): void {
  const [uid] = idsOf("nobody");
  const four = (id: number) => Array(4).fill(id).join("\t");
  assertEquals(new Set(fieldOfThreads(tracker, "Uid")), new Set([four(uid)]));
  assertEquals(new Set(fieldOfThreads(tracker, "Gid")), new Set([four(gid)]));
}

/** A port that only root may open, and that nobody has open. */
function freeLowPort(): number {
  for (let port = 1023; port > 600; port--) {
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Error("All ports are in use");
}

testWith([ROOT], "root is refused, and told what to do", async () => {
  const { code, log } = await runToEnd(TEST_ARGS, unasked(sourceProgram()));
  assertEquals(code, 2, log);
  assertMatch(log, /^root: the tracker does not run as root; --user NAME .*--allow-root .*\n$/);
});

testWith([ROOT], "--allow-root lets root run it", async () => {
  await using tracker = await startTracker([...TEST_ARGS, "--allow-root"], unasked(sourceProgram()));
  assertEquals(await tracker.stop(), 0, tracker.log);
});

const REFUSED: { args: string[]; says: RegExp }[] = [
  { args: ["--user", "no-such-user"], says: /^--user no-such-user: this machine has no such user$/m },
  {
    args: ["--user", "nobody", "--group", "no-such-group"],
    says: /^--group no-such-group: .*no such group$/m,
  },
  { args: ["--user", "4000000000"], says: /^--user 4000000000: .*--group NAME is needed too$/m },
  { args: ["--user", "root"], says: /^--user root: is root; / },
  { args: ["--user", "nobody"], says: /^--user nobody: needs the executable/ },
  { args: ["--group", "0"], says: /^--group 0: needs --user NAME/ },
  { args: ["--chroot", "/", "--allow-root"], says: /^--chroot \/: needs the executable/ },
];

for (const { args, says } of REFUSED) {
  testWith(NEEDS, `refused: ${args.join(" ")}`, async () => {
    const { code, log } = await runToEnd([...TEST_ARGS, ...args], unasked(sourceProgram()));
    assertEquals(code, 2, log);
    assertMatch(log, says);
  });
}

testWith(
  NEEDS,
  "--check-config tries the files as the tracker will: the lists as root, the state as --user",
  async () => {
    const { folder, own } = sharedFolder();
    using _folder = folder;
    const list = folder.file("white.txt");
    await Deno.writeTextFile(list, "ab".repeat(20), { mode: 0o600 });
    const check = (odb: string) =>
      runToEnd(
        ["--user", "nobody", "--whitelist", list, "--odb", odb, "--check-config"],
        unasked(sourceProgram()),
      );
    const unreadable =
      `warning user nobody cannot read ${list}, so SIGHUP will not take a new one: Permission denied`;
    const can = await check(`${own}/state.odb`);
    assertEquals(can.code, 0, can.log);
    assert(can.log.includes(unreadable), can.log);
    assertMatch(
      can.log,
      /^warning: user: needs the executable, .*; from sources the tracker does not start$/m,
    );
    assert(can.log.endsWith("the configuration can be used\n"), can.log);
    const cannot = await check(folder.file("state.odb"));
    assertEquals(cannot.code, 2, cannot.log);
    assertMatch(cannot.log, /^problem: Cannot save to \S+state\.odb: Permission denied/m);
    assertEquals([...Deno.readDirSync(own)], []);
  },
);

testWith(
  [...NEEDS, EXECUTABLE],
  "--user drops the rights of every thread, and the new user serves and saves",
  async () => {
    const { folder, own } = sharedFolder();
    using _folder = folder;
    const odb = `${own}/state.odb`;
    const unix = folder.file("http.sock");
    const port = freeLowPort();
    const args = [
      ...["--user", "nobody", "--udp", "127.0.0.1:0", "--udp-workers", "2", "--http", `127.0.0.1:${port}`],
      ...["--http", `unix:${unix}@X-Real-IP`, "--odb", odb],
    ];
    await using tracker = await startTracker(args, unasked(executable()));
    assertMatch(tracker.log, /info {2}running as user nobody\n/);
    assertNobody(tracker);
    assertEquals(new Set(fieldOfThreads(tracker, "CapEff")), new Set([NO_CAPABILITIES]));
    assertEquals(new Set(fieldOfThreads(tracker, "CapPrm")), new Set([NO_CAPABILITIES]));
    const { uid, gid } = Deno.statSync(unix);
    assertEquals([uid, gid], idsOf("nobody"));
    await httpAnnounce(tracker.http[0], randomHash(), { port: 1 });
    // What the kernel tells of the sockets can still be read.
    tracker.signal("SIGSTOP");
    await overflow(tracker.udp[0]);
    tracker.signal("SIGCONT");
    await statsWhen(tracker.http[0], ({ udp }) => udp.dropped > 0);
    assertEquals(await tracker.stop(), 0, tracker.log);
    assertEquals(readOdb(await Deno.readFile(odb)).length, 1);
    assertEquals(Deno.statSync(odb).uid, idsOf("nobody")[0]);
  },
);

testWith(
  [...NEEDS, EXECUTABLE, MAY_RAISE_LIMITS],
  "--user leaves UDP its real-time threads, unless they are not to be",
  async () => {
    for (const [args, count] of [[[], 2], [["--no-udp-realtime"], 0]] as const) {
      await using tracker = await startTracker(
        [...TEST_ARGS, "--user", "nobody", ...args],
        unasked(executable()),
      );
      assertEquals(countRealtimeThreads(tracker.pid), count, tracker.log);
      const limits = Deno.readTextFileSync(`/proc/${tracker.pid}/limits`);
      assertMatch(
        limits,
        count > 0 ? /^Max realtime priority +1 +1 +$/m : /^Max realtime priority +0 +0 +$/m,
      );
    }
  },
);

testWith(
  [...NEEDS, EXECUTABLE],
  "--user and --group take numbers, also of those the machine does not know",
  async () => {
    await using tracker = await startTracker(
      [...TEST_ARGS, "--user", "54321", "--group", "12345"],
      unasked(executable()),
    );
    assertEquals(new Set(fieldOfThreads(tracker, "Uid")), new Set([Array(4).fill("54321").join("\t")]));
    assertEquals(new Set(fieldOfThreads(tracker, "Gid")), new Set([Array(4).fill("12345").join("\t")]));
    assertEquals(new Set(fieldOfThreads(tracker, "Groups")), new Set([""]));
  },
);

testWith([...NEEDS, EXECUTABLE], "a state that the new user cannot save is told at the start", async () => {
  const { folder } = sharedFolder();
  using _folder = folder;
  const odb = folder.file("state.odb");
  const { code, log } = await runToEnd(
    [...TEST_ARGS, "--user", "nobody", "--odb", odb],
    unasked(executable()),
  );
  assertEquals(code, 1, log);
  assertMatch(log, new RegExp(`error Cannot lock the ODB file ${odb}: .*(EACCES|Permission denied)`));
});

testWith(
  [...NEEDS, EXECUTABLE, program("openssl"), program("curl")],
  "HTTPS keeps a low port through a reload after the drop",
  async () => {
    using folder = new TempFolder();
    Deno.chmodSync(folder.path, 0o755);
    const served = await makeCertificate(folder, "served");
    Deno.chmodSync(served.keyPath, 0o600);
    const tls = ["--tls-cert", served.certPath, "--tls-key", served.keyPath];
    const args = ["--user", "nobody", "--https", `127.0.0.1:${freeLowPort()}`, ...tls];
    await using tracker = await startTracker(args, unasked(executable()));
    assertNobody(tracker);
    assertEquals(
      new Set(fieldOfThreads(tracker, "CapEff")),
      new Set([CAP_NET_BIND_SERVICE, NO_CAPABILITIES]),
    );
    assertMatch(
      tracker.log,
      /warning user nobody cannot read \S+served\.key, so SIGHUP will not take a new one/,
    );
    tracker.signal("SIGHUP");
    await tracker.waitForLog(/error SIGHUP: HTTPS keeps the old certificate: .*Permission denied/);
    Deno.chmodSync(served.keyPath, 0o644);
    tracker.signal("SIGHUP");
    await tracker.waitForLog(/SIGHUP: HTTPS has the new certificate now/);
    const [{ hostname, port }] = tracker.https;
    const { stdout } = await new Deno.Command("curl", {
      args: ["--silent", "--noproxy", "*", "--cacert", served.certPath, `https://${hostname}:${port}/health`],
    }).output();
    assertEquals(new TextDecoder().decode(stdout), "ok");
    assertEquals(await tracker.stop(), 0, tracker.log);
  },
);

testWith([...NEEDS, EXECUTABLE], "--chroot is the root of all paths", async () => {
  const { folder } = sharedFolder();
  using _folder = folder;
  await Deno.writeTextFile(folder.file("white.txt"), `${"ab".repeat(20)}\n`);
  const args = [
    "--chroot",
    folder.path,
    "--directory",
    "own",
    "--odb",
    "state.odb",
    "--whitelist",
    "/white.txt",
  ];
  await using tracker = await startTracker(
    [...TEST_ARGS, "--user", "nobody", ...args],
    unasked(executable()),
  );
  assertEquals(Deno.readLinkSync(`/proc/${tracker.pid}/root`), Deno.realPathSync(folder.path));
  assertNobody(tracker);
  assertEquals((await httpGet(tracker.http[0], "/health")).status, 200);
  // Though /proc is out of sight.
  assert((await readStats(tracker.http[0])).process.resident_bytes > 2 ** 20);
  assertEquals(await tracker.stop(), 0, tracker.log);
  assertEquals(readOdb(await Deno.readFile(folder.file("own/state.odb"))), []);
});

testWith([...NEEDS, EXECUTABLE], "--chroot has no say in what groups a user is in", async () => {
  const { folder } = sharedFolder();
  using _folder = folder;
  const args = [...TEST_ARGS, "--user", "nobody"];
  await using elsewhere = await startTracker(args, unasked(executable()));
  const groups = new Set(fieldOfThreads(elsewhere, "Groups"));
  Deno.mkdirSync(folder.file("etc"));
  Deno.writeTextFileSync(folder.file("etc/group"), "root:x:0:nobody\nkmem:x:15:nobody\n");
  await using tracker = await startTracker([...args, "--chroot", folder.path], unasked(executable()));
  assertEquals(new Set(fieldOfThreads(tracker, "Groups")), groups);
});

testWith([...NEEDS, EXECUTABLE], "root that stays root can take another group", async () => {
  const args = ["--allow-root", "--user", "root", "--group", "nogroup"];
  await using tracker = await startTracker([...TEST_ARGS, ...args], unasked(executable()));
  assertEquals(
    new Set(fieldOfThreads(tracker, "Gid")),
    new Set([Array(4).fill(idsOf("nobody")[1]).join("\t")]),
  );
});

testWith(
  [...NEEDS, EXECUTABLE],
  "a socket that was passed stays whose it is, whoever is served",
  async () => {
    const libc = openLibc().libc!;
    using folder = new TempFolder();
    Deno.chmodSync(folder.path, 0o755);
    const path = folder.file("http.sock");
    using passed = new PassedSockets(libc, openUnixListener(libc, "TEST", path, 1));
    const args = ["--http", `unix:${path}@X-Real-IP`, "--user", "nobody"];
    await using tracker = await startTracker(args, passed.program(unasked(executable())));
    assertNobody(tracker);
    assertEquals(Deno.statSync(path).uid, 0);
    assertEquals(await tracker.stop(), 0, tracker.log);
  },
);

testWith([...NEEDS, EXECUTABLE, program("setpriv")], "who is not root may name only itself", async () => {
  using folder = new TempFolder();
  Deno.chmodSync(folder.path, 0o755);
  const path = folder.file("tracker");
  await Deno.copyFile(executable().command, path);
  const [uid, gid] = idsOf("nobody");
  const asNobody = startedBy(
    ["setpriv", "--reuid", String(uid), "--regid", String(gid), "--clear-groups"],
    unasked({ command: path, args: [], cwd: "/" }),
  );
  const other = await runToEnd([...TEST_ARGS, "--user", "daemon"], asNobody);
  assertEquals(other.code, 2, other.log);
  assertMatch(other.log, /^--user daemon: only root can become another user, and this is user \d+$/m);
  const check = await runToEnd(["--user", "daemon", "--check-config"], asNobody);
  assertEquals(check.code, 0, check.log);
  assertMatch(check.log, /^warning: user: files were tried as user \d+; root can try them as daemon$/m);
  const group = await runToEnd([...TEST_ARGS, "--user", "nobody", "--group", "0"], asNobody);
  assertEquals(group.code, 2, group.log);
  assertMatch(group.log, /^--group 0: only root can take another group, and this is user \d+$/m);
  const chroot = await runToEnd([...TEST_ARGS, "--chroot", "/tmp"], asNobody);
  assertEquals(chroot.code, 2, chroot.log);
  assertMatch(chroot.log, /^--chroot \/tmp: Cannot change the root to \/tmp: EPERM$/m);
  const elsewhere = await runToEnd(["--chroot", "/tmp", "--check-config"], asNobody);
  assert(!/needs the executable/.test(elsewhere.log), elsewhere.log);
  await using tracker = await startTracker([...TEST_ARGS, "--user", "nobody"], asNobody);
  assert(!/running as user/.test(tracker.log), tracker.log);
});
