import { assertEquals } from "@std/assert";
import {
  COUNTER,
  counterRow,
  createCounters,
  FAILURE_UNKNOWN,
  failureText,
  healthProblem,
  SUPERVISOR_ROW,
} from "../../src/stats/mod.ts";

Deno.test("every failure has words, and no failure has none", () => {
  assertEquals([0, 27, FAILURE_UNKNOWN, 9999].map(failureText), [
    "",
    "the file would be larger than the system lets it be",
    "see the log",
    "error 9999 of the system",
  ]);
});

Deno.test("the tracker is unwell as long as a save is overdue", () => {
  const supervisor = counterRow(createCounters(0), SUPERVISOR_ROW);
  assertEquals(healthProblem(supervisor), null);
  supervisor[COUNTER.odbOverdueSec] = 3700;
  assertEquals(
    healthProblem(supervisor),
    "degraded: a save has been due for 3700 seconds: the save does not end",
  );
  supervisor[COUNTER.odbFailure] = 30;
  assertEquals(
    healthProblem(supervisor),
    "degraded: a save has been due for 3700 seconds: the file system is read-only",
  );
});
