import { assertEquals } from "@std/assert";
import { SaveSchedule } from "../src/save_schedule.ts";

const START_SEC = 5000;
const DEFAULT_RULES = [
  { seconds: 900, changes: 1 },
  { seconds: 300, changes: 10 },
  { seconds: 60, changes: 10_000 },
];

/** Seconds and announces since the start, and whether a save is due then, and made where none has failed. */
type Moment = [sec: number, changes: number, due: boolean];

const CASES: { what: string; rules: typeof DEFAULT_RULES; moments: Moment[] }[] = [
  {
    what: "a rule wants both its seconds and its changes",
    rules: [{ seconds: 300, changes: 10 }],
    moments: [[0, 0, false], [299, 1000, false], [10_000, 9, false], [300, 10, true], [301, 11, true]],
  },
  {
    what: "any rule will do",
    rules: DEFAULT_RULES,
    moments: [
      [59, 10_000, false],
      [60, 9999, false],
      [60, 10_000, true],
      [299, 9999, false],
      [300, 9, false],
      [300, 10, true],
      [899, 9, false],
      [900, 1, true],
      [100_000, 0, false],
    ],
  },
  {
    what: "a rule of no changes is one of time alone",
    rules: [{ seconds: 60, changes: 0 }],
    moments: [[59, 5, false], [60, 0, true]],
  },
  { what: "without a rule nothing is due", rules: [], moments: [[0, 0, false], [1e6, 1e9, false]] },
];

for (const { what, rules, moments } of CASES) {
  Deno.test(`saves: ${what}`, () => {
    const schedule = new SaveSchedule(rules, START_SEC);
    for (const [sec, changes, due] of moments) {
      const about = `after ${sec} s and ${changes} changes`;
      assertEquals(schedule.isDue(START_SEC + sec, changes), due, about);
      assertEquals(schedule.isTime(START_SEC + sec, changes), due, about);
    }
  });
}

Deno.test("saves: a save is the start of both counts, and changes made during it count for the next", () => {
  const schedule = new SaveSchedule([{ seconds: 60, changes: 10 }], START_SEC);
  assertEquals(schedule.isDue(START_SEC + 60, 30), true);
  // Begun at 30 announces, done 5 seconds and 4 announces later.
  schedule.saved(START_SEC + 65, 30);
  assertEquals(schedule.isDue(START_SEC + 124, 40), false);
  assertEquals(schedule.isDue(START_SEC + 125, 39), false);
  assertEquals(schedule.isDue(START_SEC + 125, 40), true);
});

/** The pauses in seconds after the failures that follow one another when every try is made as soon as it is due. */
function pausesAfterFailures(schedule: SaveSchedule, fromSec: number, failures: number): number[] {
  let now = fromSec;
  return Array.from({ length: failures }, () => {
    schedule.failed(now);
    const failedAt = now;
    while (!schedule.isTime(now, 1000)) now++;
    return now - failedAt;
  });
}

Deno.test("saves: after failures the pauses grow, and a save ends them", () => {
  const schedule = new SaveSchedule([{ seconds: 1, changes: 1 }], START_SEC);
  const pauses = [5, 10, 20, 40, 80, 160, 300, 300, 300];
  assertEquals(pausesAfterFailures(schedule, START_SEC + 10, pauses.length), pauses);
  schedule.saved(START_SEC + 5000, 0);
  assertEquals(schedule.isTime(START_SEC + 5001, 1), true);
  assertEquals(pausesAfterFailures(schedule, START_SEC + 5001, 3), [5, 10, 20]);
});

Deno.test("saves: a failure makes nothing due that no rule wants", () => {
  const schedule = new SaveSchedule([{ seconds: 60, changes: 10 }], START_SEC);
  schedule.failed(START_SEC + 1);
  assertEquals(schedule.isTime(START_SEC + 50, 1000), false);
  assertEquals(schedule.isTime(START_SEC + 5000, 9), false);
  assertEquals(schedule.isTime(START_SEC + 5000, 10), true);
});

Deno.test("saves: what is due stays due while a failure makes it wait", () => {
  const schedule = new SaveSchedule([{ seconds: 1, changes: 1 }], START_SEC);
  schedule.failed(START_SEC + 1);
  assertEquals([schedule.isDue(START_SEC + 2, 1), schedule.isTime(START_SEC + 2, 1)], [true, false]);
});
