import { assertEquals, assertThrows } from "@std/assert";
import { testWithLibc } from "./os/libc.ts";
import { fileOfThread, filesOfThreads } from "./threads.ts";

/** Larger than the system numbers threads. */
const NO_THREAD = 2 ** 30;

testWithLibc("a thread that ended after it was listed has no files", () => {
  assertEquals(fileOfThread(Deno.pid, NO_THREAD, "stat"), null);
});

testWithLibc("a process that is not there has no list of threads, which is an error", () => {
  assertThrows(() => filesOfThreads(NO_THREAD, "stat"), Deno.errors.NotFound);
});
