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
  touchAnnounces,
} from "../../src/peers/mod.ts";
import {
  BEGINNINGS,
  bucketAt,
  nextBeginning,
  NO_BEGINNING,
  positionAt,
  rememberBeginning,
} from "../../src/peers/batch.ts";
import {
  BUCKET_MAX,
  bucketsOf,
  countOf,
  createEmptyDirectory,
  freeDirectory,
  growthOf,
  largestOf,
  setCount,
} from "../../src/peers/directory.ts";
import { drawAhead } from "../../src/peers/draw.ts";
import { directoryOf } from "../../src/peers/runs.ts";
import { findTorrent, shardOf } from "../../src/peers/torrents.ts";
import { fillRequest, newAnswer, newTable, portsTold, type Step } from "./model.ts";

const request = new AnnounceRequest();
const answer = newAnswer();

/** How announces are answered together: each when its turn comes, or after reading ahead. */
const BATCHES = [
  { kind: "a batch", open: openBatch },
  { kind: "a batch that is read ahead", open: openBatchAhead },
];
/** These, and one by one. */
const WAYS = [...BATCHES, { kind: "no batch", open: null }];

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

for (const { kind, open } of BATCHES) {
  Deno.test(`in ${kind} each choice out of a large torrent begins where the one before has ended`, () => {
    const leechers = 150;
    const wanted = 40;
    const table = tableOf(leechers);
    const order = tellOutsider(table, NUMWANT_MAX);
    const starts = new Set<number>();
    for (let batch = 0; batch < 200; batch++) {
      open(table);
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
}

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
  for (const { kind, open } of WAYS) {
    const where = open === null ? "before it" : `in ${kind}`;
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
        open?.(table);
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

for (const { kind, open } of BATCHES) {
  Deno.test(`all peers of a large torrent are told equally often by each announce of ${kind}`, () => {
    const leechers = 200;
    const wanted = 50;
    const batches = 8000;
    const table = tableOf(leechers);
    const told = Array.from({ length: 4 }, () => new Uint32Array(leechers));
    for (let batch = 0; batch < batches; batch++) {
      open(table);
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
}

for (const { kind, open } of WAYS) {
  const where = open === null ? "outside a batch" : `in ${kind}`;
  Deno.test(`a choice ${where} begins at no other peer more often because of who asks`, () => {
    const leechers = 150;
    const self = 70;
    const rounds = 30_000;
    const table = tableOf(leechers);
    const told = new Uint32Array(leechers);
    for (let round = 0; round < rounds; round++) {
      open?.(table);
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

for (const { kind, open } of WAYS) {
  Deno.test(`a choice of ${kind} is fair where a bucket has had far more peers than all others, and draws are not wasted for long`, () => {
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
      open?.(table);
      begun[tellOutsider(table, 1)[0]]++;
      closeBatch(table);
    }
    const most = Math.max(...begun);
    assert(most < rounds / leechers * 3, `${most} of ${rounds} begin at one peer`);
    for (let round = 0; round < 100; round++) tellOutsider(table, 1);
    assert(largestOf(table, directory) < leechers);
  });
}

Deno.test("who comes after places were drawn ahead is as likely as all others", () => {
  const leechers = 150;
  const newcomer = 149;
  const rounds = 30_000;
  const table = tableOf(leechers);
  let told = 0;
  for (let round = 0; round < rounds; round++) {
    tell(table, newcomer, IPV4, EVENT_STOPPED, 0);
    openBatchAhead(table);
    tell(table, newcomer, IPV4, EVENT_NONE, 0);
    if (tellOutsider(table, 1)[0] === newcomer) told++;
    closeBatch(table);
  }
  const average = rounds / leechers;
  assert(Math.abs(told - average) < average * 0.5, `${told} times, ${average} on average`);
});

Deno.test("places are drawn ahead, and none for a directory whose place is another one's", () => {
  const table = newTable();
  const drawn = new Map<number, number[]>();
  const met: number[] = [];
  while (met.length === 0) {
    const directory = createEmptyDirectory(table, 2);
    setCount(table, directory, 0, 1);
    setCount(table, directory, 1, 1);
    const slot = (directory >>> 1) % BEGINNINGS;
    drawn.set(slot, [...drawn.get(slot) ?? [], directory]);
    met.push(...drawn.get(slot)!.slice(1));
  }
  const [first, second] = drawn.get((met[0] >>> 1) % BEGINNINGS)!;
  const isDrawn = (directory: number) =>
    nextBeginning(table, directory, growthOf(table, directory)) !== NO_BEGINNING;
  openBatch(table);
  drawAhead(table, new Uint32Array([first, second]), 2);
  assertEquals([isDrawn(first), isDrawn(second)], [true, false]);
  openBatch(table);
  assertEquals([isDrawn(first), isDrawn(second)], [false, false]);
  drawAhead(table, new Uint32Array([second, first]), 2);
  assertEquals([isDrawn(first), isDrawn(second)], [false, true]);
  closeBatch(table);
  drawAhead(table, new Uint32Array([first, second]), 2);
  assertEquals([isDrawn(first), isDrawn(second)], [false, false]);
});

for (const { kind, open } of BATCHES) {
  Deno.test(`in ${kind} nobody is begun at more often because few are in his bucket`, () => {
    const leechers = NUMWANT_MAX - 10;
    const left = 8;
    const rounds = 20_000;
    const table = tableOf(leechers);
    const directory = directoryOfLeechers(table);
    const inBucket = tellOutsider(table, NUMWANT_MAX).slice(0, countOf(table, directory, 0));
    for (const peer of inBucket.splice(left)) tell(table, peer, IPV4, EVENT_STOPPED, 0);
    assertEquals(countOf(table, directory, 0), left);
    const { length } = tellOutsider(table, NUMWANT_MAX);
    let begun = 0;
    for (let round = 0; round < rounds; round++) {
      open(table);
      if (inBucket.includes(tellOutsider(table, 1)[0])) begun++;
      closeBatch(table);
    }
    const average = rounds * left / length;
    assert(Math.abs(begun - average) < average * 0.25, `${begun} times, ${average} on average`);
  });
}

Deno.test("where nobody stands any more no choice begins", () => {
  const leechers = NUMWANT_MAX - 10;
  const rounds = 1000;
  const table = tableOf(leechers);
  const directory = directoryOfLeechers(table);
  const count = countOf(table, directory, 0);
  const behind = tellOutsider(table, NUMWANT_MAX)[count];
  let begun = 0;
  for (let round = 0; round < rounds; round++) {
    openBatch(table);
    rememberBeginning(table, directory, growthOf(table, directory), 0, count);
    if (tellOutsider(table, 1)[0] === behind) begun++;
    closeBatch(table);
  }
  assert(begun < rounds / 20, `${begun} of ${rounds} choices have begun at the peer behind`);
});

Deno.test("in a batch seeders are told on from where the one before has ended, however many leechers come first", () => {
  const each = 90;
  const wanted = 40;
  const table = tableOf(each);
  for (let peer = each; peer < each * 2; peer++) tellRole(table, peer, IPV4, true, 0);
  const isSeeder = (peer: number) => peer >= each;
  const order = tellRole(table, 0, IPV6, false, NUMWANT_MAX).filter(isSeeder);
  assertEquals(order.length, each);
  for (let batch = 0; batch < 100; batch++) {
    openBatch(table);
    const before = tellRole(table, 0, IPV6, false, wanted).filter(isSeeder);
    const after = tellRole(table, 0, IPV6, false, wanted).filter(isSeeder);
    closeBatch(table);
    assert(before.length > 0 && after.length > 0 && before.length < wanted);
    assertEquals(order.indexOf(after[0]), (order.indexOf(before[0]) + before.length) % each);
  }
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

Deno.test("an announce that is told of all leaves no beginning behind in its batch", () => {
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

Deno.test("a beginning is of one directory that nobody has come to since", () => {
  const table = newTable();
  openBatch(table);
  const beginning = rememberBeginning(table, 1000, 5, 3, 7);
  assertEquals(nextBeginning(table, 1000, 5), beginning);
  assertEquals([bucketAt(beginning), positionAt(beginning)], [3, 7]);
  assertEquals(nextBeginning(table, 1000, 6), NO_BEGINNING);
  for (let directory = 0; directory < 2000; directory += 2) {
    if (directory !== 1000) assertEquals(nextBeginning(table, directory, 5), NO_BEGINNING);
  }
  closeBatch(table);
  assertEquals(nextBeginning(table, 1000, 5), NO_BEGINNING);
});

Deno.test("a choice in a batch is whole when the bucket in which it was to begin is gone", () => {
  const leechers = 1000;
  const left = 300;
  const table = tableOf(leechers);
  const directory = directoryOfLeechers(table);
  const last = bucketsOf(table, directory) - 1;
  openBatch(table);
  do tellOutsider(table, 10); while (bucketAt(beginningOfLeechers(table)) !== last);
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

/** Opens a batch and reads ahead for the announce of a seeder, who is told of leechers as {@linkcode tellOutsider}'s is. */
function openBatchAhead(table: PeerTable): void {
  openBatch(table);
  fillRequest(request, { torrent: 0, peer: 0, family: IPV4, event: EVENT_NONE, seeding: true, wanted: 1 });
  touchAnnounces(table, [request], 1);
  assert(beginningOfLeechers(table) !== NO_BEGINNING);
}

/** Where the batch's next choice out of the leechers begins, NO_BEGINNING if that is not known. */
function beginningOfLeechers(table: PeerTable): number {
  const directory = directoryOfLeechers(table);
  return nextBeginning(table, directory, growthOf(table, directory));
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
  return tellPeer(table, { torrent: 0, peer, family, event, seeding: family === IPV6, wanted });
}

/** The same of one who seeds or does not, whatever the family. */
function tellRole(
  table: PeerTable,
  peer: number,
  family: Family,
  seeding: boolean,
  wanted: number,
): number[] {
  return tellPeer(table, { torrent: 0, peer, family, event: EVENT_NONE, seeding, wanted });
}

function tellPeer(table: PeerTable, step: Step): number[] {
  fillRequest(request, step);
  announce(table, request, answer);
  // Peer 0 has port 1.
  return portsTold(answer).map((port) => port - 1);
}
