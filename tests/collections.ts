/** How much a program leaves for the garbage collector. */

import { assert } from "@std/assert";

/** Collections of a process that runs the script with these arguments to its end. */
export async function countCollections(script: URL, ...args: string[]): Promise<number> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", "--v8-flags=--trace-gc", script.pathname, ...args],
  }).output();
  const decoder = new TextDecoder();
  const text = decoder.decode(stdout);
  assert(success, text + decoder.decode(stderr));
  return text.split(" ms: ").length - 1;
}
