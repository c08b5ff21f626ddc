import { assert, assertEquals } from "@std/assert";
import { IPV4, RECORD_BYTES, restorePeers, restoreTorrent, sweep, tableStats } from "../src/peers/mod.ts";
import { Rests } from "../src/rests.ts";
import { compactOf, hashOf, LIMITS, newTable } from "./peers/model.ts";

/** What a thread that works by `work` sleeps, and works, in milliseconds of a clock that stands still but for that. */
function timesOf(
  work: (rests: Rests, pass: (ms: number) => void) => void,
): { worked: number; slept: number[] } {
  const { wait } = Atomics;
  const { now } = performance;
  let worked = 0;
  const slept: number[] = [];
  const asleep = () => slept.reduce((sum, ms) => sum + ms, 0);
  try {
    Atomics.wait = ((_words: Int32Array, _at: number, _value: number, ms: number) => {
      slept.push(ms);
      return "timed-out";
    }) as typeof wait;
    performance.now = () => 5000 + worked + asleep();
    work(new Rests(), (ms) => worked += ms);
    return { worked, slept };
  } finally {
    Atomics.wait = wait;
    performance.now = now;
  }
}

Deno.test("work is done in stretches of half a millisecond, with three times as much rest", () => {
  const { worked, slept } = timesOf((rests, pass) => {
    rests.begin();
    for (let piece = 0; piece < 1000; piece++) {
      pass(0.125);
      rests.rest();
    }
  });
  assertEquals([worked, slept.length, new Set(slept)], [125, 250, new Set([1.5])]);
});

Deno.test("the time before work begins, and a stop of the machine, make no long rest", () => {
  const { slept } = timesOf((rests, pass) => {
    pass(60_000);
    rests.begin();
    rests.rest();
    pass(60_000);
    rests.rest();
  });
  assertEquals(slept.length, 1);
  assert(slept[0] < 100);
});

Deno.test("a sweep can rest between torrents and within a large one, and does all the same", () => {
  const peers = 60_000;
  for (const torrents of [1, 60]) {
    const table = newTable();
    const each = peers / torrents;
    for (let torrent = 0; torrent < torrents; torrent++) {
      const slot = restoreTorrent(table, new Uint32Array(hashOf(torrent).buffer), 0, 0);
      const records = new Uint8Array(each * RECORD_BYTES[IPV4]);
      for (let peer = 0; peer < each; peer++) {
        const age = peer % 2 === 0 ? LIMITS.peerTimeoutMin + 1 : 0;
        records.set([...compactOf(peer, IPV4), 0, age], peer * RECORD_BYTES[IPV4]);
      }
      assertEquals(restorePeers(table, slot, IPV4, records, 0, each), each);
    }
    const left: number[] = [];
    sweep(table, LIMITS, undefined, () => left.push(tableStats(table).peers));
    // Nobody is kept waiting for the core by more than an eighth of it.
    const steps = [peers, ...left, peers / 2].map((count, index, all) =>
      index === 0 ? 0 : all[index - 1] - count
    );
    assert(Math.max(...steps) <= peers / 2 / 4, steps.join());
    assertEquals(tableStats(table).peers, peers / 2);
  }
});
