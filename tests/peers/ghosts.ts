// Peers that a file left in the table and that nobody announces any more.

import { assertEquals } from "@std/assert";
import {
  FLAG_COMPLETED,
  FLAG_SEEDING,
  IPV4,
  IPV6,
  PEER_AGE_MAX_MIN,
  type PeerTable,
  restorePeers,
  restoreTorrent,
} from "../../src/peers/mod.ts";
import { compactOf, hashOf, type Model } from "./model.ts";

const FIRST_GHOST = 20_000;
/** One of every age, in each family. */
const GHOSTS = PEER_AGE_MAX_MIN + 1;

/** Whether peer `peer` is a ghost. */
export function isGhost(peer: number): boolean {
  return peer >= FIRST_GHOST && peer < FIRST_GHOST + GHOSTS;
}

/** Puts ghosts of all ages, half of them seeders, into the torrent, both in the table and in the model. */
export function restoreGhosts(table: PeerTable, model: Model, torrent: number): void {
  const hash = hashOf(torrent);
  const slot = restoreTorrent(table, new Uint32Array(hash.buffer), 0, 0);
  const peers = new Map(model.peers(torrent));
  for (const family of [IPV4, IPV6] as const) {
    for (let age = 0; age < GHOSTS; age++) {
      const compact = compactOf(FIRST_GHOST + age, family);
      const seeding = age % 2 === 0;
      const flags = seeding ? FLAG_SEEDING | FLAG_COMPLETED : 0;
      assertEquals(restorePeers(table, slot, family, new Uint8Array([...compact, flags, age]), 0, 1), 1);
      const minute = model.minute - age;
      peers.set(compact.toHex(), { family, seeding, completed: seeding, paused: false, minute, id: "0" });
    }
  }
  model.torrents.set(hash.toHex(), { peers, completed: 0, touched: model.minute });
}
