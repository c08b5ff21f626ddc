// A torrent that a walk has frozen stays as it was, whatever is announced; and nothing of it is left behind.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  announce,
  AnnounceRequest,
  EVENT_NONE,
  EVENT_STOPPED,
  type Family,
  FLAG_COMPLETED,
  FLAG_SEEDING,
  IPV4,
  IPV6,
  type PeerTable,
  RECORD_BYTES,
  RECORD_WORDS,
  tableStats,
} from "../../src/peers/mod.ts";
import { freeze, thaw } from "../../src/peers/frozen.ts";
import { CONTROL_MINUTE, FROZEN_LINE, SHARD_FROZEN, TORRENT_COMPLETED } from "../../src/peers/layout.ts";
import { readRecords } from "../../src/peers/peer_records.ts";
import { peersOf } from "../../src/peers/swarm_size.ts";
import { findTorrent, shardOf } from "../../src/peers/torrents.ts";
import {
  announceBoth,
  compareAll,
  fillRequest,
  hashOf,
  LIMITS,
  Model,
  newAnswer,
  newTable,
  passMinutes,
  START,
  type Step,
} from "./model.ts";
import { restoreGhosts } from "./ghosts.ts";
import { announceFromAll, SEED, unite, whilePending, withSeed } from "./threads.ts";
import { walkWhole } from "./walking.ts";

const TORRENT = 3;
const HASH = new Uint32Array(hashOf(TORRENT).buffer);
const SHARD = shardOf(HASH[0]);

/** What is announced next, to a torrent that grows, or changes, or that most leave. */
const steps = {
  grow: stepOf([0, 0, 1, 2, 2, 4]),
  change: stepOf([0, 0, 0, 0, 1, 2, 3, 4]),
  leave: stepOf([3, 3, 3, 3, 3, 0]),
};
const PHASES = [steps.grow, steps.change, steps.grow, steps.change, steps.leave, steps.leave, steps.leave];

function stepOf(events: number[]): fc.Arbitrary<Step> {
  return fc.record({
    torrent: fc.constantFrom(TORRENT, TORRENT, TORRENT, TORRENT, TORRENT, TORRENT, 0),
    // Of the second family so few that they are in one block, and in directories, by turns.
    peer: fc.nat(4999),
    family: fc.constantFrom<Family>(IPV4, IPV4, IPV4, IPV4, IPV4, IPV4, IPV6),
    event: fc.constantFrom(...events),
    seeding: fc.boolean(),
    wanted: fc.constantFrom(0, 3),
  }).map((step) => step.family === IPV6 ? { ...step, peer: step.peer % 150 } : step);
}

for (const limits of [{ peerIds: false }, { peerIds: true }, { peerIds: true, maxPeersPerAddress: 1000 }]) {
  Deno.test(`a frozen torrent stays as it was, ${JSON.stringify(limits)}`, () =>
    withSeed(() => {
      const table = newTable(limits);
      const model = new Model(START);
      // The model always has ids.
      const untold = (step: Step) => limits.peerIds ? step : { ...step, wanted: 0 };
      const empty = tableStats(table).bytesUsed;
      for (let peer = 0; peer < 3000; peer++) {
        announceBoth(table, model, {
          torrent: TORRENT,
          peer,
          family: IPV4,
          event: 0,
          seeding: false,
          wanted: 0,
        });
      }
      for (let round = 0; round < 42; round++) {
        const phase = PHASES[Math.floor(round / 3) % PHASES.length];
        const given = fc.sample(phase, { seed: SEED + round, numRuns: 300 });
        const announceSome = (count: number) => {
          for (const step of given.splice(0, count)) announceBoth(table, model, untold(step));
        };
        announceSome(30);
        const line = findTorrent(table, SHARD, HASH, 0);
        assert(line > 0);
        let expected: string[] = [];
        const isFrozen = whileWaiting(() => {
          expected = modelPeers(model);
          // The first announce to the shard.
          announceBoth(table, model, untold({ ...given[0], torrent: TORRENT }));
        }, () => freeze(table, SHARD, line));
        assert(isFrozen);
        while (given.length > 60) {
          announceSome(given.length % 7 === 0 ? 1 : 47);
          assertEquals(frozenPeers(table).join(), expected.join());
        }
        assert(whileWaiting(() => announceSome(5), () => thaw(table, SHARD)));
        assertEquals(table.control[SHARD + SHARD_FROZEN], 0);
        compareAll(table, model);
        passMinutes(table, model, 1);
      }
      passMinutes(table, model, LIMITS.peerTimeoutMin + 1 + LIMITS.completedTorrentMin);
      assertEquals(tableStats(table).torrents, 0);
      const left = tableStats(table).bytesUsed - empty;
      // The indexes of two shards.
      assert(left <= 2 * 144, `${left} bytes left behind`);
    }));
}

Deno.test("what a frozen torrent alone has is given back when nobody announces any more", () => {
  const { table, line, tell, peers } = largeTorrent(30_000);
  const before = table.peers.bytesUsed;
  assert(whileWaiting(() => tell(0), () => freeze(table, SHARD, line)));
  for (let peer = 0; peer < peers; peer++) tell(peer);
  assert(table.peers.bytesUsed > before * 1.9, "the buckets' blocks were not kept");
  assert(thaw(table, SHARD));
  // A block may be 8 bytes larger than asked for.
  assert(Math.abs(table.peers.bytesUsed - before) < before * 0.03);
  assertEquals(tableStats(table).leechers, peers);
});

Deno.test("what a frozen torrent alone has is given back soon, too, when few announce", () => {
  const { table, line, tell, peers } = largeTorrent(200_000);
  assert(whileWaiting(() => tell(0), () => freeze(table, SHARD, line)));
  for (let peer = 0; peer < peers; peer++) tell(peer);
  let asleepMs = 0;
  let toldMs = 0;
  assert(whileWaiting((ms) => {
    asleepMs += ms;
    for (; toldMs < asleepMs; toldMs += 5) tell(0);
  }, () => thaw(table, SHARD)));
  assert(asleepMs < 200, `${asleepMs} ms`);
});

Deno.test("a wish that no announce hears is carried out by who has it", () => {
  const { table, line, tell, peers } = largeTorrent(1000);
  const before = table.peers.bytesUsed;
  const expected = frozenPeers(table, line);
  assert(freeze(table, SHARD, line));
  for (let peer = 0; peer < peers; peer += 3) tell(peer, EVENT_STOPPED);
  assertEquals(frozenPeers(table), expected);
  assert(thaw(table, SHARD));
  assertEquals(table.control[SHARD + SHARD_FROZEN], 0);
  assert(table.peers.bytesUsed < before);
});

Deno.test("without memory nothing is frozen, or it is known not to have stayed; and nothing is lost", () => {
  const table = newTable({ peerIds: true });
  const model = new Model(START);
  const tell = (peer: number) => {
    const family = peer % 2 === 0 ? IPV4 : IPV6;
    announceBoth(table, model, {
      torrent: TORRENT,
      peer,
      family,
      event: 0,
      seeding: peer % 4 < 2,
      wanted: 0,
    });
  };
  for (let peer = 0; peer < 1000; peer++) tell(peer);
  const line = findTorrent(table, SHARD, HASH, 0);
  const before = tableStats(table).bytesUsed;
  const allocate = table.peers.allocate.bind(table.peers);
  const allowed = (count: number) => table.peers.allocate = (words) => count-- > 0 ? allocate(words) : 0;
  // Two directories of each family.
  for (let directories = 0; directories < 4; directories++) {
    allowed(directories);
    assert(!whileWaiting(() => tell(0), () => freeze(table, SHARD, line)));
    assertEquals(tableStats(table).bytesUsed, before);
  }
  allowed(4 + 2);
  assert(whileWaiting(() => tell(0), () => freeze(table, SHARD, line)));
  for (let peer = 0; peer < 1000; peer++) tell(peer);
  assert(!whileWaiting(() => tell(0), () => thaw(table, SHARD)));
  assert(tableStats(table).bytesUsed <= before + 8 * 4);
  compareAll(table, model);
});

Deno.test("a frozen torrent leaves new peers the memory that they need", () => {
  const maxPeers = 300_000;
  const { table, line, tell, peers } = largeTorrent(maxPeers * 0.9, IPV6, maxPeers);
  assert(whileWaiting(() => tell(0), () => freeze(table, SHARD, line)));
  for (let peer = 0; peer < maxPeers; peer++) tell(peer);
  assertEquals([tableStats(table).leechers, tableStats(table).rejectedFull], [maxPeers, 0]);
  assert(!whileWaiting(() => tell(0), () => thaw(table, SHARD)), `${peers} peers were kept twice`);
});

Deno.test("a torrent that four threads announce to all the time is walked whole, and frozen for that", async () => {
  const table = newTable({ peerIds: true });
  const model = new Model(START);
  restoreGhosts(table, model, TORRENT);
  const pinned = new Set([hashOf(TORRENT).toHex()]);
  let waitsForShard = 0;
  const announcers = announceFromAll(table, [TORRENT], 30_000);
  const wait = Atomics.wait;
  try {
    Atomics.wait = ((words: Int32Array<SharedArrayBuffer>, at: number, value: number, ms?: number) => {
      if (at === SHARD + SHARD_FROZEN) waitsForShard++;
      return wait(words, at, value, ms);
    }) as typeof wait;
    await whilePending(announcers, () => withSeed(() => walkWhole(table, pinned)));
  } finally {
    Atomics.wait = wait;
  }
  assert(waitsForShard > 0, "it was never frozen");
  unite(model, await announcers);
  withSeed(() => compareAll(table, model));
});

/** A table whose only torrent has so many leechers, and how one of them announces. */
function largeTorrent(peers: number, family: Family = IPV4, maxPeers = peers) {
  const table = newTable({ maxPeers });
  const request = new AnnounceRequest();
  const answer = newAnswer();
  const tell = (peer: number, event = EVENT_NONE) => {
    fillRequest(request, { torrent: TORRENT, peer, family, event, seeding: false, wanted: 0 });
    announce(table, request, answer);
  };
  for (let peer = 0; peer < peers; peer++) tell(peer);
  return { table, line: findTorrent(table, SHARD, HASH, 0), tell, peers };
}

/** Does `act`, on this thread, whenever `waiting` sleeps, and tells it for how many milliseconds that was to be. */
function whileWaiting<Result>(act: (ms: number) => void, waiting: () => Result): Result {
  const wait = Atomics.wait;
  try {
    Atomics.wait = ((_words: Int32Array, _at: number, _value: number, ms: number) => {
      act(ms);
      return "timed-out";
    }) as typeof wait;
    return waiting();
  } finally {
    Atomics.wait = wait;
  }
}

/** The completed count of a torrent, the frozen one, then its peers, each as its compact form, flags and age. */
function frozenPeers(table: PeerTable, line = FROZEN_LINE): string[] {
  const peers: string[] = [];
  for (const family of [IPV4, IPV6] as const) {
    const count = peersOf(table, line, family);
    const words = new Uint32Array(count * RECORD_WORDS[family]);
    assert(readRecords(table, line, family, words, count, table.control[CONTROL_MINUTE], () => true));
    for (let i = 0; i < count; i++) {
      const record = new Uint8Array(words.buffer, i * RECORD_BYTES[family], RECORD_BYTES[family])
        .toReversed();
      peers.push(record.toHex());
    }
  }
  return [String(table.torrents[line + TORRENT_COMPLETED]), ...peers.sort()];
}

/** The same by the model. */
function modelPeers(model: Model): string[] {
  const peers = [...model.peers(TORRENT)].map(([compact, { seeding, completed, minute }]) => {
    const flags = (seeding ? FLAG_SEEDING : 0) | (completed ? FLAG_COMPLETED : 0);
    return compact + new Uint8Array([flags, model.minute - minute]).toHex();
  });
  return [String(model.counts(TORRENT).completed), ...peers.sort()];
}
