/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
// One of several threads that take blocks of one heap and give them back.

import fc from "fast-check";
import { Heap } from "../../src/peers/heap.ts";
import { HeapUser } from "./heap_model.ts";
import type { HeapUserStart } from "./threads.ts";

const PLACES = 40;

self.onmessage = ({ data: start }: MessageEvent<HeapUserStart>) => {
  self.postMessage(use(start));
  self.close();
};

/** Takes and gives back at random, all at the end; returns how many blocks it was given. */
function use({ buffer, index, steps, seed }: HeapUserStart): number {
  const user = new HeapUser(new Heap(buffer), (index + 1) * 2 ** 24);
  const step = fc.tuple(fc.nat(PLACES - 1), fc.oneof(fc.nat(8), fc.nat(200)));
  let given = 0;
  for (const [place, words] of fc.sample(step, { seed: seed + index, numRuns: steps })) {
    if (user.blocks.has(place)) user.giveBack(place);
    else if (user.take(place, words) !== 0) given++;
  }
  user.giveAllBack();
  return given;
}
