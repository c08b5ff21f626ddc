import { assert, assertEquals } from "@std/assert";
import {
  COMPACT_BYTES,
  type Family,
  FLAG_SEEDING,
  IPV4,
  IPV6,
  type PeerTable,
  TableWalk,
  TorrentSnapshot,
} from "../../src/peers/mod.ts";
import { snapshotRecords } from "../snapshot_records.ts";

/**
 * Walks the table from end to end, whatever others do to it meanwhile: hashes ascend, every torrent of `pinned` is met,
 * and each torrent's peers are different ones with the counts that go with them. Returns how many torrents were met.
 */
export function walkWhole(table: PeerTable, pinned: Set<string>): number {
  const walk = new TableWalk(table);
  const snapshot = new TorrentSnapshot();
  let torrents = 0;
  let pinnedMet = 0;
  let before = "";
  while (walk.next(snapshot)) {
    const hash = snapshot.hash.toHex();
    assert(hash > before, `${hash} after ${before}`);
    before = hash;
    torrents++;
    if (pinned.has(hash)) pinnedMet++;
    checkRecords(snapshotRecords(snapshot, IPV4), IPV4, snapshot.count4, snapshot.seeders4);
    checkRecords(snapshotRecords(snapshot, IPV6), IPV6, snapshot.count6, snapshot.seeders6);
  }
  assertEquals(pinnedMet, pinned.size, "a torrent was passed over");
  return torrents;
}

function checkRecords(records: Uint8Array[], family: Family, count: number, seeders: number): void {
  const peers = new Set<string>();
  let seeding = 0;
  for (const record of records) {
    peers.add(record.subarray(0, COMPACT_BYTES[family]).toHex());
    if ((record[COMPACT_BYTES[family]] & FLAG_SEEDING) !== 0) seeding++;
  }
  assertEquals([peers.size, seeding], [count, seeders]);
}
