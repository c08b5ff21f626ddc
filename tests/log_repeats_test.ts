import { assertEquals } from "@std/assert";
import { RepeatLimit } from "../src/log_repeats.ts";

Deno.test("RepeatLimit lets one of equal texts through in a while, and counts the others", () => {
  const limit = new RepeatLimit<number>(100);
  const admit = (text: string, item: number, nowMs: number) => limit.admit(text, item, nowMs);
  assertEquals([admit("a", 1, 0), admit("b", 2, 0), admit("a", 3, 50), admit("a", 4, 99)], [
    true,
    true,
    false,
    false,
  ]);
  assertEquals(limit.collect(99), []);
  assertEquals(limit.collect(100), [{ item: 4, omitted: 2 }]);
  // The count was a telling too.
  assertEquals([admit("a", 5, 150), admit("b", 6, 150)], [false, true]);
  assertEquals(limit.collect(200), [{ item: 5, omitted: 1 }]);
  assertEquals(limit.collect(400), []);
  assertEquals([limit.isEmpty, admit("a", 7, 401)], [true, true]);
});

Deno.test("RepeatLimit keeps a count that nobody collected in time", () => {
  const limit = new RepeatLimit<number>(100);
  limit.admit("a", 1, 0);
  limit.admit("a", 2, 10);
  assertEquals(limit.admit("a", 3, 500), false);
  assertEquals(limit.collect(Infinity), [{ item: 3, omitted: 2 }]);
});

Deno.test("RepeatLimit remembers a bounded number of texts, and lets all others through", () => {
  const limit = new RepeatLimit<number>(100);
  for (let i = 0; i < 10_000; i++) assertEquals(limit.admit(`text ${i}`, i, 0), true);
  assertEquals([limit.admit("text 0", 0, 1), limit.admit("text 9999", 0, 1)], [false, true]);
  limit.collect(Infinity);
  limit.collect(Infinity);
  assertEquals(limit.admit("text 9999", 0, 2), true);
  assertEquals(limit.admit("text 9999", 0, 3), false);
});
