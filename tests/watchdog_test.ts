import { assertEquals } from "@std/assert";
import { createHeartbeat, Heartbeat } from "../src/stats/mod.ts";
import { Watchdog } from "../src/watchdog.ts";

/** A thread of a name, which beats when it is told to. */
function thread(name: string): { name: string; heartbeat: Heartbeat } {
  return { name, heartbeat: new Heartbeat(createHeartbeat()) };
}

Deno.test("a thread hangs when it is silent for its number of ticks, and not before", () => {
  const hung: string[] = [];
  const watchdog = new Watchdog((name) => hung.push(name));
  const [quick, slow] = [thread("quick"), thread("slow")];
  watchdog.watch([quick], 3);
  watchdog.watch([slow], 5);
  const tick = (beating: { heartbeat: Heartbeat }[]) => {
    for (const { heartbeat } of beating) heartbeat.beat();
    watchdog.tick();
    return [hung.splice(0).join(), watchdog.isContent];
  };
  for (let i = 0; i < 10; i++) assertEquals(tick([quick, slow]), ["", true]);
  assertEquals([tick([]), tick([]), tick([]), tick([])], [["", true], ["", true], ["quick", false], [
    "",
    false,
  ]]);
  assertEquals(tick([quick]), ["slow", false]);
  assertEquals(tick([quick, slow]), ["", true]);
  assertEquals([tick([slow]), tick([slow]), tick([slow])], [["", true], ["", true], ["quick", false]]);
});

Deno.test("a heartbeat is seen through its buffer, and its count goes round", () => {
  const buffer = createHeartbeat();
  const [writer, reader] = [new Heartbeat(buffer), new Heartbeat(buffer)];
  new Int32Array(buffer)[0] = 2 ** 31 - 1;
  const before = reader.count;
  writer.beat();
  assertEquals([before, reader.count], [2 ** 31 - 1, -(2 ** 31)]);
});
