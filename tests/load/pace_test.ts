import { assertEquals } from "@std/assert";
import { type Pace, RatePace, WindowPace } from "../../src/load/pace.ts";

const START_US = 5_000_000;

/** Sends all that is due, and returns how many and when they count as sent, after the start. */
function send(pace: Pace, afterUs: number, outstanding = 0): number[] {
  const nowUs = START_US + afterUs;
  return Array.from({ length: pace.due(nowUs, outstanding) }, () => pace.next(nowUs) - START_US);
}

Deno.test("a window is filled, and filled again when an eighth of it is free", () => {
  const pace = new WindowPace(80, 1_000_000, Infinity);
  pace.start(START_US);
  assertEquals(send(pace, 0), new Array(80).fill(0));
  assertEquals(pace.due(START_US + 10, 80), 0);
  assertEquals(pace.waitMs(START_US + 10, 80), 100);
  assertEquals(pace.due(START_US + 10, 71), 0);
  assertEquals(pace.due(START_US + 10, 70), 10);
  assertEquals(pace.waitMs(START_US + 10, 70), 0);
});

Deno.test("a window ends with its time", () => {
  const pace = new WindowPace(80, 1_000_000, Infinity);
  pace.start(START_US);
  assertEquals([pace.isOver(START_US + 999_999), pace.isOver(START_US + 1_000_000)], [false, true]);
  assertEquals(pace.due(START_US + 1_000_000, 0), 0);
});

Deno.test("a window ends with its count, the last few included", () => {
  const pace = new WindowPace(80, Infinity, 83);
  pace.start(START_US);
  assertEquals(send(pace, 0).length, 80);
  assertEquals(pace.isOver(START_US), false);
  assertEquals(send(pace, 1, 77).length, 3);
  assertEquals(pace.isOver(START_US), true);
});

Deno.test("a rate sends each request when it is due, and those missed with the time that they were due", () => {
  const pace = new RatePace(1000, 1_000_000);
  pace.start(START_US);
  assertEquals(send(pace, 0), []);
  assertEquals(send(pace, 1), [0]);
  assertEquals(send(pace, 1000), []);
  assertEquals(send(pace, 3500, 1_000_000), [1000, 2000, 3000]);
});

Deno.test("a rate waits for whole milliseconds and less than 100", () => {
  const pace = new RatePace(10, 1_000_000);
  pace.start(START_US);
  assertEquals(send(pace, 1), [0]);
  assertEquals(pace.waitMs(START_US + 500), 99);
  assertEquals(pace.waitMs(START_US + 60_000), 40);
  assertEquals(pace.waitMs(START_US + 99_001), 0);
  assertEquals(pace.waitMs(START_US + 200_000), 0);
});

for (const perSec of [1, 7, 500, 1000, 333_333]) {
  Deno.test(`a rate of ${perSec} sends exactly so many in a second, however late`, () => {
    const pace = new RatePace(perSec, 1_000_000);
    pace.start(START_US);
    assertEquals(pace.isOver(START_US + 1_000_000), false);
    assertEquals(send(pace, 1_700_000).length, perSec);
    assertEquals(pace.isOver(START_US + 1_000_000), true);
  });
}
