import { assert, assertEquals, assertThrows } from "@std/assert";
import { betweenSweeps, betweenWalks, createTable } from "../../src/peers/mod.ts";
import { until } from "../within.ts";
import { INSIDE, OVER, runWorker, type TurnsStart } from "./threads.ts";

const DEADLINE_MS = 20_000;
const SWEEPS = 10;

function smallTable() {
  return createTable({ maxPeers: 1, maxTorrents: 1, peerIds: false });
}

Deno.test("who walks keeps the keeper from sweeping, until the end of the walk, whatever that is", () => {
  const table = smallTable();
  let sweeps = 0;
  const sweep = () => betweenWalks(table, () => sweeps++);
  assertEquals(sweep(), true);
  assertEquals(betweenSweeps(table, sweep), false);
  assertEquals([sweep(), sweeps], [true, 2]);
  const broken = () => {
    throw new Error("broken");
  };
  assertThrows(() => betweenSweeps(table, broken), Error, "broken");
  assertThrows(() => betweenWalks(table, broken), Error, "broken");
  assertEquals([betweenSweeps(table, () => "walked"), sweep(), sweeps], ["walked", true, 3]);
});

Deno.test("a keeper whom walks keep from sweeping has its turn between two of them", async () => {
  const table = smallTable();
  const state = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  const words = new Int32Array(state);
  const walker = runWorker<TurnsStart, number>("turns_worker.ts", { table: table.buffers, state });
  let met = 0;
  const sweep = () => met += Atomics.add(words, INSIDE, 1) + Atomics.sub(words, INSIDE, 1) - 1;
  for (let sweeps = 0; sweeps < SWEEPS; sweeps++) {
    const isWalking = () => Promise.resolve(Atomics.load(words, INSIDE) > 0);
    await until(DEADLINE_MS, isWalking, () => "nobody walks");
    // Between two tries the event loop turns, as the keeper's does.
    const tryIt = () => Promise.resolve(betweenWalks(table, sweep));
    await until(DEADLINE_MS, tryIt, () => `${sweeps} sweeps, and then none`);
  }
  Atomics.store(words, OVER, 1);
  assert(await walker > 0, "the walker met a sweep");
  assertEquals(met, 0);
});

Deno.test("a wish of a keeper that is no more does not keep walks away for ever", () => {
  const table = smallTable();
  betweenSweeps(table, () => betweenWalks(table, () => {}));
  assertEquals(betweenSweeps(table, () => "walked"), "walked");
});
