import { assert, assertEquals } from "@std/assert";
import {
  IPV4,
  type PeerTable,
  RECORD_BYTES,
  restorePeers,
  restoreTorrent,
  sweep,
  tableStats,
} from "../../src/peers/mod.ts";
import { restoreGhosts } from "./ghosts.ts";
import {
  compactOf,
  compareAll,
  CROWD,
  hashOf,
  LIMITS,
  Model,
  newTable,
  passMinutes,
  scrapeBoth,
  START,
} from "./model.ts";
import { announceFromAll, type KeeperStart, runWorker, unite, withSeed } from "./threads.ts";

const TABLE_LIMITS = { maxPeers: 40_000, maxTorrents: 100, peerIds: true };

/** Torrents with hundreds of peers, small ones in a shard each, and small ones that share a shard. */
const BUSY = [0, 1, 2];
const SPREAD = Array.from({ length: 30 }, (_, index) => BUSY.length + index);
const CROWDED = Array.from({ length: 30 }, (_, index) => CROWD + index);
/** Nobody announces this one. */
const LEFT_ALONE = CROWD + 50;
const TORRENTS = [...BUSY, ...SPREAD, ...CROWDED, LEFT_ALONE];
/** What the workers choose from: half of it is a busy torrent. */
const CHOICE = [...SPREAD, ...CROWDED, ...Array.from({ length: 20 }, () => BUSY).flat()];

/** The table is the model's, and once everything has expired its memory is free again. */
function compareToTheEnd(table: PeerTable, model: Model): void {
  compareAll(table, model);
  for (const torrent of TORRENTS) scrapeBoth(table, model, torrent);
  const counts = TORRENTS.map((torrent) => model.counts(torrent));
  const sum = (key: "seeders" | "leechers" | "completed") =>
    counts.reduce((total, torrent) => total + torrent[key], 0);
  const { seeders, leechers, completed, torrents } = tableStats(table);
  assertEquals({ seeders, leechers, completed, torrents }, {
    seeders: sum("seeders"),
    leechers: sum("leechers"),
    completed: sum("completed"),
    torrents: model.torrents.size,
  });
  passMinutes(table, model, LIMITS.peerTimeoutMin + 1 + LIMITS.completedTorrentMin);
  const left = tableStats(table);
  assertEquals([left.torrents, left.peers, left.completed], [0, 0, 0]);
  // A block may be 8 bytes larger than asked for.
  const excess = left.bytesUsed - emptiedBytes();
  assert(excess <= 8 * TORRENTS.length, `${excess} bytes left behind`);
  assertRoomForAll(table);
}

/** An empty table takes as many torrents and peers as it was made for, and not one more. */
function assertRoomForAll(table: PeerTable): void {
  const { maxPeers, maxTorrents } = TABLE_LIMITS;
  const slots = Array.from({ length: maxTorrents + 1 }, (_, torrent) => restore(table, torrent));
  assertEquals(slots.map((slot) => slot > 0), slots.map((_, torrent) => torrent < maxTorrents));
  assertEquals(new Set(slots).size, slots.length);
  const records = new Uint8Array((maxPeers + 1) * RECORD_BYTES[IPV4]);
  for (let peer = 0; peer <= maxPeers; peer++) {
    records.set(compactOf(peer, IPV4), peer * RECORD_BYTES[IPV4]);
  }
  assertEquals(restorePeers(table, slots[0], IPV4, records, 0, maxPeers + 1), maxPeers);
}

/** Makes a torrent without peers; returns its slot. */
function restore(table: PeerTable, torrent: number): number {
  return restoreTorrent(table, new Uint32Array(hashOf(torrent).buffer), 0, 0);
}

/** Bytes used by a table that once had all the torrents: the indexes of the shards stay. */
function emptiedBytes(): number {
  const table = newTable(TABLE_LIMITS);
  for (const torrent of TORRENTS) restore(table, torrent);
  sweep(table, { ...LIMITS, emptyTorrentMin: 0 });
  return tableStats(table).bytesUsed;
}

Deno.test("four workers announce at once, and the table is as their models say", async () => {
  const table = newTable(TABLE_LIMITS);
  const model = new Model(START);
  restoreGhosts(table, model, 0);
  unite(model, await announceFromAll(table, CHOICE, 25_000));
  withSeed(() => compareToTheEnd(table, model));
});

Deno.test("four workers announce while a keeper sweeps and walks, and the table is as the models say", async () => {
  const table = newTable(TABLE_LIMITS);
  const model = new Model(START);
  const pinned = [0, CROWD + 1, LEFT_ALONE];
  for (const torrent of pinned) restoreGhosts(table, model, torrent);
  const over = new SharedArrayBuffer(4);
  const keeper = runWorker<KeeperStart, number>("keeper_worker.ts", {
    table: table.buffers,
    over,
    pinned: new Set(pinned.map((torrent) => hashOf(torrent).toHex())),
  });
  const announcers = announceFromAll(table, CHOICE, 20_000)
    .finally(() => Atomics.store(new Int32Array(over), 0, 1));
  const [reports] = await Promise.all([announcers, keeper]);
  unite(model, reports);
  model.sweep();
  for (const [hash, { peers, completed }] of model.torrents) {
    if (peers.size === 0 && completed === 0) model.torrents.delete(hash);
  }
  withSeed(() => compareToTheEnd(table, model));
});
