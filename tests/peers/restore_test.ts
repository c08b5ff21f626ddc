import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  FLAG_SEEDING,
  IPV4,
  RECORD_BYTES,
  reserveRestored,
  restorePeers,
  restoreTorrent,
  TableWalk,
  TorrentSnapshot,
} from "../../src/peers/mod.ts";
import { snapshotRecords } from "../snapshot_records.ts";
import { compactOf, hashOf, newTable } from "./model.ts";

const peer = fc.record({ number: fc.nat(299), isSeeder: fc.boolean() });

/** Ascending as trackers write them, or as they are; some twice, one after the other or not. */
const file = fc.tuple(fc.array(peer, { maxLength: 400, size: "max" }), fc.boolean()).map((
  [peers, isSorted],
) => isSorted ? peers.sort((a, b) => compareBytes(recordOf(a), recordOf(b))) : peers);

Deno.test("what is restored is what the records say, in whatever order and pieces they come", () => {
  fc.assert(
    fc.property(
      fc.array(file, { minLength: 1, maxLength: 2 }),
      fc.integer({ min: 1, max: 500 }),
      (files, piece) => {
        const table = newTable();
        const expected = new Map<string, string>();
        let added = 0;
        for (const peers of files) {
          const slot = restoreTorrent(table, new Uint32Array(hashOf(0).buffer), 0, 0);
          reserveRestored(table, slot, IPV4, peers.length);
          const records = new Uint8Array(peers.length * RECORD_BYTES[IPV4]);
          peers.forEach((peer, index) => {
            records.set(recordOf(peer), index * RECORD_BYTES[IPV4]);
            const hex = recordOf(peer).toHex();
            expected.set(hex.slice(0, 12), hex);
          });
          for (let from = 0; from < peers.length; from += piece) {
            const count = Math.min(piece, peers.length - from);
            added += restorePeers(table, slot, IPV4, records, from * RECORD_BYTES[IPV4], count);
          }
        }
        const snapshot = new TorrentSnapshot();
        new TableWalk(table).next(snapshot);
        const found = snapshotRecords(snapshot, IPV4).map((record) => record.toHex());
        assertEquals(added, expected.size);
        assertEquals(found.sort(), [...expected.values()].sort());
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("peers without room are counted, and those of an exactly full table that come again are not", () => {
  const table = newTable({ maxPeers: 3 });
  const slots = [0, 1].map((torrent) => restoreTorrent(table, new Uint32Array(hashOf(torrent).buffer), 0, 0));
  const restore = (slot: number, numbers: number[]) => {
    const records = numbers.flatMap((number) => [...recordOf({ number, isSeeder: false })]);
    const added = restorePeers(table, slot, IPV4, new Uint8Array(records), 0, numbers.length);
    return [added, table.restoreRefused];
  };
  assertEquals(restore(slots[0], [5, 6, 6, 5]), [2, 0]);
  assertEquals(restore(slots[1], [6]), [1, 0]);
  assertEquals(restore(slots[0], [6, 5, 6]), [0, 0]);
  assertEquals(restore(slots[0], [5, 7, 6, 8]), [0, 2]);
  assertEquals(restore(slots[1], [5]), [0, 3]);
});

Deno.test("peers without memory are counted, though the table may have more", () => {
  const table = newTable();
  const slot = restoreTorrent(table, new Uint32Array(hashOf(0).buffer), 0, 0);
  table.peers.allocate = () => 0;
  assertEquals(restorePeers(table, slot, IPV4, recordOf({ number: 1, isSeeder: true }), 0, 1), 0);
  assertEquals(table.restoreRefused, 1);
});

function recordOf({ number, isSeeder }: { number: number; isSeeder: boolean }): Uint8Array {
  return new Uint8Array([...compactOf(number, IPV4), isSeeder ? FLAG_SEEDING : 0, 0]);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return 0;
}
