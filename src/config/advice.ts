/** What a configuration may be run with, and better is not. @module */

import type { Config } from "./config.ts";

/** Lists of public trackers leave out those with shorter and with longer intervals. */
const LISTED_INTERVAL_MIN_SEC = 5 * 60;
const LISTED_INTERVAL_MAX_SEC = 3 * 60 * 60;
/** How late an announce may come: a lost one is sent again within some minutes (BEP 15). */
const LATE_SEC = 5 * 60;
/** Answers vary the interval by up to a tenth. */
const INTERVAL_SPREAD = 1.1;

/** A sentence for each setting that public tracker lists reject, or that loses peers. */
export function configAdvice({ intervalSec, peerTimeoutSec }: Config): string[] {
  const advice: string[] = [];
  if (intervalSec < LISTED_INTERVAL_MIN_SEC) {
    advice.push(
      `interval: lists of public trackers reject less than 5 minutes, it is ${intervalSec} seconds`,
    );
  } else if (intervalSec > LISTED_INTERVAL_MAX_SEC) {
    advice.push(`interval: lists of public trackers reject more than 3 hours, it is ${intervalSec} seconds`);
  }
  const dueSec = Math.floor(intervalSec * INTERVAL_SPREAD);
  if (peerTimeoutSec < dueSec + LATE_SEC) {
    advice.push(
      `peer-timeout: clients come after up to ${dueSec} seconds, and one whose announce was lost later; at ` +
        `${peerTimeoutSec} seconds its peer may be dropped, ${dueSec + LATE_SEC} would keep it`,
    );
  }
  return advice;
}
