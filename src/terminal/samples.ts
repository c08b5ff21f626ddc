/** How fast a tracker's counts grow, from one answer of its to the next. @module */

import type { Requests, Stats } from "./report.ts";

/** How many steps are remembered: more than are shown on any but the widest terminal. */
const STEPS_MAX = 240;

/** What grew in a second, over one step. */
export interface Step {
  /** Its length. */
  seconds: number;
  requests: Requests;
  /** Requests that each thread answered, by its name. */
  workers: ReadonlyMap<string, number>;
  /** Seconds of processor time: 1 is a whole core. */
  processor: number;
}

/** The steps between the answers of one run of a tracker. */
export class Samples {
  /** Oldest first. */
  readonly steps: Step[] = [];
  #last: Stats | null = null;

  /** Adds an answer. A tracker that was started anew counts anew, so what was before is forgotten then. */
  add(stats: Stats): void {
    const last = this.#last;
    const seconds = last === null ? 0 : (stats.time_unix_ms - last.time_unix_ms) / 1000;
    // The same document again says nothing new.
    if (last !== null && seconds === 0) return;
    if (last !== null && (seconds < 0 || stats.started_unix_ms !== last.started_unix_ms)) {
      this.steps.length = 0;
    } else if (last !== null) {
      this.steps.push(stepBetween(last, stats, seconds));
      if (this.steps.length > STEPS_MAX) this.steps.shift();
    }
    this.#last = stats;
  }
}

/** Connects, announces and scrapes, as a thread's work. */
function answeredIn({ udp, http }: Requests): number {
  return udp.connects + udp.announces + udp.scrapes + http.announces + http.scrapes;
}

function stepBetween(before: Stats, after: Stats, seconds: number): Step {
  // Not below zero, whatever the other side says.
  const rate = (from: number, to: number) => Math.max((to - from) / seconds, 0);
  const earlier = new Map(before.workers.map((worker) => [worker.name, answeredIn(worker)]));
  return {
    seconds,
    requests: {
      udp: {
        connects: rate(before.udp.connects, after.udp.connects),
        announces: rate(before.udp.announces, after.udp.announces),
        scrapes: rate(before.udp.scrapes, after.udp.scrapes),
        errors: rate(before.udp.errors, after.udp.errors),
        dropped: rate(before.udp.dropped, after.udp.dropped),
      },
      http: {
        announces: rate(before.http.announces, after.http.announces),
        scrapes: rate(before.http.scrapes, after.http.scrapes),
        errors: rate(before.http.errors, after.http.errors),
      },
      completions: rate(before.completions, after.completions),
    },
    workers: new Map(
      after.workers.map((worker) => [worker.name, rate(earlier.get(worker.name) ?? 0, answeredIn(worker))]),
    ),
    processor: rate(before.process.cpu_s, after.process.cpu_s),
  };
}
