import { assert } from "@std/assert";
import { releaseFreedMemory } from "../../src/os/mod.ts";
import { testWithLibc } from "./libc.ts";

const BLOCKS = 1000;
const BLOCK_BYTES = 64 * 1024;

function residentBytes(): number {
  const status = Deno.readTextFileSync("/proc/self/status");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

testWithLibc("freed memory goes back to the system", (libc) => {
  const memory = Deno.dlopen("libc.so.6", {
    calloc: { parameters: ["usize", "usize"], result: "pointer" },
    memset: { parameters: ["pointer", "i32", "usize"], result: "pointer" },
    free: { parameters: ["pointer"], result: "void" },
  });
  try {
    const { calloc, memset, free } = memory.symbols;
    const blocks = Array.from({ length: BLOCKS }, () => calloc(1n, BigInt(BLOCK_BYTES)));
    for (const block of blocks) memset(block, 1, BigInt(BLOCK_BYTES));
    // The last one stays until the end, so that the C library does not give the others back by itself.
    const last = blocks.pop()!;
    for (const block of blocks) free(block);
    const before = residentBytes();
    releaseFreedMemory(libc);
    const released = before - residentBytes();
    free(last);
    assert(released > BLOCKS * BLOCK_BYTES / 2, `${released} bytes went back`);
  } finally {
    memory.close();
  }
});
