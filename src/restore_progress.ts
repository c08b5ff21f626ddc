/** Telling in the log how far a long restore has come. @module */

import { log } from "./log.ts";
import type { LoadProgress } from "./odb/mod.ts";

const PAUSE_MS = 1000;
const MB = 1e6;

/** Tells about once a second; a restore that takes less tells nothing. */
export class RestoreProgress {
  readonly #startMs: number;
  #toldMs: number;

  /** `nowMs`, here and below, is of any clock that only goes forward. */
  constructor(nowMs: number) {
    this.#startMs = nowMs;
    this.#toldMs = nowMs;
  }

  /** Logs where the restore is, if that is due. */
  tick({ peers, bytes, totalBytes }: LoadProgress, nowMs: number): void {
    if (nowMs - this.#toldMs < PAUSE_MS) return;
    this.#toldMs = nowMs;
    const elapsedSec = (nowMs - this.#startMs) / 1000;
    const rate = Math.round(peers / elapsedSec);
    const share = Math.floor((100 * bytes) / totalBytes);
    const leftSec = Math.ceil((elapsedSec * (totalBytes - bytes)) / bytes);
    log.info(
      `restoring: ${peers} peers, ${rate} a second; ${Math.round(bytes / MB)} of ${
        Math.round(totalBytes / MB)
      } MB ` +
        `(${share} %), ${leftSec} s left`,
    );
  }
}
