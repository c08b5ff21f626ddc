// Torrents restored at once: the same as if their peers had announced one by one, whatever happens to them then.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  announce,
  AnnounceRequest,
  COMPACT_BYTES,
  EVENT_NONE,
  EVENT_STOPPED,
  type Family,
  FLAG_COMPLETED,
  FLAG_SEEDING,
  IPV4,
  IPV6,
  type PeerTable,
  RECORD_BYTES,
  reserveRestored,
  restorePeers,
  restoreTorrent,
  setTableMinute,
  sweep,
  tableStats,
  WholeRestore,
} from "../../src/peers/mod.ts";
import {
  announceBoth,
  compactOf,
  compareAll,
  fillRequest,
  hashOf,
  LIMITS,
  Model,
  newAnswer,
  newTable,
  passMinutes,
  scrapeBoth,
  START,
  type Step,
} from "./model.ts";

/** Bytes of an index that a shard keeps. */
const INDEX_BYTES = 144;

const request = new AnnounceRequest();
const answer = newAnswer();

/** Records of peers 0 up to `count` - 1, ascending. The low half of their flags means nothing in a file. */
function recordsOf(count: number, family: Family): Uint8Array<ArrayBuffer> {
  const records = Array.from({ length: count }, (_, peer) => {
    const flags = (peer % 3 === 0 ? FLAG_SEEDING : 0) | (peer % 5 === 0 ? FLAG_COMPLETED : 0) | (peer & 0x0f);
    return Uint8Array.of(...compactOf(peer, family), flags, peer % 40);
  }).sort(compareBytes);
  const bytes = new Uint8Array(count * RECORD_BYTES[family]);
  records.forEach((record, index) => bytes.set(record, index * RECORD_BYTES[family]));
  return bytes;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at < 0 ? 0 : a[at] - b[at];
}

/** Restores them into torrent `torrent`, from an odd address on; whether that was done at once. */
function restoreAtOnce(
  table: PeerTable,
  torrent: number,
  family: Family,
  records: Uint8Array,
  whole = new WholeRestore(table, family),
): boolean {
  const bytes = new Uint8Array(records.length + 1);
  bytes.set(records, 1);
  const slot = restoreTorrent(table, new Uint32Array(hashOf(torrent).buffer), 0, 0);
  return whole.restore(slot, new DataView(bytes.buffer), 1, records.length / RECORD_BYTES[family]);
}

/** Puts what the records say into the model. */
function restoreIntoModel(model: Model, torrent: number, family: Family, records: Uint8Array): void {
  const hash = hashOf(torrent).toHex();
  const into = model.torrents.get(hash) ?? { peers: new Map(), completed: 0, touched: START };
  model.torrents.set(hash, into);
  for (let at = 0; at < records.length; at += RECORD_BYTES[family]) {
    const flagsAt = at + COMPACT_BYTES[family];
    const flags = records[flagsAt];
    into.peers.set(records.slice(at, flagsAt).toHex(), {
      family,
      seeding: (flags & FLAG_SEEDING) !== 0,
      completed: (flags & FLAG_COMPLETED) !== 0,
      paused: false,
      minute: START - records[flagsAt + 1],
      id: "0",
    });
  }
}

/** Leaves ids of peers that are gone in the memory that the next ones are given. */
function leaveIds(table: PeerTable): void {
  for (const event of [EVENT_NONE, EVENT_STOPPED]) {
    for (let peer = 0; peer < 1000; peer++) {
      fillRequest(request, { torrent: 0, peer, family: IPV4, event, seeding: peer % 2 === 0, wanted: 0 });
      announce(table, request, answer);
    }
  }
  setTableMinute(table, START + LIMITS.emptyTorrentMin);
  sweep(table, LIMITS);
  assertEquals(tableStats(table).torrents, 0);
  setTableMinute(table, START);
}

/** Announces to both. A peer that was restored is known by its id as soon as it tells one. */
function announceToBoth(table: PeerTable, model: Model, step: Step): void {
  const peer = model.peers(step.torrent).get(compactOf(step.peer, step.family).toHex());
  if (table.peerIds && peer?.id === "0") peer.id = `${step.peer + 1}`;
  announceBoth(table, model, step);
}

/** Where blocks and directories begin and end to hold all, and far above. */
const size = fc.constantFrom(0, 1, 2, 3, 7, 32, 61, 64, 65, 66, 127, 128, 129, 130, 200, 1000);
const step: fc.Arbitrary<Step> = fc.record({
  torrent: fc.constantFrom(0, 1, 2, 3),
  peer: fc.oneof(fc.nat(70), fc.nat(1100)),
  family: fc.constantFrom<Family>(IPV4, IPV4, IPV4, IPV6),
  event: fc.constantFrom(0, 0, 0, 1, 2, 3, 3, 4),
  seeding: fc.boolean(),
  wanted: fc.constantFrom(0, 1, 5, 50, 200),
});

Deno.test("torrents restored at once live on as the model does", () => {
  const property = fc.property(
    fc.array(fc.tuple(size, size), { minLength: 1, maxLength: 3 }),
    fc.array(step, { maxLength: 400, size: "max" }),
    (sizes, steps) => {
      const table = newTable({ peerIds: true });
      leaveIds(table);
      const model = new Model(START);
      const empty = tableStats(table).bytesUsed;
      for (const family of [IPV4, IPV6] as const) {
        const whole = new WholeRestore(table, family);
        for (const [torrent, counts] of sizes.entries()) {
          if (counts[family] === 0) continue;
          const records = recordsOf(counts[family], family);
          assert(restoreAtOnce(table, torrent, family, records, whole));
          restoreIntoModel(model, torrent, family, records);
          assertEquals(whole.finished, Math.ceil(counts[family] / 5));
        }
      }
      compareAll(table, model);
      for (const [index, given] of steps.entries()) {
        announceToBoth(table, model, given);
        if (index % 100 === 50) passMinutes(table, model, 7);
      }
      compareAll(table, model);
      for (let torrent = 0; torrent < 4; torrent++) scrapeBoth(table, model, torrent);
      passMinutes(table, model, LIMITS.peerTimeoutMin + 1 + LIMITS.completedTorrentMin);
      const { torrents, peers, seeders, leechers, bytesUsed } = tableStats(table);
      assertEquals({ torrents, peers, seeders, leechers }, {
        torrents: 0,
        peers: 0,
        seeders: 0,
        leechers: 0,
      });
      assert(bytesUsed - empty <= 4 * INDEX_BYTES, `${bytesUsed - empty} bytes left behind`);
    },
  );
  fc.assert(property, { numRuns: 40 });
});

Deno.test("peers restored at once take at most twelve bytes of memory each, their torrents included", () => {
  for (const count of [64, 65, 100, 1000]) {
    const table = newTable();
    const empty = tableStats(table).bytesUsed;
    const records = recordsOf(count, IPV4);
    for (let torrent = 0; torrent < 100; torrent++) assert(restoreAtOnce(table, torrent, IPV4, records));
    const { peers, bytesUsed } = tableStats(table);
    assert(
      bytesUsed - empty <= 12 * peers,
      `${(bytesUsed - empty) / peers} bytes a peer, ${count} a torrent`,
    );
  }
});

for (const family of [IPV4, IPV6] as const) {
  Deno.test(`a torrent of many buckets has each peer where it is looked for, family ${family}`, () => {
    const table = newTable();
    const model = new Model(START);
    const count = 20_000;
    const empty = tableStats(table).bytesUsed;
    const records = recordsOf(count, family);
    assert(restoreAtOnce(table, 0, family, records));
    restoreIntoModel(model, 0, family, records);
    compareAll(table, model);
    const tellAll = (event: number): void => {
      for (let peer = 0; peer < count; peer++) {
        fillRequest(request, { torrent: 0, peer, family, event, seeding: peer % 2 === 0, wanted: 0 });
        announce(table, request, answer);
      }
    };
    tellAll(EVENT_NONE);
    assertEquals(tableStats(table).peers, count);
    tellAll(EVENT_STOPPED);
    assertEquals(tableStats(table).peers, 0);
    passMinutes(table, model, 1);
    assert(tableStats(table).bytesUsed - empty <= INDEX_BYTES);
  });
}

Deno.test("what is not to be had at once is refused and changes nothing", () => {
  const records = recordsOf(200, IPV4);
  const record = (index: number, from = index) => records.slice(from * 8, from * 8 + 8);
  const changed = (index: number, by: Uint8Array) => {
    const bytes = records.slice();
    bytes.set(by, index * 8);
    return bytes;
  };
  const portless = (index: number) => {
    const bytes = record(index);
    bytes.fill(0, 4, 6);
    return bytes;
  };
  const odd: Record<string, Uint8Array> = {
    "one twice": changed(101, record(100)),
    "two out of order": changed(101, record(99)),
    "the last out of order": changed(199, record(0)),
    "a first one without port": changed(0, portless(0)),
    "one without port": changed(100, portless(100)),
    "a last one without port": changed(199, portless(199)),
  };
  const table = newTable({ peerIds: true });
  restoreTorrent(table, new Uint32Array(hashOf(0).buffer), 0, 0);
  const before = tableStats(table);
  for (const [what, bytes] of Object.entries(odd)) {
    assertEquals(restoreAtOnce(table, 0, IPV4, bytes), false, what);
    assertEquals(tableStats(table), before, what);
  }
  assert(restoreAtOnce(table, 0, IPV4, records.subarray(0, 8)));
  const withOne = tableStats(table);
  assertEquals(restoreAtOnce(table, 0, IPV4, records), false, "there is one already");
  assertEquals(tableStats(table), withOne);
  assert(restoreAtOnce(table, 0, IPV6, recordsOf(100, IPV6)), "the other family is still empty");
});

Deno.test("as many peers as there is room for are restored at once, and not one more", () => {
  for (const count of [64, 200]) {
    const records = recordsOf(count, IPV4);
    const table = newTable({ maxPeers: count - 1 });
    assertEquals(restoreAtOnce(table, 0, IPV4, records), false);
    assertEquals(tableStats(table).peers, 0);
    assert(restoreAtOnce(table, 0, IPV4, records.subarray(8)));
    assertEquals(tableStats(table).peers, count - 1);
    assertEquals(restoreAtOnce(table, 1, IPV4, records.subarray(0, 8)), false);
  }
});

for (const peerIds of [false, true]) {
  Deno.test(`memory that runs out at any allocation leaves nothing behind, ${peerIds ? "" : "no "}peer ids`, () => {
    for (const count of [10, 300]) {
      const records = recordsOf(count, IPV4);
      let allocations = 0;
      for (let failing = 1;; failing++) {
        const table = newTable({ maxPeers: count, peerIds });
        const slot = restoreTorrent(table, new Uint32Array(hashOf(0).buffer), 0, 0);
        const before = tableStats(table);
        allocations = 0;
        for (const heap of table.ids === null ? [table.peers] : [table.peers, table.ids]) {
          const allocate = heap.allocate.bind(heap);
          heap.allocate = (words) => ++allocations === failing ? 0 : allocate(words);
        }
        if (restoreAtOnce(table, 0, IPV4, records)) break;
        assertEquals(tableStats(table), before, `allocation ${failing}`);
        // One by one they find the memory that there is again.
        reserveRestored(table, slot, IPV4, count);
        assertEquals(restorePeers(table, slot, IPV4, records, 0, count), count);
      }
      assert(allocations >= (count > 64 ? 8 : 1), `${allocations} allocations`);
    }
  });
}
