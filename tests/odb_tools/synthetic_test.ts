import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type SyntheticOptions, SyntheticState } from "../../src/odb_tools/mod.ts";
import { hexOf } from "./helpers.ts";

const IPV4 = 0, IPV6 = 1;
const RECORD_BYTES = [8, 20];
const OPTIONS: SyntheticOptions = {
  torrents: 100,
  peers: 5000,
  seed: 1,
  ipv6Share: 0.25,
  seedersShare: 0.4,
  ageMaxMin: 20,
  skew: 1,
};

interface Torrent {
  hash: string;
  completed: number;
  counts: number[];
  seeders: number[];
  /** By family. */
  records: string[][];
}

/** Everything in a state; records are asked for in pieces of `piece`. */
function contentsOf(options: SyntheticOptions, piece = 7): Torrent[] {
  const state = new SyntheticState(options);
  const torrents: Torrent[] = [];
  while (state.next()) {
    const records = ([IPV4, IPV6] as const).map((family) => {
      const size = RECORD_BYTES[family];
      const bytes = new Uint8Array(state.counts[family] * size);
      for (let from = 0; from < state.counts[family]; from += piece) {
        state.records(family, bytes, from * size, Math.min(piece, state.counts[family] - from));
      }
      return Array.from(
        { length: state.counts[family] },
        (_, i) => hexOf(bytes.slice(i * size, (i + 1) * size)),
      );
    });
    const { completed, counts, seeders } = state;
    torrents.push({
      hash: hexOf(state.hash),
      completed,
      counts: [...counts],
      seeders: [...seeders],
      records,
    });
  }
  return torrents;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function ascends(texts: string[]): boolean {
  return texts.every((text, i) => i === 0 || texts[i - 1] < text);
}

Deno.test("any state has the torrents and peers that were asked for, in order and with true counts", () => {
  const options = fc.record({
    torrents: fc.integer({ min: 1, max: 200 }),
    peers: fc.nat(2000),
    seed: fc.nat(),
    ipv6Share: fc.constantFrom(0, 0.1, 0.5, 1),
    seedersShare: fc.constantFrom(0, 1 / 3, 1),
    ageMaxMin: fc.constantFrom(0, 30, 255),
    skew: fc.constantFrom(0, 0.5, 1, 2, 10),
  });
  fc.assert(fc.property(options, (options) => {
    const torrents = contentsOf(options);
    assertEquals(torrents.length, options.torrents);
    assert(ascends(torrents.map(({ hash }) => hash)));
    const peers = torrents.map(({ counts }) => sum(counts));
    assertEquals(sum(peers), options.peers);
    assertEquals(
      sum(torrents.map(({ counts }) => counts[IPV6])),
      Math.round(options.peers * options.ipv6Share),
    );
    for (const { counts, seeders, completed, records } of torrents) {
      for (const family of [IPV4, IPV6]) {
        const compact = records[family].map((record) => record.slice(0, -4));
        const flags = records[family].map((record) => parseInt(record.slice(-4, -2), 16));
        const ages = records[family].map((record) => parseInt(record.slice(-2), 16));
        assert(ascends(compact));
        assertEquals(flags.filter((flag) => (flag & 0x80) !== 0).length, seeders[family]);
        assertEquals(flags.filter((flag) => ![0, 0x80, 0xc0].includes(flag)), []);
        assert(ages.every((age) => age <= options.ageMaxMin));
        assert(Math.abs(seeders[family] - counts[family] * options.seedersShare) <= 1);
      }
      assert(completed >= sum(seeders));
    }
  }));
});

Deno.test("the seed alone decides, whatever pieces are asked for", () => {
  assertEquals(contentsOf(OPTIONS, 1), contentsOf(OPTIONS, 1000));
  assert(contentsOf(OPTIONS)[0].hash !== contentsOf({ ...OPTIONS, seed: 2 })[0].hash);
});

Deno.test("the skew makes few torrents large", () => {
  const sizes = (skew: number) =>
    contentsOf({ ...OPTIONS, skew }).map(({ counts }) => sum(counts)).toSorted((a, b) => b - a);
  assertEquals(new Set(sizes(0)), new Set([50]));
  const [first, second] = sizes(1);
  // ln 2 / ln 101 of all, and ln 1.5 / ln 101.
  assertEquals([first, second], [751, 439]);
});

Deno.test("addresses are public ones, spread over all there are", () => {
  const [torrent] = contentsOf({ ...OPTIONS, torrents: 1, peers: 4000, ipv6Share: 0.5 });
  const octets = torrent.records[IPV4].map((record) => parseInt(record.slice(0, 2), 16));
  assert(octets.every((octet) => octet >= 1 && octet <= 223));
  assert(new Set(octets).size > 200);
  for (const record of torrent.records[IPV6]) assertEquals(record[0], "2");
  for (const record of torrent.records.flat()) assert(parseInt(record.slice(-8, -4), 16) >= 1024);
});
