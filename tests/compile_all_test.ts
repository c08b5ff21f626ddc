import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { ENTRIES } from "../tools/bundle.ts";
import { compileArguments, TARGETS } from "../tools/compile_all.ts";
import { runToEnd } from "./harness.ts";
import project from "../deno.json" with { type: "json" };

/** What the modules of workers begin with. */
const REFERENCE = /^\/\/\/ <reference .*\n\/\/\/ <reference lib="deno.worker" \/>/;

Deno.test("every system's executable is made as this machine's, but for where and for whom", () => {
  for (const [name, target] of TARGETS) {
    const args = compileArguments(project.tasks.compile, name).join(" ");
    const added = ` --output dist/${name}/tracker --target ${target} build/main.ts`;
    assertEquals(args.endsWith(added), true, args);
    const own = `deno ${args.slice(0, -added.length)} --output tracker build/main.ts`;
    assertEquals(`deno task bundle && ${own}`, project.tasks.compile);
  }
});

Deno.test("an unknown system, and a task of another form, are refused", () => {
  assertThrows(() => compileArguments(project.tasks.compile, "linux-x86"), Error, "is none of linux-x64, ");
  assertThrows(
    () => compileArguments("deno compile build/main.ts", "linux-x64"),
    Error,
    "The compile task is not",
  );
});

Deno.test("the task comes as far as the names it is given", async () => {
  const task = { command: Deno.execPath(), args: ["task"], cwd: new URL("../", import.meta.url) };
  const { code, log } = await runToEnd(["compile:all", "linux-x86"], task);
  assertEquals(code, 1, log);
  assertMatch(log, /linux-x86 is none of linux-x64, /);
});

Deno.test("every module that a thread begins with or imports later is bundled and, but for the first, included", () => {
  const included = [...project.tasks.compile.matchAll(/--include build\/(\S+)/g)].map(([, path]) => path);
  assertEquals(included, ENTRIES.slice(1));
  const begun: string[] = [];
  for (const name of readdirSync("src", { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".ts")) continue;
    const path = `src/${name}`;
    const text = Deno.readTextFileSync(path);
    if (REFERENCE.test(text)) begun.push(path);
    for (const [, later] of text.matchAll(/= import\("(\.[^"]+)"\)/g)) begun.push(join(dirname(path), later));
  }
  assertEquals(begun.sort(), included.toSorted());
});

Deno.test("the executable has the permissions that deno task start grants, and no others", () => {
  const permissions = (task: string) =>
    task.split(" ").filter((arg) => /^--(allow|deny|no-prompt)/.test(arg));
  assertEquals(permissions(project.tasks.compile), permissions(project.tasks.start));
});
