/** How much a program leaves for the garbage collector. */

import { assert } from "@std/assert";

/** So many that a busy machine has compiled everything by then. */
const WARM_UP = 1_000_000;

/**
 * Collections that the work of the script costs when it is done `times` times, without those of the start. The script's
 * arguments are how often it is to do it to warm up, and how often then.
 */
export async function collectionsOfWork(script: URL, times: number): Promise<number> {
  const ofStart = await countCollections(script, `${WARM_UP}`, "0");
  return await countCollections(script, `${WARM_UP}`, `${times}`) - ofStart;
}

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
