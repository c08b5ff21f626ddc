// What the tools never write over, and what they leave behind.
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { lockOdb, OdbLockedError } from "../../src/odb_lock.ts";
import { Output } from "../../src/odb_tools/output.ts";
import { EXAMPLE, folderWithFiles, namesIn, runTool, startTool, temporaryFolder } from "./helpers.ts";

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
        err: `--output ${output}: would replace example.odb, which is read\n`,
      });
    }
  }
  assertEquals(Deno.readFileSync(`${path}/example.odb`), EXAMPLE);
});

Deno.test("an input that writing would replace or remove on the way is refused as well", () => {
  using folder = folderWithFiles();
  const { path } = folder;
  for (
    const input of [
      ...["out.odb.tmp", "out.odb.sum", "out.odb.sum.tmp", "out.odb.lock"],
      ...["out.odb6.tmp", "out.odb.key.tmp", "out.odb.damaged.tmp"],
    ]
  ) {
    Deno.writeFileSync(`${path}/${input}`, EXAMPLE);
    for (const [command, ...args] of [["repair"], ["merge", "reference.odb"], ["import"]]) {
      assertEquals(runTool(path, command, ...args, input, "-o", "out.odb"), {
        code: 2,
        out: "",
        err: `--output out.odb: would replace ${input}, which is read\n`,
      });
    }
    assertEquals(Deno.readFileSync(`${path}/${input}`), EXAMPLE);
    Deno.removeSync(`${path}/${input}`);
  }
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
    const busy = "a running tracker, or another command, uses it";
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
  assertEquals(namesIn(path).includes("example.odb.lock"), true);
});

Deno.test("the IPv6 file of a running tracker is not written either", () => {
  using folder = temporaryFolder();
  const { path } = folder;
  const made = ["--ipv6-share", "50%", "--peers", "10", "--torrents", "2"];
  assertEquals(runTool(path, "make", "-o", "state.odb", ...made).code, 0);
  assertEquals(runTool(path, "make", "-o", "other.odb", "--seed", "2", ...made).code, 0);
  const before = Deno.readFileSync(`${path}/state.odb6`);
  const err = "a running tracker, or another command, uses it\n";
  {
    using _lock = lockOdb(`${path}/state.odb`);
    assertEquals(runTool(path, "repair", "other.odb6", "-o", "state.odb6", "--force"), {
      code: 1,
      out: "",
      err: `Cannot write state.odb6: ${err}`,
    });
    assertEquals(runTool(path, "sum", "state.odb6").err, `Cannot write state.odb6: ${err}`);
    assertEquals(Deno.readFileSync(`${path}/state.odb6`), before);
  }
  assertEquals(runTool(path, "sum", "state.odb6").code, 0);
});

Deno.test("what a running tracker is just saving stays, though it would be another file's IPv6 file", () => {
  using folder = temporaryFolder();
  const { path } = folder;
  {
    using _lock = lockOdb(`${path}/state.odb6`);
    Deno.writeTextFileSync(`${path}/state.odb6.tmp`, "half of it");
    assertEquals(runTool(path, "make", "-o", "state.odb"), {
      code: 1,
      out: "",
      err: "Cannot write state.odb: a running tracker, or another command, uses it\n",
    });
    assertEquals(namesIn(path), ["state.odb6.lock", "state.odb6.tmp"]);
  }
  assertEquals(runTool(path, "make", "-o", "state.odb").code, 0);
  assertEquals(namesIn(path), ["state.odb", "state.odb.sum", "state.odb6.lock"]);
});

Deno.test("two commands do not write one file at once, and leave no lock file", () => {
  using folder = folderWithFiles();
  const { path } = folder;
  const out = `${path}/out.odb`;
  {
    using _output = new Output({ path: out, family: 0, inputs: [], force: false });
    assertEquals(runTool(path, "repair", "example.odb", "-o", "out.odb"), {
      code: 1,
      out: "",
      err: "Cannot write out.odb: a running tracker, or another command, uses it\n",
    });
    assertThrows(() => lockOdb(out), OdbLockedError);
  }
  assertEquals(namesIn(path), ["example.odb", "reference.odb"]);
  assertEquals(runTool(path, "repair", "example.odb", "-o", "out.odb").code, 0);
  assertEquals(namesIn(path), ["example.odb", "out.odb", "out.odb.sum", "reference.odb"]);
});

Deno.test("what a killed command has left goes with the next one that writes there", async () => {
  using folder = temporaryFolder();
  const { path } = folder;
  const watcher = Deno.watchFs(path);
  await using killed = startTool(path, "make", "-o", "out.odb", "--peers", "100M", "--ipv6-share", "50%");
  for await (const { paths } of watcher) {
    if (paths.some((name) => name.endsWith("out.odb6.tmp"))) break;
  }
  await killed.kill();
  assertEquals(namesIn(path), ["out.odb.lock", "out.odb.tmp", "out.odb6.lock", "out.odb6.tmp"]);
  assertEquals(runTool(path, "make", "-o", "out.odb").code, 0);
  assertEquals(namesIn(path), ["out.odb", "out.odb.sum"]);
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
