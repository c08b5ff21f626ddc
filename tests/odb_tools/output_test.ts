// What the tools never write over, and what they leave behind.
import { assertEquals, assertMatch } from "@std/assert";
import { lockOdb } from "../../src/odb_lock.ts";
import { EXAMPLE, folderWithFiles, namesIn, runTool } from "./helpers.ts";

Deno.test("an input is never written over, whatever name it is given", () => {
  using folder = folderWithFiles();
  const { path } = folder;
  Deno.symlinkSync("example.odb", `${path}/symbolic.odb`);
  Deno.linkSync(`${path}/example.odb`, `${path}/hard.odb`);
  for (const output of ["example.odb", "./example.odb", `${path}/example.odb`, "symbolic.odb", "hard.odb"]) {
    for (const [command, ...args] of [["repair"], ["merge", "reference.odb"]]) {
      assertEquals(runTool(path, command, ...args, "example.odb", "--force", "-o", output), {
        code: 2,
        out: "",
        err: `--output ${output}: is example.odb, which is read\n`,
      });
    }
  }
  assertEquals(Deno.readFileSync(`${path}/example.odb`), EXAMPLE);
});

Deno.test("a file that is there is replaced only by force, and keeps its mode", () => {
  using folder = folderWithFiles();
  const { path } = folder;
  Deno.chmodSync(`${path}/reference.odb`, 0o600);
  assertEquals(runTool(path, "repair", "example.odb", "-o", "reference.odb"), {
    code: 2,
    out: "",
    err: "--output reference.odb: is there already; --force replaces it\n",
  });
  assertEquals(runTool(path, "repair", "example.odb", "-o", "reference.odb", "--force").code, 0);
  assertEquals(Deno.readFileSync(`${path}/reference.odb`), EXAMPLE);
  assertEquals((Deno.statSync(`${path}/reference.odb`).mode ?? 0) & 0o777, 0o600);
});

Deno.test("a file that a running tracker uses is not written, but read", () => {
  using folder = folderWithFiles();
  const { path } = folder;
  {
    using _lock = lockOdb(`${path}/example.odb`);
    const busy = "a running tracker uses it";
    assertEquals(runTool(path, "repair", "reference.odb", "-o", "example.odb", "--force"), {
      code: 1,
      out: "",
      err: `Cannot write example.odb: ${busy}\n`,
    });
    assertEquals(runTool(path, "sum", "example.odb").err, `Cannot write example.odb: ${busy}\n`);
    assertEquals(runTool(path, "verify", "example.odb").code, 0);
  }
  // The lock file stays, and stands for nothing once the tracker is gone.
  assertEquals(runTool(path, "repair", "reference.odb", "-o", "example.odb", "--force").code, 0);
});

Deno.test("what fails leaves nothing behind", () => {
  using folder = folderWithFiles();
  const { path } = folder;
  Deno.writeFileSync(`${path}/cut.odb`, EXAMPLE.subarray(0, 70));
  const before = namesIn(path);
  assertEquals(runTool(path, "merge", "cut.odb", "-o", "out.odb").code, 1);
  assertEquals(runTool(path, "repair", "missing.odb", "-o", "out.odb").code, 1);
  assertEquals(runTool(path, "repair", "cut.odb", "-o", "no/folder/out.odb").code, 1);
  assertMatch(
    runTool(path, "make", "-o", "no/folder/out.odb").err,
    /^Cannot write no\/folder\/out\.odb: .+\n$/,
  );
  assertMatch(runTool(path, "make", "-o", ".").err, /^--output \.: is not a regular file\n$/);
  assertEquals(namesIn(path), before);
});
