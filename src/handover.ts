/** What one run of the tracker hands to the next beside its torrents and peers. @module */

import { type KeyFile, readKeyFile, writeKeyFile } from "./key_file.ts";
import { log } from "./log.ts";
import { COUNTER, counterRow, KEPT_COUNTERS, sumCounters, SUPERVISOR_ROW } from "./stats/mod.ts";

/** Where things are handed over, and on what terms. */
export interface HandoverOptions {
  /** The key file; null keeps and takes nothing. */
  path: string | null;
  /**
   * The run of the machine, when the connection ids tell the time by a clock that goes on from one run of the tracker
   * to the next as long as the machine runs; null when they do not. By any other clock the seconds of old ids would come
   * again, and with the old secret the ids.
   */
  bootId: string | null;
  /** The counters of all threads. What was counted before is put into the supervisor's row. */
  counters: SharedArrayBuffer;
}

/** The secret of the connection ids and the counters of requests, as the last run left them or new ones. */
export class Handover {
  /** Two random words, the key of the connection ids. */
  readonly secret: Uint32Array<ArrayBuffer>;
  readonly #options: HandoverOptions;
  #lastFailure = "";

  /**
   * Takes what was left, if it is of use, and keeps it for the next run at once: this one may be killed. Never throws;
   * what is wrong with the key file is logged.
   */
  constructor(options: HandoverOptions) {
    this.#options = options;
    const left = this.#read();
    const row = counterRow(options.counters, SUPERVISOR_ROW);
    // The date may have been set back since it was written.
    row[COUNTER.countingSinceUnix] = Math.min(
      left?.countingSinceUnix ?? Infinity,
      Math.floor(Date.now() / 1000),
    );
    for (const [name, index] of KEPT_COUNTERS) row[index] = left?.counters.get(name) ?? 0;
    const isSameRun = left !== null && left.bootId === options.bootId;
    const secret = isSameRun ? left.secret : null;
    this.secret = secret ?? crypto.getRandomValues(new Uint32Array(2));
    if (left !== null) {
      log.info(`counters${secret === null ? "" : " and connection ids"} go on from ${options.path}`);
    }
    this.keep();
  }

  /** Writes the key file, if there is to be one. Never throws; a failure is logged once. */
  keep(): void {
    const { path, bootId, counters } = this.#options;
    if (path === null) return;
    const sums = sumCounters(counters);
    try {
      writeKeyFile(path, {
        bootId,
        secret: bootId === null ? null : this.secret,
        countingSinceUnix: sums[COUNTER.countingSinceUnix],
        counters: new Map([...KEPT_COUNTERS].map(([name, index]) => [name, sums[index]])),
      });
      this.#lastFailure = "";
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== this.#lastFailure) log.warning(`cannot write ${path}: ${reason}`);
      this.#lastFailure = reason;
    }
  }

  #read(): KeyFile | null {
    const { path } = this.#options;
    if (path === null) return null;
    try {
      return readKeyFile(path);
    } catch (error) {
      log.warning(`${path} was ignored: ${error instanceof Error ? error.message : error}`);
      return null;
    }
  }
}
