import { assert, assertEquals, assertThrows } from "@std/assert";
import { MonotonicClock, readSystemFile } from "../../src/os/mod.ts";
import { testWithLibc } from "./libc.ts";

testWithLibc("readSystemFile() reads what /proc says of this process", (libc) => {
  assert(readSystemFile(libc, "/proc/self/stat").startsWith(`${Deno.pid} (`));
});

testWithLibc("readSystemFile() reads a file that is longer than one piece", (libc) => {
  const path = Deno.makeTempFileSync();
  try {
    const text = "0123456789abcdé".repeat(20_000);
    Deno.writeTextFileSync(path, text);
    assertEquals(readSystemFile(libc, path), text);
  } finally {
    Deno.removeSync(path);
  }
});

testWithLibc("readSystemFile() names a file that is not there", (libc) => {
  assertThrows(() => readSystemFile(libc, "/proc/none"), Error, "Cannot open /proc/none: ENOENT");
});

testWithLibc("the clock tells the same in seconds and in microseconds", (libc) => {
  const clock = new MonotonicClock(libc);
  const before = clock.microseconds();
  const seconds = clock.seconds();
  const after = clock.microseconds();
  assert(Math.floor(before / 1e6) <= seconds && seconds <= after / 1e6);
});
