/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * The saver: the thread that writes the table to its file. It gives way to all others, so that nobody waits for an answer
 * because of a save; that is why it does nothing else. See save_messages.ts for what it is told.
 *
 * @module
 */

import type { AccessParts } from "./access/mod.ts";
import { giveWay, openLibc } from "./os/mod.ts";
import { attachTable, type IsRefused } from "./peers/mod.ts";
import type { SaveAnswer, SaveCommand, SaveReport, SaveStartMessage } from "./save_messages.ts";
import { saveTable } from "./save_table.ts";
import { Heartbeat } from "./stats/mod.ts";

let starting: Promise<() => SaveAnswer> | undefined;
let beating: ReturnType<typeof setInterval> | undefined;

self.onmessage = async ({ data: command }: MessageEvent<SaveCommand>) => {
  switch (command.kind) {
    case "start":
      starting = start(command);
      await starting;
      report({ kind: "ready" });
      break;
    case "save":
      report((await starting!)());
      break;
    case "stop":
      clearInterval(beating);
      report({ kind: "stopped" });
      self.close();
  }
};

/** Resolves to what saves. */
async function start({ table: buffers, path, access, heartbeat: beats }: SaveStartMessage) {
  const table = attachTable(buffers);
  const heartbeat = new Heartbeat(beats);
  beating = heartbeat.beatByTimer();
  const isRefused = await refusedBy(access);
  const { libc } = openLibc();
  if (libc !== null) giveWay(libc);
  return () =>
    saveTable(table, path, (hash, at) => {
      // The thread may be given so little of the processor that a save takes an hour; nobody is to take it for dead.
      heartbeat.beat();
      return isRefused(hash, at);
    });
}

/** The module for that takes megabytes: it is read where there are lists only. */
async function refusedBy(parts: AccessParts | null): Promise<IsRefused> {
  if (parts === null) return () => false;
  const { Access } = await import("./access/mod.ts");
  const access = new Access(parts);
  return (hash, at) => access.refusesTorrent(hash, at);
}

function report(message: SaveReport): void {
  self.postMessage(message);
}
