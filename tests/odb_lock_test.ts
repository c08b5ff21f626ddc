import { assertEquals, assertThrows } from "@std/assert";
import { OdbError } from "../src/odb/mod.ts";
import { lockOdb, OdbLockedError } from "../src/odb_lock.ts";
import { openLibc } from "../src/os/mod.ts";
import { namesIn, temporaryFolder } from "./odb/helpers.ts";

const MODULE = new URL("../src/odb_lock.ts", import.meta.url);

const isWindows = Deno.build.os === "windows";

/** Opened here since it stays open: within a test it would pass for a leak. */
const hasLibc = openLibc().libc !== null;

/** The ways to a lock: Deno's own, and that of runtimes which have none. */
const WAYS = [
  { way: "Deno", ignore: isWindows, take: <T>(run: () => T): T => run() },
  { way: "the C library", ignore: !hasLibc, take: withoutDenoLocks },
];

/** Runs `run` as on a Deno that cannot lock files. */
function withoutDenoLocks<T>(run: () => T): T {
  const method = Object.getOwnPropertyDescriptor(Deno.FsFile.prototype, "tryLockSync");
  if (method === undefined) return run();
  Reflect.deleteProperty(Deno.FsFile.prototype, "tryLockSync");
  try {
    return run();
  } finally {
    Object.defineProperty(Deno.FsFile.prototype, "tryLockSync", method);
  }
}

for (const { way, ignore, take } of WAYS) {
  Deno.test(`an ODB is locked once, until it is given back: ${way}`, { ignore }, () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/state.odb`;
    Deno.writeTextFileSync(`${path}.lock`, "what a longer process id has left\n");
    take(() => {
      using lock = lockOdb(path);
      assertEquals(lock.path, `${path}.lock`);
      assertEquals(Deno.readTextFileSync(lock.path), `${Deno.pid}\n`);
      const error = assertThrows(() => lockOdb(path), OdbLockedError, path);
      assertEquals([error.path, error.pid], [lock.path, `${Deno.pid}`]);
    });
    take(() => lockOdb(path)).close();
    assertEquals(namesIn(folder.path), ["state.odb.lock"]);
  });

  Deno.test(`a lock file that is none is refused and left alone: ${way}`, { ignore }, () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/state.odb`;
    const victim = `${folder.path}/victim`;
    const refused = (reason: string) =>
      assertThrows(
        () => take(() => lockOdb(path)),
        Error,
        `Cannot lock the ODB file ${path}: ${path}.lock ${reason}`,
      );
    Deno.symlinkSync("victim", `${path}.lock`);
    refused("is a symbolic link");
    assertEquals(namesIn(folder.path), ["state.odb.lock"]);
    Deno.writeTextFileSync(victim, "dear to somebody");
    refused("is a symbolic link");
    assertEquals(Deno.readTextFileSync(victim), "dear to somebody");
    Deno.removeSync(`${path}.lock`);
    Deno.mkdirSync(`${path}.lock`);
    refused("is not a regular file");
  });

  Deno.test(`what keeps a lock from being taken is told with the file's name: ${way}`, { ignore }, () => {
    using folder = temporaryFolder();
    const nowhere = `${folder.path}/missing/state.odb`;
    const loop = `${folder.path}/loop.odb`;
    Deno.symlinkSync("loop.odb", loop);
    const within = `${folder.path}/file/state.odb`;
    Deno.writeTextFileSync(`${folder.path}/file`, "");
    for (const path of [nowhere, loop, within]) {
      assertThrows(() => take(() => lockOdb(path)), Error, `Cannot lock the ODB file ${path}: `);
    }
    assertEquals(namesIn(folder.path), ["file", "loop.odb"]);
  });

  Deno.test(`an ODB that cannot be saved is not kept locked: ${way}`, { ignore }, () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/state.odb`;
    Deno.mkdirSync(`${path}.tmp/inside`, { recursive: true });
    assertThrows(() => take(() => lockOdb(path)), Error, `Cannot save to ${path}: `);
    Deno.removeSync(`${path}.tmp`, { recursive: true });
    take(() => lockOdb(path)).close();
  });
}

Deno.test("a link and its target are one lock", { ignore: isWindows }, () => {
  using folder = temporaryFolder();
  Deno.symlinkSync("real.odb", `${folder.path}/link.odb`);
  using _lock = lockOdb(`${folder.path}/real.odb`);
  assertThrows(() => lockOdb(`${folder.path}/link.odb`), OdbLockedError);
});

Deno.test("a folder is no ODB, and gets no lock file", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  Deno.mkdirSync(path);
  assertThrows(() => lockOdb(path), OdbError, path);
  Deno.removeSync(path);
  Deno.mkdirSync(`${path}6`);
  assertThrows(() => lockOdb(path), OdbError, `${path}6`);
  assertEquals(namesIn(folder.path), ["state.odb6"]);
});

Deno.test("the lock keeps out another process, and ends with a killed one", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  const script = `
    import { lockOdb } from ${JSON.stringify(MODULE.href)};
    globalThis.lock = lockOdb(${JSON.stringify(path)});
    console.log("locked");
    await Deno.stdin.read(new Uint8Array(1));
  `;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", script],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  try {
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    assertEquals(new TextDecoder().decode(value), "locked\n");
    const error = assertThrows(() => lockOdb(path), OdbLockedError, `process ${child.pid}`);
    assertEquals(error.pid, `${child.pid}`);
  } finally {
    child.kill("SIGKILL");
    await child.status;
    await child.stdin.close().catch(() => {}); // Its other end is gone.
  }
  using lock = lockOdb(path);
  assertEquals(Deno.readTextFileSync(lock.path), `${Deno.pid}\n`);
});
