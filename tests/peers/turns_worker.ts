/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
// A thread that walks the table again and again, and hardly lets go of it in between.

import { attachTable, betweenSweeps } from "../../src/peers/mod.ts";
import { INSIDE, OVER, type TurnsStart } from "./threads.ts";

/** A walk takes so long. */
const WALK_MS = 20;

self.onmessage = ({ data: start }: MessageEvent<TurnsStart>) => {
  self.postMessage(walkOnAndOn(start));
  self.close();
};

/** Returns how often it walked; -1 when it was not alone. */
function walkOnAndOn({ table: buffers, state }: TurnsStart): number {
  const table = attachTable(buffers);
  const words = new Int32Array(state);
  let walks = 0;
  let isAlone = true;
  while (Atomics.load(words, OVER) === 0) {
    betweenSweeps(table, () => {
      isAlone &&= Atomics.add(words, INSIDE, 1) === 0;
      Atomics.wait(words, OVER, 0, WALK_MS);
      Atomics.sub(words, INSIDE, 1);
    });
    walks++;
  }
  return isAlone ? walks : -1;
}
