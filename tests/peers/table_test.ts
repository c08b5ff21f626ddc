import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { SHARD_REJECTED_F64 } from "../../src/peers/layout.ts";
import {
  announce,
  AnnounceRequest,
  closeBatch,
  EVENT_COMPLETED,
  EVENT_NONE,
  type Family,
  IPV4,
  NOT_RENEWED,
  openBatch,
  tableStats,
} from "../../src/peers/mod.ts";
import { shardOf } from "../../src/peers/torrents.ts";
import {
  announceBoth,
  compareAll,
  fillRequest,
  Model,
  newAnswer,
  newTable,
  passMinutes,
  scrapeBoth,
  START,
  type Step,
} from "./model.ts";

type Command = { step: Step } | { minutes: number } | { scrape: number } | { isBatch: boolean };

/** Torrent 0 is offered hundreds of peers, so that it goes from a block to directories of buckets and back. */
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 60,
    arbitrary: fc.record({
      step: fc.record({
        torrent: fc.constantFrom(0, 0, 0, 0, 1, 2, 3),
        peer: fc.oneof(fc.nat(9), fc.nat(700)),
        family: fc.constantFrom<Family>(0, 0, 0, 1),
        event: fc.constantFrom(0, 0, 0, 1, 2, 3, 3, 4),
        seeding: fc.boolean(),
        wanted: fc.constantFrom(0, 1, 5, 50, 200),
      }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ minutes: fc.integer({ min: 1, max: 50 }) }) },
  { weight: 4, arbitrary: fc.record({ scrape: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ isBatch: fc.boolean() }) },
);

Deno.test("table agrees with a plain model over random announces, expiry and scrapes", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 3000, size: "max" }), (commands) => {
      const table = newTable({ peerIds: true });
      const model = new Model(START);
      const empty = tableStats(table).bytesUsed;
      for (const command of commands) {
        if ("step" in command) announceBoth(table, model, command.step);
        else if ("minutes" in command) passMinutes(table, model, command.minutes);
        else if ("scrape" in command) scrapeBoth(table, model, command.scrape);
        else if (command.isBatch) openBatch(table);
        else closeBatch(table);
      }
      compareAll(table, model);
      passMinutes(table, model, 46 + 1440);
      assertEquals(model.torrents.size, 0);
      compareAll(table, model);
      const { torrents, peers, completed, bytesUsed } = tableStats(table);
      assertEquals({ torrents, peers, completed }, { torrents: 0, peers: 0, completed: 0 });
      // The shards' indexes stay, everything else has been given back.
      assert(bytesUsed - empty <= 4 * 144, `${bytesUsed - empty} bytes left behind`);
    }),
    { numRuns: 25 },
  );
});

Deno.test("a peer lives through its last minute and goes in the next", () => {
  const table = newTable({ peerIds: true });
  const model = new Model(START);
  const step: Step = { torrent: 1, peer: 1, family: IPV4, event: EVENT_NONE, seeding: false, wanted: 0 };
  announceBoth(table, model, step);
  passMinutes(table, model, 45);
  assertEquals(tableStats(table).peers, 1);
  passMinutes(table, model, 1);
  assertEquals(tableStats(table).peers, 0);
  // The torrent has been idle for 46 minutes by then.
  assertEquals(tableStats(table).torrents, 0);
});

Deno.test("a full table answers new peers from what is there and stores nothing", () => {
  const table = newTable({ maxPeers: 3, peerIds: true });
  const request = new AnnounceRequest();
  const answer = newAnswer();
  const told = (peer: number, torrent = 0) => {
    fillRequest(request, { torrent, peer, family: IPV4, event: EVENT_NONE, seeding: false, wanted: 50 });
    announce(table, request, answer);
    return { stored: answer.stored, count: answer.count4, leechers: answer.leechers };
  };
  for (let peer = 0; peer < 3; peer++) told(peer);
  assertEquals(told(3), { stored: false, count: 3, leechers: 3 });
  assertEquals(told(4, 1), { stored: false, count: 0, leechers: 0 });
  assertEquals(told(2), { stored: true, count: 2, leechers: 3 });
  const { peers, torrents, rejectedFull } = tableStats(table);
  assertEquals({ peers, torrents, rejectedFull }, { peers: 3, torrents: 1, rejectedFull: 2 });
});

Deno.test("a flood of hours does not bring the count of what a full table rejected back to 0", () => {
  const table = newTable({ maxPeers: 1 });
  const request = new AnnounceRequest();
  fillRequest(request, { torrent: 0, peer: 0, family: IPV4, event: EVENT_NONE, seeding: false, wanted: 0 });
  announce(table, request, newAnswer());
  table.controlF64[(shardOf(request.hash[request.hashAt]) + SHARD_REJECTED_F64) / 2] = 2 ** 32 - 1;
  fillRequest(request, { torrent: 0, peer: 1, family: IPV4, event: EVENT_NONE, seeding: false, wanted: 0 });
  announce(table, request, newAnswer());
  assertEquals(tableStats(table).rejectedFull, 2 ** 32);
});

Deno.test("a download that a full table does not store is not counted as completed", () => {
  const table = newTable({ maxPeers: 1 });
  const request = new AnnounceRequest();
  const answer = newAnswer();
  const completes = [0, 1, 0].map((peer) => {
    fillRequest(request, {
      torrent: 0,
      peer,
      family: IPV4,
      event: EVENT_COMPLETED,
      seeding: true,
      wanted: 0,
    });
    announce(table, request, answer);
    return [answer.completes, answer.renewedAfterMin];
  });
  assertEquals(completes, [[true, NOT_RENEWED], [false, NOT_RENEWED], [false, 0]]);
  assertEquals(tableStats(table).completed, 1);
});

Deno.test("a table with all its torrents takes no other", () => {
  const table = newTable({ maxTorrents: 2, peerIds: true });
  const request = new AnnounceRequest();
  const answer = newAnswer();
  const stored = [0, 1, 2, 1].map((torrent) => {
    fillRequest(request, { torrent, peer: torrent, family: IPV4, event: 0, seeding: true, wanted: 0 });
    announce(table, request, answer);
    return answer.stored;
  });
  assertEquals(stored, [true, true, false, true]);
  assertEquals(tableStats(table).torrents, 2);
});

Deno.test("a table without memory left for peers refuses them and gives its memory back", () => {
  const table = newTable({ maxPeers: 2 ** 20, peerIds: true });
  // Taking the heap's memory leaves the table as full as a table of its own making.
  const blocks: number[] = [];
  for (let words = 2 ** 24; words >= 1; words = Math.floor(words / 2)) {
    for (let block = table.peers.allocate(words); block !== 0; block = table.peers.allocate(words)) {
      blocks.push(block);
    }
  }
  const request = new AnnounceRequest();
  const answer = newAnswer();
  fillRequest(request, { torrent: 0, peer: 0, family: IPV4, event: 0, seeding: true, wanted: 0 });
  announce(table, request, answer);
  assertEquals(answer.stored, false);
  assertEquals(tableStats(table).peers + tableStats(table).torrents, 0);
  for (const block of blocks) table.peers.free(block);
  announce(table, request, answer);
  assertEquals(answer.stored, true);
});

for (
  const { peers, leechers, wanted } of [
    { peers: 40, leechers: 20, wanted: 10 },
    { peers: 700, leechers: 250, wanted: 60 },
  ]
) {
  Deno.test(`every other peer of ${peers} is chosen as often as the next`, () => {
    const table = newTable({ peerIds: true });
    const request = new AnnounceRequest();
    const answer = newAnswer();
    const rounds = 80_000;
    for (const asker of [{ peer: 0, seeding: false }, { peer: peers - 1, seeding: true }]) {
      const times = new Uint32Array(peers);
      for (let peer = 0; peer < peers; peer++) {
        fillRequest(request, {
          torrent: 0,
          peer,
          family: IPV4,
          event: 0,
          seeding: peer >= leechers,
          wanted: 0,
        });
        announce(table, request, answer);
      }
      fillRequest(request, { torrent: 0, family: IPV4, event: 0, wanted, ...asker });
      for (let round = 0; round < rounds; round++) {
        announce(table, request, answer);
        assertEquals(answer.count4, wanted);
        // Peers are numbered by their ports, from 1 on.
        for (let i = 0; i < wanted; i++) {
          const portAt = answer.at4 + i * 6 + 4;
          times[(answer.bytes[portAt] << 8 | answer.bytes[portAt + 1]) - 1]++;
        }
      }
      // A leecher draws from all others, a seeder from the leechers.
      const candidates = asker.seeding ? leechers : peers - 1;
      const expected = rounds * wanted / candidates;
      for (let peer = 0; peer < peers; peer++) {
        if (peer === asker.peer || (asker.seeding && peer >= leechers)) assertEquals(times[peer], 0);
        else {assert(
            Math.abs(times[peer] - expected) < expected * 0.08,
            `${peer}: ${times[peer]}, ${expected}`,
          );}
      }
    }
  });
}

Deno.test("createTable() refuses limits out of range", () => {
  for (const bad of [0, -1, 1.5, NaN, Infinity, 2 ** 40]) {
    assertThrows(() => newTable({ maxPeers: bad }), RangeError, `maxPeers must be 1 to ${2 ** 27}: ${bad}`);
    assertThrows(
      () => newTable({ maxTorrents: bad }),
      RangeError,
      `maxTorrents must be 1 to ${2 ** 26}: ${bad}`,
    );
  }
});
