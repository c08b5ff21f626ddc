/** What is known of a tracker that is asked again and again. @module */

import { ask } from "./feed.ts";
import type { View } from "./frame.ts";
import type { Place, TopOptions } from "./options.ts";
import type { Stats, TopTorrents } from "./report.ts";
import { Samples } from "./samples.ts";

/** One tracker, and what it answered. */
export class Watch {
  readonly #place: Place;
  readonly #token: string | null;
  readonly #intervalSec: number | null;
  readonly #samples = new Samples();
  #answer: { stats: Stats; top: TopTorrents } | null = null;
  #answeredAtMs = 0;
  #problem: string | null = null;

  constructor({ place, token, intervalMs, isOnce }: TopOptions) {
    this.#place = place;
    this.#token = token;
    this.#intervalSec = isOnce ? null : intervalMs / 1000;
  }

  /** What there is to show now. */
  get view(): View {
    const ageSec = (performance.now() - this.#answeredAtMs) / 1000;
    return {
      name: this.#place.name,
      answered: this.#answer === null ? null : { ...this.#answer, ageSec },
      samples: this.#samples,
      problem: this.#problem,
      intervalSec: this.#intervalSec,
    };
  }

  /** Asks once; what was known stays where there is no answer. Never rejects. `signal` gives up. */
  async ask(signal: AbortSignal): Promise<void> {
    const answer = await ask(this.#place, this.#token, signal);
    if ("problem" in answer) {
      this.#problem = answer.problem;
      return;
    }
    this.#problem = null;
    this.#answer = answer;
    this.#answeredAtMs = performance.now();
    this.#samples.add(answer.stats);
  }
}
