import { assert } from "@std/assert";
import { readProcessUsage } from "../src/process_usage.ts";

const WORK_MS_MAX = 20_000;

Deno.test("the process's memory and processor time are told, and the latter grows with work", () => {
  const { residentBytes, cpuSec } = readProcessUsage();
  assert(residentBytes > 2 ** 20, `${residentBytes} bytes`);
  assert(cpuSec > 0, `${cpuSec} s`);
  const deadline = Date.now() + WORK_MS_MAX;
  while (readProcessUsage().cpuSec === cpuSec) assert(Date.now() < deadline, "work takes no time");
});
