// Which peers of a large torrent an answer tells of.

import { assert, assertEquals } from "@std/assert";
import {
  announce,
  AnnounceRequest,
  COMPACT_BYTES,
  EVENT_NONE,
  type Family,
  IPV4,
  IPV6,
  NUMWANT_MAX,
  type PeerTable,
} from "../../src/peers/mod.ts";
import { fillRequest, newAnswer, newTable } from "./model.ts";

const request = new AnnounceRequest();
const answer = newAnswer();

Deno.test("over some choices all peers of a large torrent are told equally often", () => {
  const leechers = 1000;
  const wanted = 50;
  const choices = 4000;
  const table = tableOf(leechers);
  const told: number[] = Array(leechers).fill(0);
  for (let choice = 0; choice < choices; choice++) {
    for (const peer of tellOutsider(table, wanted)) told[peer]++;
  }
  const average = choices * wanted / leechers;
  for (const count of told) {
    assert(Math.abs(count - average) < average * 0.4, `${count} times, ${average} on average`);
  }
});

Deno.test("a choice out of a large torrent goes on where the one before ended, but now and then begins anew", () => {
  const leechers = 150;
  const wanted = 10;
  const choices = 300;
  const table = tableOf(leechers);
  const order = tellOutsider(table, NUMWANT_MAX);
  assertEquals(new Set(order).size, leechers);
  let end = 0;
  let continued = 0;
  for (let choice = 0; choice < choices; choice++) {
    const peers = tellOutsider(table, wanted);
    const start = order.indexOf(peers[0]);
    assertEquals(peers, stretch(order, start, wanted));
    if (start === end) continued++;
    end = (start + wanted) % leechers;
  }
  assert(continued > choices * 0.8, `${continued} of ${choices}`);
  assert(continued < choices, "nothing was drawn");
});

Deno.test("who asks is left out of the choice, and the next one goes on behind it all the same", () => {
  const leechers = 150;
  const wanted = 100;
  const choices = 300;
  const table = tableOf(leechers);
  const order = tellOutsider(table, NUMWANT_MAX);
  let last = -1;
  let continued = 0;
  for (let choice = 0; choice < choices; choice++) {
    const self = choice % leechers;
    const others = order.filter((peer) => peer !== self);
    const peers = tell(table, self, IPV4, false, wanted);
    assertEquals(peers, stretch(others, others.indexOf(peers[0]), wanted));
    const behind = order.indexOf(last) + 1;
    if (stretch(order, behind, leechers).find((peer) => peer !== self) === peers[0]) continued++;
    last = peers[wanted - 1];
  }
  assert(continued > choices * 0.8, `${continued} of ${choices}`);
});

Deno.test("the first choice out of a large torrent begins at a random peer", () => {
  const starts = new Set<number>();
  for (let round = 0; round < 30; round++) {
    const table = tableOf(150);
    const order = tellOutsider(table, NUMWANT_MAX);
    starts.add(order.indexOf(tellOutsider(table, 1)[0]));
  }
  assert(starts.size > 1);
});

/** A table with one torrent, and so many leechers in it, with the numbers 0 up. */
function tableOf(leechers: number): PeerTable {
  const table = newTable();
  for (let peer = 0; peer < leechers; peer++) tell(table, peer, IPV4, false, 0);
  return table;
}

/** Whom a seeder of the other family is told of: leechers. */
function tellOutsider(table: PeerTable, wanted: number): number[] {
  return tell(table, 0, IPV6, true, wanted);
}

/** Announces a peer and returns the numbers of the IPv4 peers that it is told of. */
function tell(table: PeerTable, peer: number, family: Family, seeding: boolean, wanted: number): number[] {
  fillRequest(request, { torrent: 0, peer, family, event: EVENT_NONE, seeding, wanted });
  announce(table, request, answer);
  const stride = COMPACT_BYTES[IPV4];
  const view = new DataView(answer.bytes.buffer);
  // Peer 0 has port 1.
  return Array.from(
    { length: answer.count4 },
    (_, i) => view.getUint16(answer.at4 + (i + 1) * stride - 2) - 1,
  );
}

/** `count` of the values from `start` on, round the end. */
function stretch(values: number[], start: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => values[(start + i) % values.length]);
}
