import { assert, assertEquals } from "@std/assert";
import { tryLockFile } from "../../src/os/mod.ts";
import { temporaryFolder } from "../odb/helpers.ts";

Deno.test("a lock file that was removed by who held it is not taken for the one that is there", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb.lock`;
  const lstatSync = Deno.lstatSync;
  let looks = 0;
  // After the file was opened, who held the lock gives it back with the file, and somebody makes a new one.
  Deno.lstatSync = (name) => {
    const stat = lstatSync(name);
    if (++looks === 3) {
      Deno.removeSync(name);
      Deno.writeTextFileSync(name, "new");
    }
    return looks === 3 ? lstatSync(name) : stat;
  };
  Deno.writeTextFileSync(path, "old");
  try {
    const lock = tryLockFile(path);
    assert(lock !== null);
    assert(looks > 3);
    assertEquals(Deno.readTextFileSync(path), "new");
    assertEquals(tryLockFile(path), null);
    lock.close();
  } finally {
    Deno.lstatSync = lstatSync;
  }
});
