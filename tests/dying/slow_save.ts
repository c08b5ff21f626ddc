/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
// A saver whose save goes on until the tracker stops, and is given up then; but the last save is as it should be.

import { attachTable } from "../../src/peers/mod.ts";
import {
  SAVE_CONTROL_STOP,
  type SaveAnswer,
  type SaveCommand,
  type SaveReport,
  type SaveStartMessage,
} from "../../src/save_messages.ts";

const LOOK_MS = 10;

const saving = import("../../src/save_table.ts");
let start: SaveStartMessage;

self.onmessage = async ({ data: command }: MessageEvent<SaveCommand>) => {
  const { saveTable } = await saving;
  switch (command.kind) {
    case "start":
      start = command;
      report({ kind: "ready" });
      break;
    case "save":
      report(
        start.control === null
          ? saveTable(attachTable(start.table), start.path, () => false)
          : saveSlowly(new Int32Array(start.control)),
      );
      break;
    case "stop":
      report({ kind: "stopped" });
      self.close();
  }
};

function saveSlowly(control: Int32Array): SaveAnswer {
  console.error("saving slowly");
  while (Atomics.load(control, SAVE_CONTROL_STOP) === 0) {
    Atomics.wait(control, SAVE_CONTROL_STOP, 0, LOOK_MS);
  }
  return { kind: "givenUp" };
}

function report(message: SaveReport): void {
  self.postMessage(message);
}
