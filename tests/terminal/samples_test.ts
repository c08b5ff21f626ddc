// Rates out of the differences between answers.
import { assertEquals } from "@std/assert";
import { Samples } from "../../src/terminal/samples.ts";
import { snapshot, SNAPSHOT_UNIX_MS } from "../stats/report_source.ts";
import { stats } from "./views.ts";

/** The made-up tracker `sec` seconds later, after `announces` more by its first thread and `errors` more errors. */
function later(sec: number, announces: number, errors = 0) {
  const { requests, workers, cpuSec } = snapshot();
  const [first, ...others] = workers;
  const more = (report: typeof requests) => ({
    ...report,
    udpAnnounces: report.udpAnnounces + announces,
    udpErrors: report.udpErrors + errors,
  });
  return stats({
    timeUnixMs: SNAPSHOT_UNIX_MS + sec * 1000,
    requests: more(requests),
    workers: [{ ...first, requests: more(first.requests) }, ...others],
    cpuSec: cpuSec + sec / 4,
  });
}

Deno.test("rates are what was counted from one answer to the next, by the tracker's own clock", async () => {
  const samples = new Samples();
  samples.add(await later(0, 0));
  assertEquals(samples.steps, []);
  samples.add(await later(2, 100, 4));
  samples.add(await later(6, 500, 4));
  const [first, second] = samples.steps;
  assertEquals([first.seconds, first.requests.udp.announces, first.requests.udp.errors], [2, 50, 2]);
  assertEquals([second.seconds, second.requests.udp.announces, second.requests.udp.errors], [4, 100, 0]);
  assertEquals([...first.workers], [["udp-1", 50], ["udp-2", 0], ["http-1", 0]]);
  assertEquals(second.processor, 0.25);
});

Deno.test("the same document again is no step", async () => {
  const samples = new Samples();
  for (const sec of [0, 2, 2, 2, 4]) samples.add(await later(sec, 10 * sec));
  assertEquals(samples.steps.map(({ seconds }) => seconds), [2, 2]);
});

Deno.test("a tracker that was started anew has no steps yet, nor one whose clock was set back", async () => {
  const samples = new Samples();
  for (const sec of [0, 2, 4]) samples.add(await later(sec, 10 * sec));
  samples.add({ ...await later(6, 0), started_unix_ms: SNAPSHOT_UNIX_MS });
  assertEquals(samples.steps.length, 0);
  samples.add({ ...await later(8, 30), started_unix_ms: SNAPSHOT_UNIX_MS });
  assertEquals(samples.steps.map(({ requests }) => requests.udp.announces), [15]);
  samples.add({ ...await later(7, 30), started_unix_ms: SNAPSHOT_UNIX_MS });
  assertEquals(samples.steps.length, 0);
});

Deno.test("steps are forgotten in time, and none is below zero", async () => {
  const samples = new Samples();
  for (let sec = 0; sec <= 500; sec++) samples.add(await later(sec, 500 - sec));
  assertEquals(samples.steps.length, 240);
  assertEquals(samples.steps.every(({ requests }) => requests.udp.announces === 0), true);
});
