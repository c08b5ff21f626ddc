/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * The saver: the thread that writes the table to its file. It gives way to all others, so that nobody waits for an answer
 * because of a save; that is why it does nothing else. See save_messages.ts for what it is told.
 *
 * @module
 */

import { Access } from "./access/mod.ts";
import { giveWay, openLibc } from "./os/mod.ts";
import { attachTable } from "./peers/mod.ts";
import type { SaveAnswer, SaveCommand, SaveReport, SaveStartMessage } from "./save_messages.ts";
import type { saveTable as SaveTable } from "./save_table.ts";
import { Heartbeat } from "./stats/mod.ts";

/** Not waited for here, as a plain import is: it waits for WebAssembly, and what main sends meanwhile would be lost. */
const saving = import("./save_table.ts");
let save: (() => SaveAnswer) | undefined;
let beating: ReturnType<typeof setInterval> | undefined;

self.onmessage = async ({ data: command }: MessageEvent<SaveCommand>) => {
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
    case "stop":
      clearInterval(beating);
      report({ kind: "stopped" });
      self.close();
  }
};

function start(message: SaveStartMessage, saveTable: typeof SaveTable): void {
  const table = attachTable(message.table);
  const access = message.access === null ? null : new Access(message.access);
  const heartbeat = new Heartbeat(message.heartbeat);
  beating = heartbeat.beatByTimer();
  save = () =>
    saveTable(table, message.path, (hash, at) => {
      // The thread may be given so little of the processor that a save takes an hour; nobody is to take it for dead.
      heartbeat.beat();
      return access !== null && access.refusesTorrent(hash, at);
    });
  const { libc } = openLibc();
  if (libc !== null) giveWay(libc);
}

function report(message: SaveReport): void {
  self.postMessage(message);
}
