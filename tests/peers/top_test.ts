import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  createTable,
  type Family,
  FLAG_SEEDING,
  IPV4,
  IPV6,
  type PeerTable,
  restorePeers,
  restoreTorrent,
  setTableMinute,
  sweep,
  topTorrents,
  type TorrentStanding,
} from "../../src/peers/mod.ts";
import { compactOf, CROWD, hashOf, LIMITS, Model } from "./model.ts";
import { announceFromAll, SEED, unite, whilePending, withSeed } from "./threads.ts";

const START = 29_000_000;
const TORRENTS_MAX = 60;

/** Seeders and leechers of both families, and completed downloads, of one torrent. */
interface Counts {
  seeders4: number;
  seeders6: number;
  leechers4: number;
  leechers6: number;
  completed: number;
}

function addPeers(table: PeerTable, slot: number, family: Family, seeders: number, leechers: number): void {
  for (let peer = 0; peer < seeders + leechers; peer++) {
    const flags = peer < seeders ? FLAG_SEEDING : 0;
    const record = Uint8Array.of(...compactOf(peer, family), flags, 0);
    assertEquals(restorePeers(table, slot, family, record, 0, 1), 1);
  }
}

function addTorrent(table: PeerTable, torrent: number, counts: Counts): TorrentStanding {
  const hash = hashOf(torrent);
  const slot = restoreTorrent(table, new Uint32Array(hash.buffer), 0, counts.completed);
  addPeers(table, slot, IPV4, counts.seeders4, counts.leechers4);
  addPeers(table, slot, IPV6, counts.seeders6, counts.leechers6);
  return {
    infoHash: hash.toHex(),
    seeders: counts.seeders4 + counts.seeders6,
    leechers: counts.leechers4 + counts.leechers6,
    completed: counts.completed,
  };
}

const peersOf = ({ seeders, leechers }: TorrentStanding) => seeders + leechers;
const seedersOf = ({ seeders }: TorrentStanding) => seeders;

/** All standings of which there is something to count, the best first. */
function ranked(standings: TorrentStanding[], numberOf: (standing: TorrentStanding) => number) {
  return standings.filter((standing) => numberOf(standing) > 0).sort((a, b) =>
    numberOf(b) - numberOf(a) || (a.infoHash < b.infoHash ? -1 : 1)
  );
}

function newTable(): PeerTable {
  const table = createTable({ maxPeers: 100_000, maxTorrents: 1000, peerIds: false });
  setTableMinute(table, START);
  return table;
}

const few = fc.oneof({ arbitrary: fc.nat(3), weight: 3 }, fc.nat(40));
const counts = fc.record({
  seeders4: few,
  seeders6: few,
  leechers4: few,
  leechers6: few,
  completed: fc.nat(9),
});

Deno.test("the best torrents are those with the most peers, or seeders, of both families", () => {
  fc.assert(
    fc.property(
      fc.array(counts, { maxLength: TORRENTS_MAX }),
      fc.integer({ min: 1, max: 70 }),
      (all, count) => {
        const table = newTable();
        const standings = all.map((counts, torrent) => addTorrent(table, torrent, counts));
        const { byPeers, bySeeders } = topTorrents(table, count);
        // Among those that share the last place, some are left out.
        const numbers = (list: TorrentStanding[], numberOf: (standing: TorrentStanding) => number) =>
          ranked(list, numberOf).slice(0, count).map(numberOf);
        assertEquals(byPeers.map(peersOf), numbers(standings, peersOf));
        assertEquals(bySeeders.map(seedersOf), numbers(standings, seedersOf));
        const known = new Map(standings.map((standing) => [standing.infoHash, standing]));
        for (const list of [byPeers, bySeeders]) {
          for (const standing of list) assertEquals(standing, known.get(standing.infoHash));
          assertEquals(new Set(list.map(({ infoHash }) => infoHash)).size, list.length);
        }
        assertEquals(byPeers, ranked(byPeers, peersOf));
        assertEquals(bySeeders, ranked(bySeeders, seedersOf));
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("an empty table has no best torrents", () => {
  assertEquals(topTorrents(newTable(), 100), { byPeers: [], bySeeders: [] });
});

Deno.test("torrents that are gone are not among the best, and those in their lines are themselves", () => {
  const table = newTable();
  const before = { seeders4: 9, seeders6: 0, leechers4: 5, leechers6: 0, completed: 0 };
  for (let torrent = 0; torrent < 5; torrent++) addTorrent(table, torrent, before);
  setTableMinute(table, START + 100);
  sweep(table, { ...LIMITS, emptyTorrentMin: 0 });
  assertEquals(topTorrents(table, 3), { byPeers: [], bySeeders: [] });
  const after = { seeders4: 0, seeders6: 1, leechers4: 0, leechers6: 1, completed: 4 };
  const standings = [CROWD, CROWD + 1].map((torrent) => addTorrent(table, torrent, after));
  const expected = ranked(standings, peersOf);
  assertEquals(topTorrents(table, 3), { byPeers: expected, bySeeders: expected });
});

Deno.test("the best torrents are told while others announce, and are right when they have done", async () => {
  const table = createTable({ maxPeers: 40_000, maxTorrents: 10_000, peerIds: true });
  setTableMinute(table, START);
  const torrents = Array.from({ length: 200 }, (_, index) => [index, CROWD + index * 9]).flat();
  const announcing = announceFromAll(table, torrents, 10_000);
  let walks = 0;
  await whilePending(announcing, () =>
    withSeed(() => {
      walks++;
      const { byPeers, bySeeders } = topTorrents(table, 100);
      for (const [list, numberOf] of [[byPeers, peersOf], [bySeeders, seedersOf]] as const) {
        assertEquals(list, ranked(list, numberOf));
        assertEquals(new Set(list.map(({ infoHash }) => infoHash)).size, list.length);
      }
    }));
  assert(walks > 0);
  const model = new Model(START);
  unite(model, await announcing);
  const standings = [...model.torrents].map(([infoHash, { peers, completed }]) => {
    const seeders = [...peers.values()].filter(({ seeding }) => seeding).length;
    return { infoHash, seeders, leechers: peers.size - seeders, completed };
  });
  const all = topTorrents(table, standings.length);
  assertEquals(all.byPeers, ranked(standings, peersOf), `TEST_SEED=${SEED}`);
  assertEquals(all.bySeeders, ranked(standings, seedersOf), `TEST_SEED=${SEED}`);
});
