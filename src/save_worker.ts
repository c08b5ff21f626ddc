/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * The saver: the thread that writes the table to its file. It gives way to all others, so that nobody waits for an answer
 * because of a save; that is why it does nothing else. The last save, when nobody is answered any more, has a thread of its
 * own, which does not. See save_messages.ts for what it is told.
 *
 * @module
 */

import { Access } from "./access/mod.ts";
import { giveWay, openLibc } from "./os/mod.ts";
import { attachTable } from "./peers/mod.ts";
import {
  SAVE_CONTROL_STOP,
  type SaveAnswer,
  type SaveCommand,
  type SaveReport,
  type SaveStartMessage,
} from "./save_messages.ts";
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
  const control = message.control === null ? null : new Int32Array(message.control);
  const isOver = () => control !== null && Atomics.load(control, SAVE_CONTROL_STOP) !== 0;
  save = () => {
    const answer = saveTable(table, message.path, (hash, at) => {
      if (isOver()) throw new Error("The tracker stops.");
      // The thread may be given so little of the processor that a save takes an hour; nobody is to take it for dead.
      heartbeat.beat();
      return access !== null && access.refusesTorrent(hash, at);
    });
    return answer.kind === "saveFailed" && isOver() ? { kind: "givenUp" } : answer;
  };
  const { libc } = openLibc();
  if (control !== null && libc !== null) giveWay(libc);
}

function report(message: SaveReport): void {
  self.postMessage(message);
}
