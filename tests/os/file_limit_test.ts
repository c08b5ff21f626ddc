import { assert, assertEquals } from "@std/assert";
import { raiseFileLimit } from "../../src/os/mod.ts";
import { testWithLibc } from "./libc.ts";

/** The soft and the hard limit that hold for this process. */
function limits(): number[] {
  const line = /^Max open files +(\d+) +(\d+) /m.exec(Deno.readTextFileSync("/proc/self/limits"));
  assert(line !== null);
  return [Number(line[1]), Number(line[2])];
}

testWithLibc("raiseFileLimit() raises the limit to the highest that is allowed", (libc) => {
  const [, hard] = limits();
  // What a compiled program starts with, for Deno itself raises it.
  const lowered = BigUint64Array.of(BigInt(hard - 1), BigInt(hard));
  assertEquals(libc.calls.setrlimit(7, lowered), 0);
  assertEquals(limits(), [hard - 1, hard]);
  assertEquals(raiseFileLimit(libc), hard);
  assertEquals(limits(), [hard, hard]);
  assertEquals(raiseFileLimit(libc), hard);
});
