import { assertEquals } from "@std/assert";
import { testWithLibc } from "./libc.ts";

/** The nice value of the thread whose number is `thread`. */
function niceOf(thread: number): number {
  const stat = Deno.readTextFileSync(`/proc/self/task/${thread}/stat`);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]);
}

testWithLibc("giveWay() makes its own thread nicer and no other", async () => {
  const mine = niceOf(Deno.pid);
  const before = threads();
  const worker = new Worker(new URL("./giving_way.ts", import.meta.url), { type: "module" });
  const thread = await new Promise<number>((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
  });
  assertEquals(before.has(thread), false);
  assertEquals(niceOf(thread), 19);
  assertEquals(niceOf(Deno.pid), mine);
  worker.terminate();
});

function threads(): Set<number> {
  return new Set([...Deno.readDirSync("/proc/self/task")].map(({ name }) => Number(name)));
}
