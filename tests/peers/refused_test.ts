// Torrents that are refused: dropped whole, whoever is in them, and nothing else with them.
import { assertEquals } from "@std/assert";
import {
  announce,
  AnnounceRequest,
  dropRefused,
  EVENT_COMPLETED,
  type Family,
  IPV4,
  IPV6,
  type PeerTable,
  scrape,
  ScrapeAnswer,
  setTableMinute,
  sweep,
  tableStats,
} from "../../src/peers/mod.ts";
import { fillRequest, hashOf, LIMITS, newAnswer, newTable, START } from "./model.ts";

const TORRENTS = 60;
const LARGE = 3000;

const request = new AnnounceRequest();
const answer = newAnswer();

/** Torrents of many sizes, the first with thousands of peers, all of them completed. */
function filledTable(): PeerTable {
  const table = newTable({ peerIds: true });
  for (let torrent = 0; torrent < TORRENTS; torrent++) {
    for (let peer = 0; peer < (torrent === 0 ? LARGE : 1 + torrent * 2); peer++) {
      const family: Family = peer % 5 === 0 ? IPV6 : IPV4;
      const step = { torrent, peer, family, event: EVENT_COMPLETED, seeding: peer % 3 === 0, wanted: 0 };
      fillRequest(request, step);
      announce(table, request, answer);
    }
  }
  return table;
}

/** Refuses those torrents that the predicate names by their numbers. */
function refusing(isRefused: (torrent: number) => boolean) {
  const hashes = Array.from({ length: TORRENTS }, (_, torrent) => hashOf(torrent).toHex());
  return (hash: Uint32Array, at: number) => {
    const hex = new Uint8Array(hash.slice(at, at + 5).buffer).toHex();
    return isRefused(hashes.indexOf(hex));
  };
}

function peersOf(table: PeerTable): number[] {
  const scraped = new ScrapeAnswer();
  return Array.from({ length: TORRENTS }, (_, torrent) => {
    const isThere = scrape(table, new Uint32Array(hashOf(torrent).buffer), 0, scraped);
    return isThere ? scraped.seeders + scraped.leechers : -1;
  });
}

Deno.test("refused torrents are dropped with all their peers, and the others stay as they are", () => {
  const table = filledTable();
  const before = peersOf(table);
  dropRefused(table, refusing((torrent) => torrent % 2 === 0));
  assertEquals(peersOf(table), before.map((peers, torrent) => torrent % 2 === 0 ? -1 : peers));
  const { torrents, peers, completed } = tableStats(table);
  assertEquals({ torrents, peers }, {
    torrents: TORRENTS / 2,
    peers: before.filter((_, torrent) => torrent % 2 !== 0).reduce((sum, count) => sum + count, 0),
  });
  assertEquals(completed > 0, true);
});

Deno.test("a table whose torrents are all refused has its memory back", () => {
  const empty = newTable({ peerIds: true });
  const table = filledTable();
  dropRefused(table, () => true);
  const { torrents, peers, completed, bytesUsed } = tableStats(table);
  assertEquals({ torrents, peers, completed }, { torrents: 0, peers: 0, completed: 0 });
  // The shards' indexes stay.
  assertEquals(bytesUsed - tableStats(empty).bytesUsed <= TORRENTS * 144, true);
});

Deno.test("dropping what is refused leaves even what is long past its time", () => {
  const table = filledTable();
  const before = peersOf(table);
  setTableMinute(table, START + 250);
  dropRefused(table, refusing((torrent) => torrent === 1));
  assertEquals(peersOf(table), before.map((peers, torrent) => torrent === 1 ? -1 : peers));
});

Deno.test("a sweep drops what is refused and what is past its time", () => {
  const table = filledTable();
  setTableMinute(table, START + 1);
  sweep(table, LIMITS, refusing((torrent) => torrent === 0));
  assertEquals(peersOf(table)[0], -1);
  assertEquals(tableStats(table).torrents, TORRENTS - 1);
  setTableMinute(table, START + LIMITS.peerTimeoutMin + 1);
  sweep(table, LIMITS, refusing(() => false));
  assertEquals(tableStats(table).peers, 0);
});
