import { assertEquals, assertThrows } from "@std/assert";
import { compileArguments, TARGETS } from "../tools/compile_all.ts";
import project from "../deno.json" with { type: "json" };

Deno.test("every system's executable is made as this machine's, but for where and for whom", () => {
  for (const [name, target] of TARGETS) {
    const args = compileArguments(project.tasks.compile, name).join(" ");
    const added = ` --output dist/${name}/tracker --target ${target} main.ts`;
    assertEquals(args.endsWith(added), true, args);
    assertEquals(`deno ${args.slice(0, -added.length)} --output tracker main.ts`, project.tasks.compile);
  }
});

Deno.test("an unknown system, and a task of another form, are refused", () => {
  assertThrows(() => compileArguments(project.tasks.compile, "linux-x86"), Error, "is none of linux-x64, ");
  assertThrows(() => compileArguments("deno compile main.ts", "linux-x64"), Error, "The compile task is not");
});

Deno.test("the executable has the permissions that deno task start grants, and no others", () => {
  const permissions = (task: string) =>
    task.split(" ").filter((arg) => /^--(allow|deny|no-prompt)/.test(arg));
  assertEquals(permissions(project.tasks.compile), permissions(project.tasks.start));
});
