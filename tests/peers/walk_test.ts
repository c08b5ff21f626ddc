import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { createTable, HASH_BYTES, restoreTorrent, TableWalk, TorrentSnapshot } from "../../src/peers/mod.ts";
import { restoreGhosts } from "./ghosts.ts";
import { compareAll, CROWD, hashOf, Model, newTable, START } from "./model.ts";
import { announceFromAll, unite, whilePending, withSeed } from "./threads.ts";
import { walkWhole } from "./walking.ts";

/** More than a thousand of them in one shard. */
const MOST_TORRENTS = 5000;

const anyHash = fc.uint8Array({ minLength: HASH_BYTES, maxLength: HASH_BYTES });
/** Hashes that differ from others late, or in their shard's last bit only. */
const similarHash = fc.tuple(
  fc.constantFrom([0, 0, 0, 0], [0, 0x40, 0, 0], [0xff, 0xff, 0xff, 0xff]),
  fc.constantFrom(4, 5, 7, 8, 16, 19),
  anyHash,
).map(([head, from, tail]) => {
  const hash = new Uint8Array(HASH_BYTES);
  hash.set(head);
  hash.set(tail.subarray(from), from);
  return hash;
});
const hashes = fc.uniqueArray(fc.oneof(anyHash, { arbitrary: similarHash, weight: 5 }), {
  selector: (hash) => hash.toHex(),
  maxLength: MOST_TORRENTS,
  size: "max",
});

Deno.test("a walk meets every torrent once, in the order of their bytes", () => {
  fc.assert(
    fc.property(hashes, (hashes) => {
      const table = createTable({ maxPeers: 1, maxTorrents: MOST_TORRENTS, peerIds: false });
      for (const hash of hashes) restoreTorrent(table, new Uint32Array(hash.slice().buffer), 0, 0);
      const walk = new TableWalk(table);
      const snapshot = new TorrentSnapshot();
      const met: string[] = [];
      while (walk.next(snapshot)) met.push(snapshot.hash.toHex());
      assertEquals(met, hashes.map((hash) => hash.toHex()).sort());
      assert(!walk.next(snapshot), "a walk that is over begins anew");
    }),
    { numRuns: 20 },
  );
});

Deno.test("a walk meets every torrent that stays, while four threads make others", async () => {
  const table = newTable({ maxPeers: 200_000, maxTorrents: 20_000, peerIds: true });
  const model = new Model(START);
  // The walk begins with these; around them torrents of their own shards and of others are made.
  const pinned = [0, 500, CROWD, CROWD + 7777, CROWD + 7778];
  for (const torrent of pinned) restoreGhosts(table, model, torrent);
  const pinnedHashes = new Set(pinned.map((torrent) => hashOf(torrent).toHex()));
  const torrents = Array.from({ length: 900 }, (_, index) => [index, CROWD + index * 9]).flat();
  const announcers = announceFromAll(table, torrents, 15_000);
  await whilePending(announcers, () => withSeed(() => walkWhole(table, pinnedHashes)));
  unite(model, await announcers);
  withSeed(() => {
    assertEquals(walkWhole(table, pinnedHashes), model.torrents.size);
    compareAll(table, model);
  });
});
