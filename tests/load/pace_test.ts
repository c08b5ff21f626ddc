import { assert, assertEquals } from "@std/assert";
import { type Pace, RatePace, WindowPace } from "../../src/load/pace.ts";

const START_US = 5_000_000;

function assertAlmost(value: number, expected: number, by: number): void {
  assert(Math.abs(value - expected) <= by, `${value} is not ${expected}`);
}

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
  assertEquals(pace.waitMs(START_US + 989_500, 80), 11);
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

Deno.test("a rate sends each request when it is due", () => {
  const pace = new RatePace(1000, 1_000_000);
  pace.start(START_US);
  assertEquals(send(pace, 0), []);
  assertEquals(send(pace, 1), [0]);
  assertEquals(send(pace, 1000), []);
  assertEquals(send(pace, 1001, 1_000_000), [1000]);
});

Deno.test("a late rate catches up somewhat faster, with requests counted from when they were due", () => {
  const pace = new RatePace(100_000, 1_000_000);
  pace.start(START_US);
  const late = send(pace, 3000);
  // Of the three hundred those that came due within 200 us, and somewhat more than half as many again.
  assertEquals(late, Array.from({ length: 34 }, (_, index) => 10 * index));
  assertEquals(send(pace, 3001), []);
  let [afterUs, sent] = [3000, late.length];
  while (sent < afterUs / 10) sent += send(pace, afterUs += 100).length;
  assertAlmost(afterUs, 8000, 500);
  // And then it goes on as it should.
  for (; afterUs < 1_000_000; afterUs += 100) assertEquals(send(pace, afterUs).length <= 11, true);
  assertEquals(send(pace, 1_000_000).length <= 11, true);
  assertEquals(pace.isOver(START_US + 1_000_000), true);
});

Deno.test("a loader that has a core for a quarter of the time only keeps its rate, and is late no more than it must", () => {
  const pace = new RatePace(10_000, 4_000_000);
  pace.start(START_US);
  let lateUs = 0;
  for (let sliceUs = 0; sliceUs < 4_000_000; sliceUs += 16_000) {
    for (let afterUs = sliceUs; afterUs < sliceUs + 4000; afterUs += 100) {
      for (const dueUs of send(pace, afterUs)) lateUs = Math.max(lateUs, afterUs - dueUs);
    }
  }
  assert(lateUs >= 12_000 && lateUs < 100_000, `${lateUs}`);
});

Deno.test("a low rate that is late waits between its requests too", () => {
  const pace = new RatePace(10, 1_000_000);
  pace.start(START_US);
  assertEquals(send(pace, 350_000), [0]);
  assertEquals(pace.waitMs(START_US + 350_000), 5);
  assertEquals(send(pace, 355_000), []);
  assertEquals(send(pace, 356_000), [100_000]);
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

Deno.test("the threads of a rate send in turn", () => {
  const paces = [0, 1, 2].map((thread) => new RatePace(1000, 1_000_000, thread, 3));
  for (const pace of paces) pace.start(START_US);
  const sent: [number, number][] = [];
  for (let afterUs = 1; afterUs <= 5001; afterUs += 1000) {
    paces.forEach((pace, thread) => send(pace, afterUs).forEach((dueUs) => sent.push([thread, dueUs])));
  }
  assertEquals(sent, [[0, 0], [1, 1000], [2, 2000], [0, 3000], [1, 4000], [2, 5000]]);
});

Deno.test("a rate does not wait beyond its end when nothing is left to send", () => {
  const pace = new RatePace(10, 150_000);
  pace.start(START_US);
  assertEquals([...send(pace, 1), ...send(pace, 100_001)], [0, 100_000]);
  assertEquals(pace.waitMs(START_US + 100_500), 49);
  // What is late is waited for after the end, too.
  const late = new RatePace(10, 150_000);
  late.start(START_US);
  assertEquals(send(late, 160_000), [0]);
  assert(late.waitMs(START_US + 160_000) > 0);
});

for (const perSec of [1, 3, 7, 500, 1000, 333_333]) {
  for (const threads of [1, 2, 3, 64]) {
    Deno.test(`${threads} threads at a rate of ${perSec} send exactly so many in a second, however late`, () => {
      let sent = 0;
      for (let thread = 0; thread < threads; thread++) {
        const pace = new RatePace(perSec, 1_000_000, thread, threads);
        pace.start(START_US);
        assertEquals(pace.isOver(START_US + 1_000_000), thread >= perSec);
        let afterUs = 1_700_000;
        for (; !pace.isOver(START_US + afterUs); afterUs += 100) sent += send(pace, afterUs).length;
        assertEquals(send(pace, afterUs + 1_000_000), []);
      }
      assertEquals(sent, perSec);
    });
  }
}
