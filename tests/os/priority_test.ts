import { assertEquals } from "@std/assert";
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
