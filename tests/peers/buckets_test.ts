// Torrents in directories of buckets where little is as usual: buckets that were full, many of them, no memory.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  announce,
  AnnounceRequest,
  EVENT_NONE,
  EVENT_STOPPED,
  type Family,
  FLAG_SEEDING,
  IPV4,
  IPV6,
  type PeerTable,
  RECORD_BYTES,
  restorePeers,
  restoreTorrent,
  setTableMinute,
  sweep,
  tableStats,
} from "../../src/peers/mod.ts";
import { findPeer, removePeer } from "../../src/peers/swarm.ts";
import { findTorrent, shardOf } from "../../src/peers/torrents.ts";
import {
  compactOf,
  compareAll,
  fillRequest,
  hashOf,
  LIMITS,
  Model,
  newAnswer,
  newTable,
  passMinutes,
  portsTold,
  START,
  type Step,
} from "./model.ts";
import { SEED, withSeed } from "./threads.ts";

const request = new AnnounceRequest();
const answer = newAnswer();

Deno.test("a bucket that few of many peers are left in gives whole answers", () => {
  const table = newTable();
  const tell = (peer: number, seeding: boolean, event = EVENT_NONE, wanted = 0) => {
    fillRequest(request, { torrent: 0, peer, family: IPV4, event, seeding, wanted });
    announce(table, request, answer);
  };
  for (let peer = 0; peer < 200; peer++) tell(peer, peer < 64);
  for (let peer = 2; peer < 64; peer++) tell(peer, true, EVENT_STOPPED);
  for (let round = 0; round < 50_000; round++) {
    tell(199, false, EVENT_NONE, 50);
    assertEquals(new Set(portsTold(answer)).size, 50);
  }
});

Deno.test("answers are whole where a sweep has emptied buckets and not joined them yet", () => {
  const table = newTable();
  const tell = (peer: number) => {
    fillRequest(request, { torrent: 0, peer, family: IPV4, event: EVENT_NONE, seeding: false, wanted: 0 });
    announce(table, request, answer);
  };
  for (let peer = 0; peer < 10_000; peer++) tell(peer);
  const shard = shardOf(request.hash[0]);
  const line = findTorrent(table, shard, request.hash, 0);
  for (let peer = 60; peer < 10_000; peer++) {
    request.peer = new Uint16Array(compactOf(peer, IPV4).buffer);
    assert(findPeer(table, line, IPV4, request.peer, 0, false));
    removePeer(table, shard, line, IPV4);
  }
  const answers = newAnswer();
  answers.at4 = 2000;
  fillRequest(request, {
    torrent: 0,
    peer: 0,
    family: IPV4,
    event: EVENT_NONE,
    seeding: false,
    wanted: 50,
  });
  for (let round = 0; round < 500; round++) {
    announce(table, request, answers);
    assertEquals(new Set(portsTold(answers)).size, 50);
    // What lies before is another one's answer.
    assert(answers.bytes.subarray(0, answers.at4).every((byte) => byte === 0));
  }
});

Deno.test("a sweep drops whom it must from many more buckets than it looks at at once", () => {
  const table = newTable();
  const peers = 12_000;
  const records = new Uint8Array(peers * RECORD_BYTES[IPV4]);
  for (let peer = 0; peer < peers; peer++) {
    const age = peer % 3 === 0 ? 0 : LIMITS.peerTimeoutMin;
    const flags = peer < peers / 2 ? FLAG_SEEDING : 0;
    records.set([...compactOf(peer, IPV4), flags, age], peer * RECORD_BYTES[IPV4]);
  }
  const slot = restoreTorrent(table, new Uint32Array(hashOf(0).buffer), 0, 0);
  assertEquals(restorePeers(table, slot, IPV4, records, 0, peers), peers);
  setTableMinute(table, START + 1);
  sweep(table, LIMITS);
  const { leechers, seeders } = tableStats(table);
  assertEquals({ leechers, seeders }, { leechers: 2000, seeders: 2000 });
});

for (const leaving of ["one by one", "by expiry"] as const) {
  Deno.test(`a large torrent that most leave, ${leaving}, gives their memory back`, () => {
    const table = newTable({ peerIds: true });
    const peers = 20_000;
    const staying = peers / 10;
    const tell = (peer: number, event: number) => {
      fillRequest(request, { torrent: 0, peer, family: IPV4, event, seeding: peer % 2 === 0, wanted: 0 });
      announce(table, request, answer);
    };
    const empty = tableStats(table).bytesUsed;
    for (let peer = 0; peer < staying; peer++) tell(peer, EVENT_NONE);
    const few = tableStats(table).bytesUsed - empty;
    for (let peer = staying; peer < peers; peer++) tell(peer, EVENT_NONE);
    assert(tableStats(table).bytesUsed - empty > few * 8);
    if (leaving === "one by one") {
      for (let peer = staying; peer < peers; peer++) tell(peer, EVENT_STOPPED);
    } else {
      setTableMinute(table, START + LIMITS.peerTimeoutMin + 1);
      for (let peer = 0; peer < staying; peer++) tell(peer, EVENT_NONE);
      sweep(table, LIMITS);
    }
    assertEquals(tableStats(table).peers, staying);
    const left = tableStats(table).bytesUsed - empty;
    // Half full buckets are not joined, so that those who come and go do not join and split them each time.
    assert(left < few * 1.5, `${left} bytes are left, ${few} were enough`);
  });
}

const step: fc.Arbitrary<Step> = fc.record({
  torrent: fc.constantFrom(0, 0, 0, 1),
  peer: fc.oneof(fc.nat(99), fc.nat(999)),
  family: fc.constantFrom<Family>(IPV4, IPV4, IPV4, IPV6),
  event: fc.constantFrom(0, 0, 0, 1, 2, 3, 4),
  seeding: fc.boolean(),
  wanted: fc.constant(0),
});

for (const peerIds of [false, true]) {
  Deno.test(`nothing is lost or left behind when memory fails now and again, ${peerIds ? "" : "no "}peer ids`, () => {
    withSeed(() => {
      const table = newTable({ peerIds });
      const model = new Model(START);
      const empty = tableStats(table).bytesUsed;
      let failing = 0;
      let luck = 0;
      for (const heap of [table.peers, table.ids]) {
        if (heap === null) continue;
        const allocate = heap.allocate.bind(heap);
        heap.allocate = (words) => {
          luck = (luck + 0.6180339887) % 1;
          return luck < failing ? 0 : allocate(words);
        };
      }
      for (const [index, given] of fc.sample(step, { seed: SEED, numRuns: 20_000 }).entries()) {
        failing = [0, 0.02, 0, 0.3, 0, 0.9][Math.floor(index / 300) % 6];
        announceWithout(table, model, given);
        if (index % 4000 === 0) compareAll(table, model);
      }
      compareAll(table, model);
      failing = 0;
      passMinutes(table, model, LIMITS.peerTimeoutMin + 1 + LIMITS.completedTorrentMin);
      const { torrents, peers, bytesUsed } = tableStats(table);
      assertEquals({ torrents, peers }, { torrents: 0, peers: 0 });
      assert(bytesUsed - empty <= 2 * 144, `${bytesUsed - empty} bytes left behind`);
    });
  });
}

/** Announces to the table and, as far as the table could carry it out, to the model; compares the counts. */
function announceWithout(table: PeerTable, model: Model, given: Step): void {
  const hash = hashOf(given.torrent).toHex();
  const key = compactOf(given.peer, given.family).toHex();
  const torrent = model.torrents.get(hash);
  const before = { ...torrent?.peers.get(key) };
  fillRequest(request, given);
  announce(table, request, answer);
  if (!answer.stored) {
    assertEquals(before, {}, "only who is new is refused");
    assert(given.event !== EVENT_STOPPED);
  } else {
    model.announce(given);
    const peer = model.torrents.get(hash)?.peers.get(key);
    if (peer && before.seeding !== undefined && answer.seeders !== model.counts(given.torrent).seeders) {
      // There was no memory for its new role: it keeps the old one, and a seeder is never paused.
      assert(peer.seeding !== before.seeding);
      peer.seeding = before.seeding;
      peer.paused = peer.paused && !peer.seeding;
    }
  }
  const { seeders, leechers, downloaders, completed } = answer;
  const expected = model.torrents.has(hash)
    ? model.counts(given.torrent)
    : { seeders: 0, leechers: 0, downloaders: 0, completed: 0 };
  assertEquals({ seeders, leechers, downloaders, completed }, expected);
}
