import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Ipv4Order, Ipv6Order, type RecordOrder } from "../../src/odb/order.ts";
import { type Family, IPV4, IPV6, RECORD_BYTES } from "../../src/peers/mod.ts";
import { Random } from "../../src/random/mod.ts";
import { bytesOf, hexOf } from "./helpers.ts";

/** Few different bytes, the highest among them, so that records share beginnings and signs would show. */
const byte = fc.constantFrom(0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff).map((value) =>
  value.toString(16).padStart(2, "0")
);

function records(size: number): fc.Arbitrary<string[]> {
  const record = fc.array(byte, { minLength: size, maxLength: size }).map((bytes) => bytes.join(""));
  return fc.uniqueArray(record, { maxLength: 200 });
}

/** The records in order, written in two pieces and at an odd place, as the writer may ask for them. */
function written(order: RecordOrder, count: number, size: number, cut: number): Uint8Array {
  const output = new Uint8Array(1 + count * size);
  const view = new DataView(output.buffer);
  const middle = Math.min(cut, count);
  order.write(view, 1 + middle * size, middle, count);
  order.write(view, 1, 0, middle);
  return output.subarray(1);
}

function sorted(order: RecordOrder, list: string[], size: number, cut: number): string[] {
  const input = bytesOf("ee" + list.join("") + "ee").subarray(1);
  order.sort(input, list.length);
  const output = written(order, list.length, size, cut);
  return Array.from(list, (_, i) => hexOf(output.subarray(i * size, (i + 1) * size)));
}

Deno.test("IPv4 records come in ascending order of their bytes", () => {
  const order = new Ipv4Order();
  fc.assert(fc.property(records(8), fc.nat(200), (list, cut) => {
    assertEquals(sorted(order, list, 8, cut), list.toSorted());
  }));
});

Deno.test("IPv6 records come in ascending order of their bytes", () => {
  const order = new Ipv6Order();
  fc.assert(fc.property(records(20), fc.nat(200), (list, cut) => {
    assertEquals(sorted(order, list, 20, cut), list.toSorted());
  }));
});

/** Word `index` of `count`: how the numbers of a torrent may lie, as chance or somebody wills it. */
const SPREADS: Record<string, (index: number, count: number, random: Random) => number> = {
  "at random": (_index, _count, random) => random.next(),
  "all the same": () => 0xc0000201,
  "all zero": () => 0,
  "of two": (index) => index % 2 === 0 ? 0 : 0xffffffff,
  "of a few": (_index, _count, random) => random.below(4) * 0x11000000,
  "of one network": (_index, _count, random) => 0x0a140000 + random.below(2 ** 16),
  "ascending": (index) => index * 3,
  "descending": (index, count) => 0xffffffff - (count - index) * 5,
  "ascending in two runs": (index, count) => inRuns(index, count, 2),
  "ascending in three runs": (index, count) => inRuns(index, count, 3),
  "ascending but for the last": (index, count) => index === count - 1 ? 0 : 0x7ffffff0 + index,
  "one far from the others": (index) => index === 7 ? 0 : 0xfffffff0,
  "twice as near each time": (index) => 2 ** (32 - index % 32) - 1,
};

/** Number `index` of `count` in ascending runs, which have the same numbers among them, on both sides of 2^31. */
function inRuns(index: number, count: number, runs: number): number {
  const run = Math.floor(index * runs / count);
  return 0x7fffff00 + (index - Math.ceil(run * count / runs)) * (3 - run % 2);
}

/** Records of which word `word` is spread so, while the words before are the same and those behind random. */
function spreadRecords(
  family: Family,
  spread: string,
  word: number,
  count: number,
  seed: number,
): DataView<ArrayBuffer> {
  const random = new Random(seed);
  const words = RECORD_BYTES[family] / 4;
  const view = new DataView(new ArrayBuffer(count * RECORD_BYTES[family]));
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < words; j++) {
      const value = j < word ? 0x20010db8 : j === word ? SPREADS[spread](i, count, random) : random.next();
      view.setUint32((i * words + j) * 4, value);
    }
  }
  return view;
}

/** The bytes of the records when a plain sort has had them. */
function sortPlainly(records: DataView, size: number): Uint8Array {
  const bytes = new Uint8Array(records.buffer);
  const list = Array.from(
    { length: bytes.length / size },
    (_, i) => bytes.subarray(i * size, (i + 1) * size),
  );
  list.sort((a, b) => {
    for (let i = 0; i < size; i++) if (a[i] !== b[i]) return a[i] - b[i];
    return 0;
  });
  const result = new Uint8Array(bytes.length);
  list.forEach((record, i) => result.set(record, i * size));
  return result;
}

/** Sorts as records of a file and as those of a snapshot; both must be what the plain sort says. */
function checkSort(order: RecordOrder, family: Family, records: DataView<ArrayBuffer>, cut: number): void {
  const size = RECORD_BYTES[family];
  const count = records.byteLength / size;
  const bytes = new Uint8Array(records.buffer);
  const expected = sortPlainly(records, size);
  const before = bytes.slice();
  order.sort(bytes, count);
  assert(haveSameBytes(written(order, count, size, cut), expected), "records of a file are out of order");
  assert(haveSameBytes(bytes, before), "the records sorted were changed");
  const words = new Uint32Array(new Uint8Array(records.buffer).toReversed().buffer);
  order.sortWords(words, count);
  assert(haveSameBytes(written(order, count, size, cut), expected), "records of a snapshot are out of order");
}

function haveSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

for (const [family, order] of [[IPV4, new Ipv4Order()], [IPV6, new Ipv6Order()]] as const) {
  const name = family === IPV4 ? "IPv4" : "IPv6";
  const spread = fc.constantFrom(...Object.keys(SPREADS));
  const word = fc.nat(RECORD_BYTES[family] / 4 - 1);

  Deno.test(`${name} records are sorted however their numbers are spread`, () => {
    const size = fc.oneof(fc.nat(40), fc.nat(5000));
    fc.assert(fc.property(spread, word, size, fc.nat(5000), fc.nat(), (spread, word, size, cut, seed) => {
      checkSort(order, family, spreadRecords(family, spread, word, size, seed), cut);
    }));
  });

  for (const spread of ["at random", "of a few", "ascending in two runs", "one far from the others"]) {
    Deno.test(`200,000 ${name} records with numbers ${spread} are sorted`, () => {
      checkSort(order, family, spreadRecords(family, spread, 0, 200_000, 1), 100_000);
    });
  }
}
