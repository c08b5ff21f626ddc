import { assert, assertEquals, assertThrows } from "@std/assert";
import { MonotonicClock, readSystemFile } from "../../src/os/mod.ts";
import { readSystemFolder } from "../../src/os/system_file.ts";
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

testWithLibc(
  "readSystemFolder() reads which threads this process has, wherever their numbers are",
  (libc) => {
    const names = readSystemFolder(libc, "/proc/self/task");
    assert([".", "..", String(Deno.pid)].every((name) => names.includes(name)), String(names));
  },
);

testWithLibc("readSystemFolder() reads a folder that is longer than one piece", (libc) => {
  const path = Deno.makeTempDirSync();
  try {
    const names = Array.from({ length: 1000 }, (_, number) => String(number).padStart(120, "é"));
    for (const name of names) Deno.writeTextFileSync(`${path}/${name}`, "");
    assertEquals(readSystemFolder(libc, path).sort(), [".", "..", ...names].sort());
  } finally {
    Deno.removeSync(path, { recursive: true });
  }
});

testWithLibc("readSystemFolder() names what is no folder, or not there", (libc) => {
  assertThrows(() => readSystemFolder(libc, "/proc/none"), Error, "Cannot open /proc/none: ENOENT");
  assertThrows(() => readSystemFolder(libc, "/proc/self/stat"), Error, "Cannot read /proc/self/stat: ");
});

testWithLibc("the clock tells the same in seconds and in microseconds", (libc) => {
  const clock = new MonotonicClock(libc);
  const before = clock.microseconds();
  const seconds = clock.seconds();
  const after = clock.microseconds();
  assert(Math.floor(before / 1e6) <= seconds && seconds <= after / 1e6);
});
