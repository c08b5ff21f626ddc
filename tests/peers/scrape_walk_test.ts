import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  createTable,
  HASH_BYTES,
  type PeerTable,
  restoreTorrent,
  scrape,
  ScrapeAnswer,
  ScrapeWalk,
  sweep,
} from "../../src/peers/mod.ts";
import { restoreGhosts } from "./ghosts.ts";
import { CROWD, hashOf, LIMITS, Model, newTable, START } from "./model.ts";
import {
  announceFromAll,
  type KeeperStart,
  type MakerStart,
  runWorker,
  whilePending,
  withSeed,
} from "./threads.ts";

/** More than a thousand of them in one shard, so that the walk's memory has to grow. */
const MOST_TORRENTS = 5000;

/** The torrents met, which must ascend, with their completed counts. */
function walk(table: PeerTable): Map<string, number> {
  const met = new Map<string, number>();
  const scrapes = new ScrapeWalk(table);
  const answer = new ScrapeAnswer();
  let before = "";
  while (scrapes.next(answer)) {
    const hash = scrapes.hash.toHex();
    assert(hash > before, `${hash} after ${before}`);
    before = hash;
    met.set(hash, answer.completed);
  }
  assert(!scrapes.next(answer), "a walk that is over begins anew");
  return met;
}

function wordsOf(hash: Uint8Array): Uint32Array {
  return new Uint32Array(hash.slice().buffer);
}

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

Deno.test("a walk of scrapes meets every torrent once, in the order of their bytes, with its counts", () => {
  fc.assert(
    fc.property(hashes, (hashes) => {
      const table = createTable({ maxPeers: 1, maxTorrents: MOST_TORRENTS, peerIds: false });
      hashes.forEach((hash, i) => restoreTorrent(table, wordsOf(hash), 0, i));
      const met = walk(table);
      assertEquals([...met.keys()], hashes.map((hash) => hash.toHex()).sort());
      hashes.forEach((hash, i) => assertEquals(met.get(hash.toHex()), i));
    }),
    { numRuns: 20 },
  );
});

Deno.test("a walk of scrapes tells what a scrape of the torrent tells", () => {
  const table = newTable({ maxPeers: 10_000, maxTorrents: 10 });
  const model = new Model(START);
  for (const torrent of [0, CROWD, CROWD + 1]) restoreGhosts(table, model, torrent);
  const scrapes = new ScrapeWalk(table);
  const answer = new ScrapeAnswer();
  const expected = new ScrapeAnswer();
  let torrents = 0;
  for (; scrapes.next(answer); torrents++) {
    assert(scrape(table, wordsOf(scrapes.hash), 0, expected));
    assertEquals({ ...answer }, { ...expected });
    assert(answer.seeders > 0 && answer.leechers > 0);
  }
  assertEquals(torrents, 3);
});

Deno.test("a walk of scrapes passes over torrents that go while it is under way", () => {
  const table = newTable({ maxPeers: 10, maxTorrents: 100 });
  const torrents = Array.from({ length: 20 }, (_, i) => CROWD + i);
  for (const torrent of torrents) restoreTorrent(table, wordsOf(hashOf(torrent)), 0, torrent % 2);
  const scrapes = new ScrapeWalk(table);
  const answer = new ScrapeAnswer();
  assert(scrapes.next(answer));
  // Those of which there is nothing to tell go; other ones take their lines, one of them in the same shard.
  sweep(table, { ...LIMITS, emptyTorrentMin: 0 });
  for (const torrent of [CROWD + 50, 1, 2, 3]) restoreTorrent(table, wordsOf(hashOf(torrent)), 0, 1);
  const met = [scrapes.hash.toHex()];
  const first = met[0];
  while (scrapes.next(answer)) met.push(scrapes.hash.toHex());
  assertEquals(met, [...met].sort());
  assertEquals(new Set(met).size, met.length);
  const stayed = torrents.filter((torrent) => torrent % 2 === 1).map((torrent) => hashOf(torrent).toHex());
  assertEquals(stayed.filter((hash) => !met.includes(hash)), []);
  const gone = torrents.filter((torrent) => torrent % 2 === 0).map((torrent) => hashOf(torrent).toHex());
  assertEquals(gone.filter((hash) => met.includes(hash) && hash !== first), []);
});

/** Words of a torrent's line, of which the hash is the first five. */
const LINE_WORDS = 16;

/**
 * The table as a thread sees it that is interrupted, by `act`, when it begins to read the line of the torrent that it reads
 * as number `count`; `act` is told the torrents' slots in the order in which they are read.
 */
function interruptedAt(table: PeerTable, count: number, act: (slots: number[]) => void): PeerTable {
  const slots: number[] = [];
  const torrents = new Proxy(table.torrents, {
    get(words, key) {
      const word = Number(key);
      if (slots.length < count && word > 0 && word % LINE_WORDS === 0) {
        slots.push(word / LINE_WORDS);
        if (slots.length === count) act(slots);
      }
      return Reflect.get(words, key);
    },
  });
  return Object.assign(Object.create(Object.getPrototypeOf(table)), table, { torrents });
}

/** Two torrents of one shard, in slots 1 and 2, that a sweep takes away. */
function tableOfTwo(): PeerTable {
  const table = newTable({ maxPeers: 10, maxTorrents: 10 });
  for (const slot of [1, 2]) assertEquals(restoreTorrent(table, wordsOf(hashOf(CROWD + slot)), 0, 0), slot);
  return table;
}

/** Takes both torrents away and makes others, in slots 2 and 1: the line freed last is taken first. */
function replaceBoth(table: PeerTable, inSlot2: Uint8Array, inSlot1: Uint8Array): void {
  sweep(table, { ...LIMITS, emptyTorrentMin: 0 });
  assertEquals(restoreTorrent(table, wordsOf(inSlot2), 0, 1), 2);
  assertEquals(restoreTorrent(table, wordsOf(inSlot1), 0, 1), 1);
}

Deno.test("torrents of another shard that take lines just listed have their turn in their own shard alone", () => {
  for (const byte of [0, 0xff]) {
    const hashes = [0, 1].map((last) => new Uint8Array(20).fill(byte, 0, 19).fill(last, 19));
    const table = tableOfTwo();
    const interrupted = interruptedAt(table, 1, () => replaceBoth(table, hashes[0], hashes[1]));
    // The shard of zeros is over by then, that of ones is still to come.
    assertEquals([...walk(interrupted).keys()], byte === 0 ? [] : hashes.map((hash) => hash.toHex()));
  }
});

Deno.test("a torrent that goes and comes back in another line just listed is met once", () => {
  const table = tableOfTwo();
  const other = new Uint8Array(20);
  let back = "";
  const interrupted = interruptedAt(table, 2, ([first, second]) => {
    const hash = hashOf(CROWD + first);
    back = hash.toHex();
    if (second === 2) replaceBoth(table, hash, other);
    else replaceBoth(table, other, hash);
  });
  assertEquals([...walk(interrupted).keys()], [back]);
});

Deno.test("walks of scrapes meet what stays, while others announce, make torrents and sweep", async () => {
  const table = newTable({ maxPeers: 40_000, maxTorrents: 10_000, peerIds: true });
  const model = new Model(START);
  const pinned = [0, 500, CROWD, CROWD + 7777];
  for (const torrent of pinned) restoreGhosts(table, model, torrent);
  const pinnedHashes = pinned.map((torrent) => hashOf(torrent).toHex());
  const torrents = Array.from({ length: 300 }, (_, index) => [index, CROWD + index * 9]).flat();
  const over = new SharedArrayBuffer(4);
  const keeper = runWorker<KeeperStart, number>("keeper_worker.ts", {
    table: table.buffers,
    over,
    pinned: new Set(pinnedHashes),
  });
  const makers = [0, 1].map((index) =>
    runWorker<MakerStart, null>("maker_worker.ts", { table: table.buffers, index, torrents: 4000 })
  );
  const others = Promise.all([announceFromAll(table, torrents, 10_000), ...makers])
    .finally(() => Atomics.store(new Int32Array(over), 0, 1));
  let walks = 0;
  await whilePending(Promise.all([others, keeper]), () =>
    withSeed(() => {
      const met = walk(table);
      assertEquals(pinnedHashes.filter((hash) => !met.has(hash)), []);
      walks++;
    }));
  assert(walks > 0);
});
