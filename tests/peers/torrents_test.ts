import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { createTable, EVENT_NONE, IPV4, restoreTorrent, sweep, tableStats } from "../../src/peers/mod.ts";
import {
  announceBoth,
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
import { type MakerStart, runWorker, whilePending } from "./threads.ts";

const MOST_TORRENTS = 3000;
const LINES = 20_000;

/** Whether each of a crowd of torrents is announced once more before it would expire. */
const refreshed = fc.array(fc.boolean(), { minLength: 100, maxLength: MOST_TORRENTS, size: "max" });

Deno.test("torrents of one shard are found again after others around them have gone", () => {
  fc.assert(
    fc.property(refreshed, (refreshed) => {
      const table = newTable({ maxPeers: MOST_TORRENTS, maxTorrents: MOST_TORRENTS, peerIds: true });
      const model = new Model(START);
      const all = refreshed.map((_, index) => CROWD + index);
      const kept = all.filter((_, index) => refreshed[index]);
      const announceAll = (torrents: number[]) => {
        for (const torrent of torrents) {
          announceBoth(table, model, {
            torrent,
            peer: torrent,
            family: IPV4,
            event: EVENT_NONE,
            seeding: false,
            wanted: 1,
          });
        }
      };
      const scrapeAll = () => {
        for (const torrent of all) scrapeBoth(table, model, torrent);
      };

      announceAll(all);
      passMinutes(table, model, LIMITS.peerTimeoutMin);
      announceAll(kept);
      passMinutes(table, model, 1);
      assertEquals(tableStats(table).torrents, kept.length);
      scrapeAll();
      // Those that went come back, in the lines and places that are free now.
      announceAll(all);
      scrapeAll();
      compareAll(table, model);
      assertEquals(tableStats(table).torrents, all.length);
    }),
    { numRuns: 10 },
  );
});

Deno.test("four threads make torrents while they are dropped, and no line is lost", async () => {
  const table = createTable({ maxPeers: 1, maxTorrents: LINES, peerIds: false });
  const makers = Promise.all([0, 1, 2, 3].map((index) => {
    const start: MakerStart = { table: table.buffers, index, torrents: 50_000 };
    return runWorker<MakerStart, null>("maker_worker.ts", start);
  }));
  const dropAll = () => sweep(table, { ...LIMITS, emptyTorrentMin: 0 });
  await whilePending(makers, dropAll);
  dropAll();
  assertEquals(tableStats(table).torrents, 0);

  const slots = Array.from({ length: LINES + 1 }, (_, torrent) => {
    return restoreTorrent(table, new Uint32Array(hashOf(torrent).buffer), 0, 0);
  });
  assertEquals(new Set(slots).size, slots.length, "two torrents in one line");
  assertEquals(slots.indexOf(0), LINES);
});
