import { assertEquals } from "@std/assert";
import { AwakeClock } from "../../src/load/awake_clock.ts";

Deno.test("time goes on by turns, and stands still for whoever is stopped", () => {
  const clock = new AwakeClock(5_000_000);
  assertEquals(clock.nowUs, 0);
  clock.advance(5_000_100);
  clock.advance(5_100_100);
  assertEquals(clock.nowUs, 100_100);
  // As much as a turn may take, which the stop is not told from.
  clock.advance(3_605_100_100);
  assertEquals(clock.nowUs, 300_100);
  clock.advance(3_605_100_101);
  assertEquals(clock.nowUs, 300_101);
});
