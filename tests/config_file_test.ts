// Files of settings, from the command line to what the tracker does.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { randomHash } from "./compact_peers.ts";
import { runToEnd, startTracker, TempFolder, TEST_ARGS } from "./harness.ts";
import { httpAnnounceRaw, httpGet } from "./http_client.ts";
import { testWithLibc } from "./os/libc.ts";
import { odbPeer, writeOdb } from "./odb_file.ts";
import { GLIBC, testWith } from "./requirements.ts";

const isWindows = Deno.build.os === "windows";

/** A folder with `tracker.toml`. */
function folderWith(toml: string): TempFolder {
  const folder = new TempFolder();
  Deno.writeTextFileSync(folder.file("tracker.toml"), toml);
  return folder;
}

Deno.test("the tracker does what its file says, and what is printed of it does the same", async () => {
  using folder = folderWith(
    'http = ["127.0.0.1:0", "127.0.0.2:0"]\nwarning-message = "a \\"b\\" #c"\nmin-interval = 77\n',
  );
  const given = folder.file("tracker.toml"), printed = folder.file("printed.toml");
  const print = await runToEnd(["--config", given, "--tracker-id", "from the flag", "--print-config"]);
  assertEquals(print.code, 0, print.log);
  await Deno.writeTextFile(printed, print.log);
  for (const args of [["--config", given, "--tracker-id=from the flag"], ["--config", printed]]) {
    await using tracker = await startTracker(args);
    assertEquals(tracker.http.map(({ hostname }) => hostname), ["127.0.0.1", "127.0.0.2"]);
    const answer = await httpAnnounceRaw(tracker.http[1], randomHash(), { port: 1 });
    const text = (key: string) => new TextDecoder().decode(answer[key] as Uint8Array);
    assertEquals([text("warning message"), text("tracker id")], ['a "b" #c', "from the flag"]);
    assertEquals(answer["min interval"], 77);
  }
});

Deno.test("a file that is wrong keeps the tracker from starting", async () => {
  using folder = folderWith("intervall = 600\n");
  const path = folder.file("tracker.toml");
  const { code, log } = await runToEnd(["--config", path]);
  assertEquals([code, log], [2, `intervall (${path}:1): unknown setting; did you mean interval?\n`]);
});

Deno.test("relative paths begin in the folder of --directory", async () => {
  using folder = new TempFolder();
  await using tracker = await startTracker([...TEST_ARGS, "--directory", folder.path, "--odb", "state.odb"]);
  assertEquals(await tracker.stop(), 0, tracker.log);
  assert((await Deno.stat(folder.file("state.odb"))).size > 0);
  const { code, log } = await runToEnd([...TEST_ARGS, "--directory", folder.file("none")]);
  assertEquals(code, 2);
  assertMatch(log, /^--directory .*none: No such file or directory/m);
});

Deno.test("--check-config says when all is well, and leaves nothing behind", async () => {
  using folder = folderWith('odb = "state.odb"\n');
  await using running = await startTracker([...TEST_ARGS, "--odb", folder.file("state.odb")]);
  const [{ hostname, port }] = running.http;
  const before = [...Deno.readDirSync(folder.path)].map(({ name }) => name).sort();
  // Addresses and files may be in use by the tracker that is to be restarted.
  const { code, log } = await runToEnd([
    ...["--config", folder.file("tracker.toml"), "--directory", folder.path],
    ...["--listen", `${hostname}:${port}`, "--check-config"],
  ]);
  assertEquals([code, log], [0, "the configuration can be used\n"]);
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name).sort(), before);
  assertEquals((await httpGet(running.http[0], "/health")).status, 200);
});

Deno.test("--check-config names every problem", async () => {
  using folder = new TempFolder();
  const odb = folder.file("state.odb"), list = folder.file("list.txt");
  await Deno.writeTextFile(odb, "Dear diary,\n");
  await Deno.writeTextFile(list, "no hash\n");
  const { code, log } = await runToEnd([
    ...["--directory", folder.file("none"), "--odb", odb, "--whitelist", list, "--check-config"],
    ...[
      "--http",
      "127.0.0.1:0",
      "--https",
      "127.0.0.1:0",
      "--tls-cert",
      "/none.crt",
      "--tls-key",
      "/none.key",
    ],
  ]);
  assertEquals(code, 2, log);
  const problems = log.split("\n").filter((line) => line.startsWith("problem: "));
  assertEquals(problems.length, 4, log);
  assertMatch(problems[0], /--directory .*none: No such file/);
  assertMatch(problems[1], /--tls-cert \/none\.crt and --tls-key \/none\.key: No such file/);
  assertMatch(problems[2], /list\.txt/);
  assertMatch(problems[3], /state\.odb is not an ODB file .*: it does not begin like one/);
});

testWith([GLIBC], "--check-config looks for the user and the group", async () => {
  for (
    const [args, problem] of [
      [["--user=nobody-here"], "--user nobody-here: this machine has no such user"],
      [["--user=0", "--group=nobody-here"], "--group nobody-here: this machine has no such group"],
    ] as const
  ) {
    const { code, log } = await runToEnd([...args, "--check-config"]);
    assertEquals([code, log], [2, `problem: ${problem}\n`]);
  }
});

Deno.test("--check-config tries what a save needs, and tells of damage without a copy", async () => {
  using folder = new TempFolder();
  const unsaved = await runToEnd(["--odb", folder.file("none/state.odb"), "--check-config"]);
  assertEquals(unsaved.code, 2);
  assertMatch(unsaved.log, /^problem: Cannot save to .*\/none\/state\.odb: No such file/m);
  const odb = folder.file("state.odb");
  const bytes = writeOdb([{ hash: randomHash(), completed: 0, peers: odbPeer(0x7f000001, 1) }]);
  await Deno.writeFile(odb, bytes.subarray(0, -3));
  const damaged = await runToEnd(["--odb", odb, "--check-config"]);
  assertEquals(damaged.code, 0, damaged.log);
  assertMatch(damaged.log, /is damaged at byte \d+/);
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["state.odb"]);
});

Deno.test(
  "--check-config tries the folder of a file with a backslash in its name",
  { ignore: isWindows },
  async () => {
    using folder = new TempFolder();
    const { code, log } = await runToEnd(["--odb", folder.file("a\\b.odb"), "--check-config"]);
    assertEquals([code, log], [0, "the configuration can be used\n"]);
  },
);

Deno.test("--check-config names checksum files that could not be replaced", async () => {
  using folder = new TempFolder();
  const odb = folder.file("state.odb");
  await Deno.mkdir(`${odb}6.sum`);
  const { code, log } = await runToEnd(["--odb", odb, "--check-config"]);
  assertEquals(code, 2, log);
  assert(log.endsWith(`\nproblem: Cannot save to ${odb}6: ${odb}6.sum is a folder\n`), log);
});

Deno.test("--check-config warns of what lists of trackers reject and of what loses peers", async () => {
  const { code, log } = await runToEnd(["--interval=240", "--peer-timeout=400", "--check-config"]);
  assertEquals(code, 0);
  assertEquals(log.match(/^warning: (interval|peer-timeout): /gm), [
    "warning: interval: ",
    "warning: peer-timeout: ",
  ]);
});

testWithLibc("--check-config looks for the user and the group", async () => {
  const user = await runToEnd(["--user", "no-such-user", "--check-config"]);
  assertEquals([user.code, user.log], [2, "problem: --user no-such-user: this machine has no such user\n"]);
  const group = await runToEnd(["--user", "root", "--group", "no-such-group", "--check-config"]);
  assertEquals(group.code, 2, group.log);
  const found = await runToEnd(["--user", "root", "--check-config"]);
  assertEquals([found.code, found.log], [0, "the configuration can be used\n"]);
});

Deno.test("--check-config does not look for files beneath another root", async () => {
  const { code, log } = await runToEnd(["--chroot=/none", "--whitelist=/none.txt", "--check-config"]);
  assertEquals(code, 0, log);
  assertMatch(log, /^warning: chroot: files are not looked for/m);
  assertMatch(log, /^warning: chroot: needs the executable, .*; from sources the tracker does not start$/m);
});
