import { assert, assertEquals, assertThrows } from "@std/assert";
import { removeStrays } from "../../src/odb/mod.ts";
import { lockOdb, OdbLockedError } from "../../src/odb_lock.ts";
import { namesIn, temporaryFolder } from "./helpers.ts";

const OURS = [
  "state.odb.damaged.tmp",
  "state.odb.key.tmp",
  "state.odb.sum.tmp",
  "state.odb.tmp",
  "state.odb6.damaged.tmp",
  "state.odb6.sum.tmp",
  "state.odb6.tmp",
];
const OTHERS = [
  "other.odb.tmp",
  "state.odb",
  "state.odb.damaged-1",
  "state.odb.sum",
  "state.odb.tmp.tmp",
  "state.odb6",
  "tmp",
];

Deno.test("what killed writers left is removed, and nothing else", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  for (const name of [...OURS, ...OTHERS]) Deno.writeTextFileSync(`${folder.path}/${name}`, name);
  assertEquals(removeStrays(path).sort(), OURS.map((name) => `${Deno.realPathSync(folder.path)}/${name}`));
  assertEquals(namesIn(folder.path), OTHERS);
  assertEquals(removeStrays(path), []);
});

Deno.test(
  "a link is removed and not followed, a folder is left",
  { ignore: Deno.build.os === "windows" },
  () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/state.odb`;
    Deno.writeTextFileSync(`${folder.path}/victim`, "dear to somebody");
    Deno.symlinkSync("victim", `${path}.tmp`);
    Deno.mkdirSync(`${path}6.tmp`);
    assertEquals(removeStrays(path).length, 1);
    assertEquals(namesIn(folder.path), ["state.odb6.tmp", "victim"]);
  },
);

Deno.test("they are removed beside the real file, by who has the lock", {
  ignore: Deno.build.os === "windows",
}, () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  Deno.mkdirSync(`${folder.path}/real`);
  Deno.symlinkSync("real/data.odb", path);
  const lock = lockOdb(path);
  Deno.writeTextFileSync(`${folder.path}/real/data.odb.tmp`, "");
  assertThrows(() => lockOdb(path), OdbLockedError);
  assert(namesIn(`${folder.path}/real`).includes("data.odb.tmp"));
  lock.close();
  lockOdb(path).close();
  assertEquals(namesIn(`${folder.path}/real`), ["data.odb.lock"]);
});
