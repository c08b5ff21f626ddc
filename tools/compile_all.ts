/**
 * `deno task compile:all [NAME...]`: makes the executables of all systems, or of those named, as `deno task compile`
 * makes that of this machine, from the bundles that the task has made before. Each is `dist/NAME/tracker`.
 *
 * @module
 */

import project from "../deno.json" with { type: "json" };

/** Of the task that makes this machine's executable: what comes before it, and what is compiled. */
const BEFORE = "deno task bundle && ";
const PROGRAM = "build/main.ts";

const ROOT = new URL("../", import.meta.url);

/** What we call a system, and what `deno compile --target` does. */
export const TARGETS: ReadonlyMap<string, string> = new Map([
  ["linux-x64", "x86_64-unknown-linux-gnu"],
  ["linux-arm64", "aarch64-unknown-linux-gnu"],
  ["macos-x64", "x86_64-apple-darwin"],
  ["macos-arm64", "aarch64-apple-darwin"],
  ["windows-x64", "x86_64-pc-windows-msvc"],
]);

/**
 * The arguments of deno that make the executable called `name`, from the text of the task that makes this machine's.
 * Throws when there is no such name, or the task is of another form.
 */
export function compileArguments(task: string, name: string): string[] {
  const target = TARGETS.get(name);
  if (target === undefined) throw new Error(`${name} is none of ${[...TARGETS.keys()].join(", ")}`);
  const [deno, ...args] = task.replace(BEFORE, "").split(" ");
  const output = args.indexOf("--output") + 1;
  if (!task.startsWith(BEFORE) || deno !== "deno" || output === 0 || args.at(-1) !== PROGRAM) {
    throw new Error(`The compile task is not "${BEFORE}deno compile ... --output FILE ${PROGRAM}": ${task}`);
  }
  return [...args.with(output, `dist/${name}/tracker`).slice(0, -1), "--target", target, PROGRAM];
}

if (import.meta.main) {
  for (const name of Deno.args.length > 0 ? Deno.args : TARGETS.keys()) {
    const args = compileArguments(project.tasks.compile, name);
    const { code } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).spawn().status;
    if (code !== 0) Deno.exit(code);
  }
}
