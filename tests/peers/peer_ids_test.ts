import { assertEquals } from "@std/assert";
import {
  announce,
  AnnounceRequest,
  createTable,
  EVENT_STOPPED,
  type Family,
  IPV4,
  IPV6,
  type PeerTable,
  restorePeers,
  restoreTorrent,
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
