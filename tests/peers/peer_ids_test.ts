import { assert, assertEquals } from "@std/assert";
import {
  announce,
  AnnounceRequest,
  createTable,
  EVENT_NONE,
  EVENT_STARTED,
  EVENT_STOPPED,
  type Family,
  IPV4,
  IPV6,
  type PeerTable,
  restorePeers,
  restoreTorrent,
  tableStats,
} from "../../src/peers/mod.ts";
import { compactOf, fillRequest, hashOf, newAnswer } from "./model.ts";

const TORRENT = 0;
const SEEDER = 1, LEECHER = 2, ASKER = 3;

/** Announces, with an id of 20 bytes `id`; returns the first word of the ids of the peers told. */
function tell(
  table: PeerTable,
  family: Family,
  peer: number,
  id: number,
  event = 0,
  seeding = false,
): number[] {
  const request = new AnnounceRequest();
  const answer = newAnswer();
  fillRequest(request, { torrent: TORRENT, peer, family, event, seeding, wanted: 50 });
  request.peerId.fill(id);
  announce(table, request, answer);
  const ids = family === IPV4 ? answer.ids4! : answer.ids6!;
  const count = family === IPV4 ? answer.count4 : answer.count6;
  return Array.from({ length: count }, (_, index) => ids[index * 5]);
}

for (const family of [IPV4, IPV6] as const) {
  const version = family === IPV4 ? "IPv4" : "IPv6";

  Deno.test(`an ${version} peer that tells no id is not given that of the peer before it`, () => {
    const table = createTable({ maxPeers: 100, maxTorrents: 10, peerIds: true });
    tell(table, family, ASKER, 7);
    tell(table, family, LEECHER, 8);
    tell(table, family, LEECHER, 8, EVENT_STOPPED);
    tell(table, family, LEECHER, 0);
    assertEquals(tell(table, family, ASKER, 7), [0]);
    // It tells one after all, becomes a seeder, and then is without a word of it.
    tell(table, family, LEECHER, 9);
    tell(table, family, LEECHER, 0, 0, true);
    assertEquals(tell(table, family, ASKER, 7), [9]);
  });

  Deno.test(`a restored ${version} peer has no id, whatever the memory held before`, () => {
    const table = createTable({ maxPeers: 100, maxTorrents: 10, peerIds: true });
    for (let peer = 0; peer < 50; peer++) tell(table, family, peer, 8);
    for (let peer = 0; peer < 50; peer++) tell(table, family, peer, 8, EVENT_STOPPED);
    const slot = restoreTorrent(table, new Uint32Array(hashOf(TORRENT).buffer), 0, 0);
    for (const [peer, flags] of [[SEEDER, 0x80], [LEECHER, 0]]) {
      restorePeers(table, slot, family, new Uint8Array([...compactOf(peer, family), flags, 0]), 0, 1);
    }
    assertEquals(tell(table, family, ASKER, 7), [0, 0]);
    // Becoming a seeder moves the leecher.
    assertEquals(tell(table, family, LEECHER, 0, 0, true).sort(), [0, 7]);
    assertEquals(tell(table, family, ASKER, 7), [0, 0]);
  });
}

Deno.test("more clients than the list takes keep their ids whole, and leave no memory behind", () => {
  const table = createTable({ maxPeers: 10_000, maxTorrents: 10, peerIds: true });
  const empty = tableStats(table).bytesUsed;
  const peers = 6000;
  const clients = new Map<string, string>();
  const request = new AnnounceRequest();
  const answer = newAnswer();
  const tellOf = (peer: number, event: number, seeding: boolean, wanted: number) => {
    fillRequest(request, { torrent: TORRENT, peer, family: IPV4, event, seeding, wanted });
    for (let word = 0; word < 5; word++) request.peerId[word] = Math.imul(peer + 1, 0x9e3779b1 + word);
    clients.set(compactOf(peer, IPV4).toHex(), new Uint8Array(request.peerId.slice().buffer).toHex());
    announce(table, request, answer);
  };
  const checkTold = () => {
    for (let i = 0; i < answer.count4; i++) {
      const compact = answer.bytes.slice(answer.at4 + i * 6, answer.at4 + i * 6 + 6).toHex();
      assertEquals(new Uint8Array(answer.ids4!.slice(i * 5, i * 5 + 5).buffer).toHex(), clients.get(compact));
    }
    return answer.count4;
  };
  for (let peer = 0; peer < peers; peer++) tellOf(peer, EVENT_NONE, peer % 3 === 0, 0);
  // Everyone changes its role, and some start anew.
  for (let peer = 0; peer < peers; peer++) {
    tellOf(peer, peer % 5 === 0 ? EVENT_STARTED : EVENT_NONE, peer % 3 !== 0, 200);
    assertEquals(checkTold(), 200);
  }
  for (let peer = 0; peer < peers; peer++) {
    tellOf(peer, EVENT_STOPPED, false, 0);
    if (peer % 100 === 0 && peer < peers - 200) {
      tellOf(peers - 1, EVENT_NONE, false, 200);
      assertEquals(checkTold(), Math.min(200, peers - peer - 2));
    }
  }
  assertEquals(tableStats(table).peers, 0);
  // The index of the torrent's shard stays.
  const left = tableStats(table).bytesUsed - empty;
  assert(left <= 64 + 72, `${left} bytes left behind`);
});
