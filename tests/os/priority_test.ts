import { assertEquals } from "@std/assert";
import { allowRealtime, type Libc } from "../../src/os/mod.ts";
import { SCHED_IDLE, threadsOf } from "../threads.ts";
import { testWithLibc } from "./libc.ts";

testWithLibc("giveWay() has its own thread give way and no other", async () => {
  const before = threadsOf(Deno.pid);
  const worker = new Worker(new URL("./giving_way.ts", import.meta.url), { type: "module" });
  const thread = await new Promise<number>((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
  });
  const after = threadsOf(Deno.pid);
  assertEquals(before.has(thread), false);
  assertEquals(after.get(thread)?.policy, SCHED_IDLE);
  assertEquals(after.get(Deno.pid), before.get(Deno.pid));
  worker.terminate();
});

Deno.test("allowRealtime() allows the lowest of the real-time priorities and no more", () => {
  const limits: [number, BigUint64Array][] = [];
  const setrlimit = (limit: number, value: BigUint64Array) => limits.push([limit, value]);
  allowRealtime({ calls: { setrlimit } } as unknown as Libc);
  const RLIMIT_RTPRIO = 14;
  assertEquals(limits, [[RLIMIT_RTPRIO, BigUint64Array.of(1n, 1n)]]);
});
