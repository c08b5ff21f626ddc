/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * The keeper: the thread that moves the table's clock and drops what is past its time, beside the announces of the others.
 * Their threads wait for it when it holds a lock, for a moment, so it gives way to nobody; but it rests between. See
 * keeper_messages.ts for what it is told.
 *
 * @module
 */

import type { KeeperCommand, KeeperReport, KeeperStartMessage } from "./keeper_messages.ts";
import { openLibc, releaseFreedMemory } from "./os/mod.ts";
import {
  attachTable,
  betweenWalks,
  PEER_AGE_MAX_MIN,
  setTableMinute,
  sweep,
  tableMinute,
  topTorrents,
} from "./peers/mod.ts";
import { RefusedTorrents } from "./refused_torrents.ts";
import { Rests } from "./rests.ts";
import { Heartbeat } from "./stats/mod.ts";

const TICK_MS_MAX = 1000;
const RELEASE_MEMORY_MS = 10_000;
/** The greatest age in minutes that a peer's byte tells from others. */
const AGE_MAX_MIN = 255;

const timers: ReturnType<typeof setInterval>[] = [];
let findTop: ((count: number) => KeeperReport) | undefined;

self.onmessage = ({ data: command }: MessageEvent<KeeperCommand>) => {
  switch (command.kind) {
    case "start":
      start(command);
      report({ kind: "ready" });
      break;
    case "top":
      report(findTop!(command.count));
      break;
    case "stop":
      for (const timer of timers) clearInterval(timer);
      report({ kind: "stopped" });
      self.close();
  }
};

function start({ table: buffers, limits, minuteMs, access, heartbeat }: KeeperStartMessage): void {
  const table = attachTable(buffers);
  const refused = new RefusedTorrents(table, access);
  findTop = (count) => ({ kind: "top", top: topTorrents(table, count) });
  const firstMinute = tableMinute(table);
  let sweptMinute = firstMinute;
  /** As long as nobody has swept, time may go on up to here: nobody's age goes round by then. */
  let lastMinute = firstMinute + AGE_MAX_MIN - PEER_AGE_MAX_MIN;
  const startMs = performance.now();
  const beating = new Heartbeat(heartbeat);
  const rests = new Rests();
  const rest = () => {
    beating.beat();
    rests.rest();
  };
  const keep = () => {
    // By the monotonic clock: when the system's date is set anew, nobody grows old or young by it. Minute by minute,
    // because a peer's age is a byte: after a long sleep every minute missed is swept like any other.
    const minute = firstMinute + Math.floor((performance.now() - startMs) / minuteMs);
    if (sweptMinute >= minute && !refused.areNew) return;
    const isDone = betweenWalks(table, () => {
      rests.begin();
      while (sweptMinute < minute) {
        sweptMinute = Math.max(sweptMinute + 1, tableMinute(table));
        setTableMinute(table, sweptMinute);
        sweep(table, limits, refused.isRefused, rest);
        lastMinute = sweptMinute + AGE_MAX_MIN - limits.peerTimeoutMin;
      }
      refused.dropIfNew(rest);
    });
    // A save may take an hour: who announces meanwhile must not look an hour old afterwards.
    if (!isDone) setTableMinute(table, Math.min(minute, lastMinute));
  };
  timers.push(setInterval(keep, Math.min(TICK_MS_MAX, minuteMs)));
  timers.push(beating.beatByTimer());
  const { libc } = openLibc();
  if (libc !== null) timers.push(setInterval(() => releaseFreedMemory(libc), RELEASE_MEMORY_MS));
}

function report(message: KeeperReport): void {
  self.postMessage(message);
}
