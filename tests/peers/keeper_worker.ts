/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
// A thread that sweeps and walks the table while others announce to it.

import { attachTable, PEER_AGE_MAX_MIN, sweep } from "../../src/peers/mod.ts";
import { LIMITS } from "./model.ts";
import type { KeeperStart } from "./threads.ts";
import { walkWhole } from "./walking.ts";

self.onmessage = ({ data: start }: MessageEvent<KeeperStart>) => {
  self.postMessage(keep(start));
  self.close();
};

/**
 * Sweeps by ever shorter limits, so that each sweep finds some peers past their time though the clock stands still; and
 * torrents go as soon as they are empty. When nobody announces any more, the last sweep is by the limit itself.
 */
function keep({ table: buffers, over, pinned }: KeeperStart): number {
  const table = attachTable(buffers);
  const overWords = new Int32Array(over);
  let peerTimeoutMin = PEER_AGE_MAX_MIN;
  for (let rounds = 0;; rounds++) {
    const isLast = Atomics.load(overWords, 0) !== 0;
    if (isLast) peerTimeoutMin = LIMITS.peerTimeoutMin;
    sweep(table, { ...LIMITS, peerTimeoutMin, emptyTorrentMin: 0 });
    walkWhole(table, pinned);
    if (isLast) return rounds;
    peerTimeoutMin = Math.max(LIMITS.peerTimeoutMin, peerTimeoutMin - 1);
  }
}
