import { assertEquals, assertThrows } from "@std/assert";
import { lockOdb, OdbLockedError } from "../src/odb_lock.ts";
import { namesIn, temporaryFolder } from "./odb/helpers.ts";

const MODULE = new URL("../src/odb_lock.ts", import.meta.url);

Deno.test("an ODB is locked once, until it is given back", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  {
    using lock = lockOdb(path);
    assertEquals(lock.path, `${path}.lock`);
    const error = assertThrows(() => lockOdb(path), OdbLockedError, path);
    assertEquals([error.path, error.pid], [lock.path, `${Deno.pid}`]);
  }
  lockOdb(path).close();
  assertEquals(namesIn(folder.path), ["state.odb.lock"]);
});

Deno.test("a link and its target are one lock", { ignore: Deno.build.os === "windows" }, () => {
  using folder = temporaryFolder();
  Deno.symlinkSync("real.odb", `${folder.path}/link.odb`);
  using _lock = lockOdb(`${folder.path}/real.odb`);
  assertThrows(() => lockOdb(`${folder.path}/link.odb`), OdbLockedError);
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
