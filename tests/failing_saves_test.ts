// Saves that fail while the tracker runs: it serves on, says why, and loses nothing once they go well again.
import { assert, assertEquals } from "@std/assert";
import { randomHash } from "./compact_peers.ts";
import { type Endpoint, startTracker, TempFolder, TEST_ARGS, type Tracker } from "./harness.ts";
import { httpAnnounce, httpGet } from "./http_client.ts";
import { readOdb } from "./odb_file.ts";
import { PROCESS_MS } from "./process.ts";
import { type Requirement, testWith } from "./requirements.ts";
import { readStats, statsWhen } from "./stats.ts";
import { until } from "./within.ts";

/** Something that keeps a running tracker from saving to `folder`/state.odb. */
interface Obstacle {
  name: string;
  needs: Requirement[];
  /** What `/stats.json` says of it. */
  reason: string;
  /** The test waits until the tracker has tried again by itself, which takes some seconds. */
  isTriedAgain?: true;
  /** Makes the folder, before the tracker is started. */
  prepare?: (folder: string) => void;
  put: (folder: string, tracker: Tracker) => void;
  remove: (folder: string, tracker: Tracker) => void;
}

const isWindows = Deno.build.os === "windows";
const isRoot = !isWindows && Deno.uid() === 0;

const MOUNTING: Requirement = { name: "the right to mount", present: canMount() };
const PRLIMIT: Requirement = { name: "prlimit of util-linux", present: canRun("prlimit", ["--version"]) };
const NO_ROOT: Requirement = {
  name: "another user than root, whom permissions stop",
  present: !isWindows && !isRoot,
};
const POSIX: Requirement = { name: "a system that removes what is open", present: !isWindows };

/** Bytes of the small file system, and a limit that no ODB file keeps. */
const SMALL_BYTES = 65_536, LIMIT_BYTES = 10;

const OBSTACLES: Obstacle[] = [
  {
    name: "a full disk, a small tmpfs",
    needs: [MOUNTING],
    reason: "no space is left",
    prepare: mountSmall,
    put: (folder) => fill(`${folder}/filler`),
    remove: (folder) => Deno.removeSync(`${folder}/filler`),
  },
  {
    name: "a limit of the size of files, RLIMIT_FSIZE",
    needs: [PRLIMIT],
    reason: "the file would be larger than the system lets it be",
    isTriedAgain: true,
    put: (_, { pid }) => run("prlimit", ["--pid", `${pid}`, `--fsize=${LIMIT_BYTES}:`]),
    remove: (_, { pid }) => run("prlimit", ["--pid", `${pid}`, "--fsize=unlimited:"]),
  },
  {
    name: "a file system that is read-only",
    needs: [MOUNTING],
    reason: "the file system is read-only",
    put(folder) {
      run("mount", ["--bind", folder, folder]);
      run("mount", ["-o", "remount,bind,ro", folder]);
    },
    remove: (folder) => run("umount", [folder]),
  },
  {
    name: "a folder that may not be written",
    needs: [NO_ROOT],
    reason: "permission is denied",
    put: (folder) => Deno.chmodSync(folder, 0o555),
    remove: (folder) => Deno.chmodSync(folder, 0o755),
  },
  {
    name: "a folder that is gone",
    needs: [POSIX],
    reason: "the folder is gone",
    put: (folder) => Deno.removeSync(folder, { recursive: true }),
    remove: (folder) => Deno.mkdirSync(folder),
  },
  {
    name: "a folder in the file's place",
    needs: [POSIX],
    reason: "a folder has the file's place",
    put(folder) {
      Deno.removeSync(`${folder}/state.odb`);
      Deno.mkdirSync(`${folder}/state.odb`);
    },
    remove: (folder) => Deno.removeSync(`${folder}/state.odb`),
  },
];

for (const { name, needs, reason, isTriedAgain, prepare, put, remove } of OBSTACLES) {
  testWith(needs, `failing saves stop nothing, are told of, and lose nothing: ${name}`, async () => {
    using temporary = new TempFolder();
    using folder = new Unmounted(temporary.file("folder"));
    Deno.mkdirSync(folder.path);
    prepare?.(folder.path);
    const odb = `${folder.path}/state.odb`;
    await using tracker = await startTracker([
      ...TEST_ARGS,
      "--odb",
      odb,
      "--odb-save",
      "1:1",
      "--odb-stale-after",
      "1",
    ]);
    const [http] = tracker.http;
    const hashes = [await announce(http)];
    await statsWhen(http, ({ odb }) => odb.saves > 0);

    put(folder.path, tracker);
    hashes.push(await announce(http));
    const { odb: failing } = await statsWhen(http, ({ odb }) => odb.save_failures > 0);
    assertEquals(failing.last_error, reason, tracker.log);
    assert(Math.abs(failing.failing_since_unix - Date.now() / 1000) < 60);
    const degraded = await health(http, 503);
    assert(degraded.startsWith("degraded: ") && degraded.includes(reason), degraded);
    hashes.push(await announce(http));

    if (isTriedAgain) await statsWhen(http, ({ odb }) => odb.save_failures > 1);
    const errors = tracker.log.split("\n").filter((line) => line.includes(" error "));
    assertEquals(errors.length, 1, tracker.log);
    assert(errors[0].includes(`Cannot save ${odb}: `), errors[0]);

    remove(folder.path, tracker);
    hashes.push(await announce(http));
    const { odb: before } = await readStats(http);
    tracker.signal("SIGUSR2");
    const { odb: well } = await statsWhen(http, ({ odb }) => odb.saves > before.saves);
    assertEquals([well.failing_since_unix, well.last_error], [0, ""]);
    assertEquals(await health(http, 200), "ok");
    await tracker.kill();
    const saved = readOdb(Deno.readFileSync(odb)).map(({ hash }) => hash.toHex());
    assertEquals(saved, hashes.map((hash) => hash.toHex()).sort());
  });
}

testWith([MOUNTING], "a tracker starts on a full disk, and saves when there is space", async () => {
  using temporary = new TempFolder();
  using folder = new Unmounted(temporary.file("folder"));
  Deno.mkdirSync(folder.path);
  mountSmall(folder.path);
  fill(`${folder.path}/filler`);
  const odb = `${folder.path}/state.odb`;
  await using tracker = await startTracker([...TEST_ARGS, "--odb", odb]);
  const hash = await announce(tracker.http[0]);
  Deno.removeSync(`${folder.path}/filler`);
  assertEquals(await tracker.stop(), 0, tracker.log);
  assertEquals(readOdb(Deno.readFileSync(odb)).map(({ hash }) => hash.toHex()), [hash.toHex()]);
});

async function announce(http: Endpoint): Promise<Uint8Array> {
  const hash = randomHash();
  assertEquals((await httpAnnounce(http, hash, { port: 6881 })).incomplete, 1);
  return hash;
}

/** What `/health` says once it has this status. */
async function health(http: Endpoint, status: number): Promise<string> {
  return await until(PROCESS_MS, async () => {
    const answer = await httpGet(http, "/health");
    return answer.status === status && new TextDecoder().decode(answer.body);
  }, () => `/health never has status ${status}`);
}

/** Mounts a file system that is soon full. */
function mountSmall(folder: string): void {
  run("mount", ["-t", "tmpfs", "-o", `size=${SMALL_BYTES}`, "tracker-test", folder]);
}

/** Writes a file until no space is left. */
function fill(path: string): void {
  using file = Deno.openSync(path, { write: true, createNew: true });
  try {
    for (;;) file.writeSync(new Uint8Array(1024));
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("os error 28"))) throw error;
  }
}

/** A path, free of what is mounted there at the end of the scope. */
class Unmounted implements Disposable {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  [Symbol.dispose](): void {
    while (MOUNTING.present && canRun("umount", [this.path]));
  }
}

function canMount(): boolean {
  if (!isRoot || Deno.build.os !== "linux") return false;
  using folder = new TempFolder();
  return canRun("mount", ["-t", "tmpfs", "tracker-test", folder.path]) && canRun("umount", [folder.path]);
}

function run(command: string, args: string[]): void {
  if (!canRun(command, args)) throw new Error(`Failed: ${command} ${args.join(" ")}`);
}

function canRun(command: string, args: string[]): boolean {
  try {
    return new Deno.Command(command, { args }).outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
