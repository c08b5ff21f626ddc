import { assert, assertEquals } from "@std/assert";
import type { SavedMessage } from "../src/save_messages.ts";
import { setupLog } from "../src/log.ts";
import { SaveSchedule } from "../src/save_schedule.ts";
import { Saver, type SaverOptions } from "../src/saver.ts";
import { COUNTER, counterRow, createCounters, FAILURE_UNKNOWN, SUPERVISOR_ROW } from "../src/stats/mod.ts";

/** The system's number for a disk that is full. */
const ENOSPC = 28;

const SAVED: SavedMessage = { kind: "saved", torrents: 2, peers: 3, bytes: 154, ms: 7 };

/** A saver whose saves are played by the test. */
class SaverFixture {
  readonly counters = counterRow(createCounters(0), SUPERVISOR_ROW);
  readonly log: string[] = [];
  nowSec = 100;
  /** Announces counted so far. */
  changes = 0;
  /** Orders to save. */
  asked = 0;
  /** Saves that the one above was told of. */
  told = 0;
  readonly saver: Saver;

  /** A save is due as soon as there are `changes` new ones. */
  constructor(
    changes = 1,
    schedule: SaverOptions["schedule"] = new SaveSchedule([{ seconds: 0, changes }], 0),
    staleAfterSec = 3600,
  ) {
    setupLog({ logLevel: "debug" }, (line) => this.log.push(line.replace(/^\S+ /, "").trimEnd()));
    this.saver = new Saver({
      path: "state.odb",
      schedule,
      nowSec: () => this.nowSec,
      counters: this.counters,
      changes: () => this.changes,
      staleAfterSec,
      onSaved: () => this.told++,
      ask: () => this.asked++,
    });
  }

  /** What comes of the save: null for a save, else why not. */
  answer(failure: string | null): void {
    if (failure === null) this.saver.answered(SAVED);
    else this.fail(failure);
  }

  /** The log without what a save says of itself. */
  events(): string[] {
    return this.log.map((line) => line.replace(/ saved .*/, " saved"));
  }

  fail(message: string): void {
    this.saver.answered({ kind: "saveFailed", message, failure: ENOSPC });
  }
}

Deno.test("Saver asks for a save when one is due, and for one at a time", async () => {
  const fixture = new SaverFixture(10);
  const { saver } = fixture;
  saver.tick();
  assertEquals(fixture.asked, 0);
  fixture.changes = 10;
  saver.tick();
  saver.tick();
  assertEquals(fixture.asked, 1);
  const byHand = saver.save();
  const again = saver.save();
  assertEquals(fixture.asked, 1);

  saver.answered(SAVED);
  fixture.changes = 100;
  await turn();
  assertEquals(fixture.asked, 2);
  saver.tick();
  saver.answered(SAVED);
  assertEquals([await byHand, await again], [true, true]);
  assertEquals(fixture.asked, 2);
  assertEquals(fixture.counters[COUNTER.odbSaves], 2);
});

Deno.test("Saver: announces made during a save count for the next", () => {
  const fixture = new SaverFixture(10);
  const { saver } = fixture;
  fixture.changes = 10;
  saver.tick();
  fixture.changes = 19;
  saver.answered(SAVED);
  saver.tick();
  assertEquals(fixture.asked, 1);
  fixture.changes = 20;
  saver.tick();
  assertEquals(fixture.asked, 2);
});

Deno.test("Saver counts and logs a save", () => {
  const fixture = new SaverFixture();
  const before = Math.floor(Date.now() / 1000);
  fixture.saver.save();
  fixture.saver.answered(SAVED);
  const { counters, log } = fixture;
  assertEquals([counters[COUNTER.odbSaves], counters[COUNTER.odbSaveFailures]], [1, 0]);
  assertEquals([counters[COUNTER.odbLastSaveMs], counters[COUNTER.odbLastSaveBytes]], [7, 154]);
  assert(counters[COUNTER.odbLastSaveUnix] >= before);
  assertEquals(fixture.told, 1);
  assertEquals(log, ["info  saved 2 torrents and 3 peers to state.odb, 154 bytes in 7 ms"]);
});

const ANSWERS = ["disk full", "disk full", "no folder", "disk full", null, "disk full", "disk full"];

Deno.test("Saver logs a cause of failure once, and again after a save or another cause", () => {
  // A schedule that never pauses.
  const fixture = new SaverFixture(1, { isTime: () => true, isDue: () => true, saved() {}, failed() {} });
  for (const answer of ANSWERS) {
    fixture.saver.tick();
    fixture.answer(answer);
  }
  assertEquals(fixture.events(), [
    "error disk full",
    "error no folder",
    "error disk full",
    "info  saved",
    "error disk full",
  ]);
  assertEquals(fixture.counters[COUNTER.odbSaveFailures], 6);
});

Deno.test("Saver logs every failure of a save that somebody asked for", async () => {
  const fixture = new SaverFixture();
  for (const answer of ANSWERS) {
    const saved = fixture.saver.save();
    fixture.answer(answer);
    assertEquals(await saved, answer === null);
  }
  assertEquals(
    fixture.events(),
    ANSWERS.map((answer) => answer === null ? "info  saved" : `error ${answer}`),
  );
});

Deno.test("Saver pauses after a failure, but saves when it is told to", async () => {
  const fixture = new SaverFixture();
  const { saver } = fixture;
  fixture.changes = 1;
  saver.tick();
  fixture.fail("disk full");
  saver.tick();
  assertEquals(fixture.asked, 1);
  const saved = saver.save();
  assertEquals(fixture.asked, 2);
  saver.answered(SAVED);
  assertEquals(await saved, true);
  fixture.changes = 2;
  saver.tick();
  assertEquals(fixture.asked, 3);
});

Deno.test("Saver: what fails while no save is under way is no failed save", () => {
  const fixture = new SaverFixture();
  fixture.saver.failed("The save ended with its thread.");
  assertEquals([fixture.log, fixture.counters[COUNTER.odbSaveFailures]], [[], 0]);
});

Deno.test("Saver: since when saves fail, and why, stands in the counters until one goes well", () => {
  const { saver, counters } = new SaverFixture();
  const failing = () => [counters[COUNTER.odbFailingSinceUnix], counters[COUNTER.odbFailure]];
  const before = Math.floor(Date.now() / 1000);
  saver.save();
  saver.answered({ kind: "saveFailed", message: "disk full", failure: ENOSPC });
  const [sinceUnix] = failing();
  assert(sinceUnix >= before);
  // From here on the first failure would be told from the second.
  counters[COUNTER.odbFailingSinceUnix] = 1;
  saver.save();
  saver.failed("The save ended with its thread.");
  assertEquals(failing(), [1, FAILURE_UNKNOWN]);
  saver.save();
  saver.answered(SAVED);
  assertEquals(failing(), [0, 0]);
});

Deno.test("Saver: a save that is due and not done makes the tracker unwell after a while, until it is done", () => {
  let isDue = false;
  const schedule = { isTime: () => isDue, isDue: () => isDue, saved: () => isDue = false, failed() {} };
  const fixture = new SaverFixture(1, schedule, 60);
  const overdue = () => fixture.counters[COUNTER.odbOverdueSec];
  const tickAfter = (seconds: number) => {
    fixture.nowSec += seconds;
    fixture.saver.tick();
    return overdue();
  };
  assertEquals([tickAfter(0), tickAfter(1000)], [0, 0]);
  isDue = true;
  assertEquals([tickAfter(1), tickAfter(59.5), tickAfter(0.5)], [0, 0, 60]);
  fixture.fail("disk full");
  assertEquals(tickAfter(1.5), 61);
  fixture.saver.answered(SAVED);
  assertEquals([overdue(), tickAfter(1000)], [0, 0]);
});

/** Lets everything run that waits for promises which are settled. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
