// Which peers of a large torrent an answer tells of.

import { assert, assertEquals } from "@std/assert";
import {
  announce,
  AnnounceRequest,
  closeBatch,
  EVENT_NONE,
  EVENT_STOPPED,
  type Family,
  IPV4,
  IPV6,
  NUMWANT_MAX,
  openBatch,
  type PeerTable,
} from "../../src/peers/mod.ts";
import { endBucket, endPosition, lastEnd, NO_END, rememberEnd } from "../../src/peers/batch.ts";
import {
  BUCKET_MAX,
  bucketsOf,
  countOf,
  createEmptyDirectory,
  freeDirectory,
  growthOf,
  largestOf,
  nextBucketOf,
  setCount,
  setNext,
} from "../../src/peers/directory.ts";
import { directoryOf } from "../../src/peers/runs.ts";
import { findTorrent, shardOf } from "../../src/peers/torrents.ts";
import { fillRequest, newAnswer, newTable, portsTold } from "./model.ts";

const request = new AnnounceRequest();
const answer = newAnswer();

Deno.test("over many choices all peers of a large torrent are told equally often", () => {
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
    assert(Math.abs(count - average) < average * 0.6, `${count} times, ${average} on average`);
  }
});

Deno.test("each choice out of a large torrent begins at a random peer and is one stretch without who asks", () => {
  const leechers = 150;
  const wanted = 100;
  const choices = 600;
  const table = tableOf(leechers);
  const order = tellOutsider(table, NUMWANT_MAX);
  assertEquals(new Set(order).size, leechers);
  const distances = new Set<number>();
  let last = 0;
  for (let choice = 0; choice < choices; choice++) {
    const self = choice % leechers;
    const others = order.filter((peer) => peer !== self);
    const peers = tell(table, self, IPV4, EVENT_NONE, wanted);
    const start = others.indexOf(peers[0]);
    assertEquals(peers, peers.map((_, i) => others[(start + i) % others.length]));
    distances.add((start - last + leechers) % leechers);
    last = start;
  }
  // Nobody can tell from one answer where the next one begins.
  assert(distances.size > leechers * 0.8, `${distances.size} distances`);
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

Deno.test("a choice that was to begin in a bucket that has been joined since is drawn anew", () => {
  const leechers = 1000;
  const left = 300;
  const table = tableOf(leechers);
  const directory = directoryOfLeechers(table);
  const last = bucketsOf(table, directory) - 1;
  setNext(table, directory, last, 0);
  for (let peer = left; peer < leechers; peer++) tell(table, peer, IPV4, EVENT_STOPPED, 0);
  assert(bucketsOf(table, directory) <= last);
  for (let bucket = bucketsOf(table, directory); bucket <= last; bucket++) {
    setNext(table, directory, bucket, 0);
    assertWhole(tellOutsider(table, 50), 50, left);
  }
});

Deno.test("in a batch each choice out of a large torrent begins where the one before has ended", () => {
  const leechers = 150;
  const wanted = 40;
  const table = tableOf(leechers);
  const order = tellOutsider(table, NUMWANT_MAX);
  const starts = new Set<number>();
  for (let batch = 0; batch < 200; batch++) {
    openBatch(table);
    let start = order.indexOf(tellOutsider(table, wanted)[0]);
    starts.add(start);
    for (let choice = 0; choice < 10; choice++) {
      // As many places on as peers were told, whether who asked stood among them or not.
      start += wanted;
      const self = (batch * 7 + choice * 31) % leechers;
      const peers = tell(table, self, IPV4, EVENT_NONE, wanted);
      // At who asks none begins.
      const first = order[start % leechers] === self ? order.indexOf(peers[0]) : start;
      const others: number[] = [];
      for (let place = first; others.length < wanted; place++) {
        const peer = order[place % leechers];
        if (peer !== self) others.push(peer);
      }
      assertEquals(peers, others);
    }
    closeBatch(table);
  }
  assert(starts.size > leechers / 2, `the first choices of batches have begun at ${starts.size} peers`);
});

// Own peers of somebody who would steer what the last announce of a batch is told of. They know the order of all peers.
for (
  const { steering, steer } of [
    {
      steering: "ask",
      // Each is met by the starts that the one before has passed on.
      steer: (table: PeerTable, own: readonly number[], order: readonly number[]) => {
        let place = 0;
        for (let times = 0; times < 60; times++) {
          const ahead = own.map((peer) => (order.indexOf(peer) - place + order.length) % order.length);
          const nearest = ahead.indexOf(Math.min(...ahead));
          const wanted = 1 + times % 5;
          tell(table, own[nearest], IPV4, EVENT_NONE, wanted);
          place = (order.indexOf(own[nearest]) + 1 + wanted) % order.length;
        }
      },
    },
    {
      steering: "start",
      steer: (table: PeerTable, own: readonly number[]) => {
        for (const peer of own) tell(table, peer, IPV4, EVENT_NONE, 0);
      },
    },
    {
      steering: "stop",
      steer: (table: PeerTable, own: readonly number[]) => {
        for (const peer of own) tell(table, peer, IPV4, EVENT_STOPPED, 0);
      },
    },
  ]
) {
  for (const isBatch of [true, false]) {
    const where = isBatch ? "in a batch" : "before it";
    Deno.test(`peers that ${steering} ${where} do not steer what another announce is told of`, () => {
      const leechers = 150;
      const own = Array.from({ length: 60 }, (_, index) => index * 2);
      const wanted = 20;
      const rounds = 4000;
      const begun = new Map<number, number>();
      const told = new Uint32Array(leechers);
      const table = tableOf(leechers);
      for (let round = 0; round < rounds; round++) {
        for (const peer of own) {
          tell(table, peer, IPV4, steering === "start" ? EVENT_STOPPED : EVENT_NONE, 0);
        }
        const order = tellOutsider(table, NUMWANT_MAX);
        if (isBatch) openBatch(table);
        tellOutsider(table, 1);
        steer(table, own, order);
        const peers = tellOutsider(table, wanted);
        closeBatch(table);
        begun.set(peers[0], (begun.get(peers[0]) ?? 0) + 1);
        for (const peer of peers) told[peer]++;
      }
      const most = Math.max(...begun.values());
      const average = rounds / (steering === "stop" ? leechers - own.length : leechers);
      assert(most < average * 3, `${most} of ${rounds} begin at one peer, ${average} on average`);
      const least = Math.min(...told.filter((_, peer) => !own.includes(peer)));
      assert(least > average * wanted / 2, `one peer is told ${least} times, ${average * wanted} on average`);
    });
  }
}

Deno.test("over many batches all peers of a large torrent are told equally often, by each announce of a batch", () => {
  const leechers = 200;
  const wanted = 50;
  const batches = 8000;
  const table = tableOf(leechers);
  const told = Array.from({ length: 4 }, () => new Uint32Array(leechers));
  for (let batch = 0; batch < batches; batch++) {
    openBatch(table);
    for (const times of told) for (const peer of tellOutsider(table, wanted)) times[peer]++;
    closeBatch(table);
  }
  const average = batches * wanted / leechers;
  for (const times of told) {
    for (const count of times) {
      assert(Math.abs(count - average) < average * 0.2, `${count} times, ${average} on average`);
    }
  }
});

for (const isBatch of [true, false]) {
  Deno.test(`a choice ${isBatch ? "in" : "outside"} a batch begins at no other peer more often because of who asks`, () => {
    const leechers = 150;
    const self = 70;
    const rounds = 30_000;
    const table = tableOf(leechers);
    const told = new Uint32Array(leechers);
    for (let round = 0; round < rounds; round++) {
      if (isBatch) openBatch(table);
      tellOutsider(table, 1);
      told[tell(table, self, IPV4, EVENT_NONE, 1)[0]]++;
      closeBatch(table);
    }
    assertEquals(told[self], 0);
    const average = rounds / (leechers - 1);
    for (const [peer, times] of told.entries()) {
      assert(
        peer === self || Math.abs(times - average) < average * 0.5,
        `${peer}: ${times} times, ${average} on average`,
      );
    }
  });
}

Deno.test("a choice is fair where a bucket has had far more peers than all others, and draws are not wasted for long", () => {
  // Four buckets, of as many peers each but for chance.
  const leechers = 256;
  const rounds = 12_000;
  const table = tableOf(leechers);
  const directory = directoryOfLeechers(table);
  const begun = new Uint32Array(leechers);
  const count = countOf(table, directory, 0);
  for (let round = 0; round < rounds; round++) {
    setCount(table, directory, 0, BUCKET_MAX);
    setCount(table, directory, 0, count);
    assert(largestOf(table, directory) > leechers);
    begun[tellOutsider(table, 1)[0]]++;
  }
  const most = Math.max(...begun);
  assert(most < rounds / leechers * 3, `${most} of ${rounds} begin at one peer`);
  for (let round = 0; round < 100; round++) tellOutsider(table, 1);
  assert(largestOf(table, directory) < leechers);
});

Deno.test("a place drawn before peers have come is drawn anew, however often they have come", () => {
  const table = tableOf(150);
  const directory = directoryOfLeechers(table);
  tellOutsider(table, 1);
  const drawn = growthOf(table, directory);
  do {
    tell(table, 0, IPV4, EVENT_STOPPED, 0);
    tell(table, 0, IPV4, EVENT_NONE, 0);
  } while (growthOf(table, directory) !== drawn);
  assert(nextBucketOf(table, directory) >= bucketsOf(table, directory));
  assertWhole(tellOutsider(table, 50), 50, 150);
});

Deno.test("a directory is not taken for the one that had its number before", () => {
  const table = newTable();
  const growths = new Set<number>();
  for (let times = 0; times < 30; times++) {
    const directory = createEmptyDirectory(table, 2);
    growths.add(growthOf(table, directory));
    freeDirectory(table, directory);
  }
  assert(growths.size > 20, `${growths.size} growths`);
});

Deno.test("nothing of a batch is left when it is over", () => {
  const leechers = NUMWANT_MAX;
  const wanted = 50;
  const table = tableOf(leechers);
  const order = tellOutsider(table, NUMWANT_MAX);
  for (const end of [closeBatch, openBatch]) {
    let followed = 0;
    for (let round = 0; round < 200; round++) {
      openBatch(table);
      const peers = tellOutsider(table, wanted);
      end(table);
      const next = tellOutsider(table, wanted);
      closeBatch(table);
      if (order.indexOf(next[0]) === (order.indexOf(peers[0]) + wanted) % leechers) followed++;
    }
    assert(followed < 20, `${followed} of 200 choices have begun where the one before has ended`);
  }
});

Deno.test("an announce that is told of all leaves no end behind in its batch", () => {
  const leechers = 150;
  const table = tableOf(leechers);
  const starts = new Set<number>();
  for (let batch = 0; batch < 200; batch++) {
    openBatch(table);
    assertEquals(tellOutsider(table, NUMWANT_MAX).length, leechers);
    starts.add(tellOutsider(table, 40)[0]);
    closeBatch(table);
  }
  assert(starts.size > leechers / 2, `${starts.size} peers`);
});

Deno.test("an end is of one directory that nobody has come to since", () => {
  const table = newTable();
  openBatch(table);
  rememberEnd(table, 1000, 5, 3, 7);
  const end = lastEnd(table, 1000, 5);
  assertEquals([endBucket(end), endPosition(end)], [3, 7]);
  assertEquals(lastEnd(table, 1000, 6), NO_END);
  for (let directory = 0; directory < 2000; directory += 2) {
    if (directory !== 1000) assertEquals(lastEnd(table, directory, 5), NO_END);
  }
  closeBatch(table);
  assertEquals(lastEnd(table, 1000, 5), NO_END);
});

Deno.test("a choice in a batch is whole when the bucket in which the one before has ended is gone", () => {
  const leechers = 1000;
  const left = 300;
  const table = tableOf(leechers);
  const directory = directoryOfLeechers(table);
  const last = bucketsOf(table, directory) - 1;
  openBatch(table);
  do tellOutsider(table, 10); while (
    endBucket(lastEnd(table, directory, growthOf(table, directory))) !== last
  );
  for (let peer = left; peer < leechers; peer++) tell(table, peer, IPV4, EVENT_STOPPED, 0);
  assert(bucketsOf(table, directory) <= last);
  assertWhole(tellOutsider(table, 50), 50, left);
  closeBatch(table);
});

/** A table with one torrent, and so many leechers in it, with the numbers 0 up. */
function tableOf(leechers: number): PeerTable {
  const table = newTable();
  for (let peer = 0; peer < leechers; peer++) tell(table, peer, IPV4, EVENT_NONE, 0);
  return table;
}

function directoryOfLeechers(table: PeerTable): number {
  const line = findTorrent(table, shardOf(request.hash[0]), request.hash, 0);
  return directoryOf(table, line, IPV4, false);
}

/** That so many peers are told of, none twice, and none but those below `left`, who have not stopped. */
function assertWhole(peers: readonly number[], wanted: number, left: number): void {
  assertEquals([peers.length, new Set(peers).size], [wanted, wanted]);
  for (const peer of peers) assert(peer < left, `peer ${peer} has stopped`);
}

/** Whom a seeder of the other family is told of: leechers. */
function tellOutsider(table: PeerTable, wanted: number): number[] {
  return tell(table, 0, IPV6, EVENT_NONE, wanted);
}

/** Announces a leecher, or a seeder if it is IPv6, and returns the numbers of the IPv4 peers that it is told of. */
function tell(table: PeerTable, peer: number, family: Family, event: number, wanted: number): number[] {
  fillRequest(request, { torrent: 0, peer, family, event, seeding: family === IPV6, wanted });
  announce(table, request, answer);
  // Peer 0 has port 1.
  return portsTold(answer).map((port) => port - 1);
}
