import { assert } from "@std/assert";
import { processUsage } from "../src/process_usage.ts";

const WORK_MS_MAX = 20_000;

Deno.test("the process's memory and processor time are told, and the latter grows with work", () => {
  const read = processUsage();
  const { residentBytes, cpuSec } = read();
  const { rss } = Deno.memoryUsage();
  assert(Math.abs(residentBytes - rss) < rss / 2, `${residentBytes} bytes, not about ${rss}`);
  assert(cpuSec > 0, `${cpuSec} s`);
  const deadline = Date.now() + WORK_MS_MAX;
  while (read().cpuSec === cpuSec) assert(Date.now() < deadline, "work takes no time");
});
