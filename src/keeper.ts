/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * The keeper: the one thread that walks the whole table. It moves the table's clock, drops what is past its time, and
 * writes the table to its file, all beside the announces of the others. See keeper_messages.ts for what it is told.
 *
 * @module
 */

import type { KeeperCommand, KeeperReport, KeeperStartMessage } from "./keeper_messages.ts";
import { giveWay, openLibc, releaseFreedMemory } from "./os/mod.ts";
import { attachTable, setTableMinute, sweep, tableMinute, topTorrents } from "./peers/mod.ts";
import { RefusedTorrents } from "./refused_torrents.ts";
import type { saveTable as SaveTable } from "./save_table.ts";
import { Heartbeat } from "./stats/mod.ts";

const TICK_MS_MAX = 1000;
const RELEASE_MEMORY_MS = 10_000;

/** Not waited for here, as a plain import is: it waits for WebAssembly, and what main sends meanwhile would be lost. */
const saving = import("./save_table.ts");
const timers: ReturnType<typeof setInterval>[] = [];
let save: (() => KeeperReport) | undefined;
let findTop: ((count: number) => KeeperReport) | undefined;

self.onmessage = async ({ data: command }: MessageEvent<KeeperCommand>) => {
  // For every command, so that they are obeyed in their order.
  const { saveTable } = await saving;
  switch (command.kind) {
    case "start":
      start(command, saveTable);
      report({ kind: "ready" });
      break;
    case "save":
      report(save!());
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

function start(
  { table: buffers, limits, minuteMs, odb, access, heartbeat }: KeeperStartMessage,
  saveTable: typeof SaveTable,
): void {
  const table = attachTable(buffers);
  const refused = new RefusedTorrents(table, access);
  if (odb !== null) {
    save = () => {
      refused.dropIfNew();
      return saveTable(table, odb);
    };
  }
  findTop = (count) => ({ kind: "top", top: topTorrents(table, count) });
  const firstMinute = tableMinute(table);
  const startMs = performance.now();
  const sweepDue = () => {
    // By the monotonic clock: when the system's date is set anew, nobody grows old or young by it. Minute by minute,
    // because a peer's age is a byte: after a long sleep every minute missed is swept like any other.
    const minute = firstMinute + Math.floor((performance.now() - startMs) / minuteMs);
    while (tableMinute(table) < minute) {
      setTableMinute(table, tableMinute(table) + 1);
      sweep(table, limits, refused.isRefused);
    }
    refused.dropIfNew();
  };
  timers.push(setInterval(sweepDue, Math.min(TICK_MS_MAX, minuteMs)));
  timers.push(new Heartbeat(heartbeat).beatByTimer());
  const { libc } = openLibc();
  if (libc === null) return;
  giveWay(libc);
  timers.push(setInterval(() => releaseFreedMemory(libc), RELEASE_MEMORY_MS));
}

function report(message: KeeperReport): void {
  self.postMessage(message);
}
