import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Salvager, type Stretch } from "../../src/odb_tools/salvage.ts";
import { fileBytes, hexOf, temporaryFolder, torrentBytes } from "./helpers.ts";

const IPV4 = 0, IPV6 = 1;
const HEADER_BYTES = 15, HEAD_BYTES = 57;
const HASH_FIRST = 1, HASH_END = 21;
const FAMILIES = [
  { family: IPV4, version: "0001", recordBytes: 8 },
  { family: IPV6, version: "0006", recordBytes: 20 },
] as const;
/** Below the opcodes: one of these in a record or in what is put in can, once in a great while, pass for one. */
const RECORD_BYTE_MAX = 0xfd;
type FamilyFacts = typeof FAMILIES[number];

interface Torrent {
  hash: string;
  completed: number;
  records: string[];
}

/** What is left of a file: torrents as `hash` and `hash record`, and the stretches. */
interface Salvage {
  items: string[];
  stretches: Stretch[];
}

function salvage(bytes: Uint8Array<ArrayBuffer>, { family, recordBytes }: FamilyFacts): Salvage {
  using folder = temporaryFolder();
  const path = `${folder.path}/damaged.odb`;
  Deno.writeFileSync(path, bytes);
  using file = Deno.openSync(path);
  const stretches = [...new Salvager(file, bytes.length, family).stretches(HEADER_BYTES)];
  const view = new DataView(bytes.buffer);
  const items: string[] = [];
  for (const { start, end, isLost } of stretches) {
    for (let at = start; !isLost && at < end;) {
      const count = view.getUint32(at + HEAD_BYTES - 4, true);
      const hash = hexOf(bytes.subarray(at + HASH_FIRST, at + HASH_END));
      items.push(hash);
      for (let i = 0; i < count; i++) {
        const record = at + HEAD_BYTES + i * recordBytes;
        items.push(`${hash} ${hexOf(bytes.subarray(record, record + recordBytes))}`);
      }
      at += HEAD_BYTES + count * recordBytes;
    }
  }
  return { items, stretches };
}

function itemsOf(torrents: Torrent[]): string[] {
  return torrents.flatMap(({ hash, records }) => [hash, ...records.map((record) => `${hash} ${record}`)]);
}

function bytesOf(torrents: Torrent[], version: string): Uint8Array<ArrayBuffer> {
  return fileBytes(
    torrents.map((torrent) => {
      const seeders = torrent.records.filter((record) =>
        (parseInt(record.slice(-4, -2), 16) & 0x80) !== 0
      ).length;
      return torrentBytes({ ...torrent, seeders });
    }),
    version,
  );
}

/** Where each torrent begins, and the end mark. */
function startsOf(torrents: Torrent[], recordBytes: number): number[] {
  const starts = [HEADER_BYTES];
  for (const { records } of torrents) starts.push(starts.at(-1)! + HEAD_BYTES + records.length * recordBytes);
  return starts;
}

/** Whether a torrent up to `offset` and one from `rest` on make one of the right size. */
function areJoined(starts: number[], offset: number, rest: number): boolean {
  const startOf = (place: number) => starts.findLast((start) => start <= place)!;
  const endOf = (place: number) => starts.find((start) => start > place) ?? place;
  return offset - startOf(offset) === rest - startOf(rest) || endOf(offset) - offset === endOf(rest) - rest;
}

function isInBase(within: number): boolean {
  return within >= HASH_END && within < HASH_END + 8;
}

function touchesHash(starts: number[], offset: number): boolean {
  return starts.some((start) => offset >= start + HASH_FIRST && offset <= start + HASH_END);
}

/** A file as trackers write it: ascending, peers up to an hour old. */
function torrentsOf({ recordBytes }: FamilyFacts): fc.Arbitrary<Torrent[]> {
  const addressBytes = recordBytes - 4;
  const record = fc.tuple(
    fc.uint8Array({ minLength: addressBytes, maxLength: addressBytes, max: RECORD_BYTE_MAX }).map(hexOf),
    fc.uint8Array({ minLength: 2, maxLength: 2, max: RECORD_BYTE_MAX }).map(hexOf),
    fc.constantFrom("00", "80", "c0", "40"),
    fc.nat(60).map((age) => age.toString(16).padStart(2, "0")),
  ).map((fields) => fields.join(""));
  return fc.uniqueArray(
    fc.record({
      hash: fc.uint8Array({ minLength: 20, maxLength: 20 }).map(hexOf),
      completed: fc.nat(1000),
      records: fc.uniqueArray(record, { selector: (text) => text.slice(0, -4), maxLength: 12 })
        .map((records) => records.toSorted()),
    }),
    { selector: ({ hash }) => hash, minLength: 1, maxLength: 8 },
  ).map((torrents) => torrents.toSorted((left, right) => left.hash < right.hash ? -1 : 1));
}

for (const facts of FAMILIES) {
  const { version, recordBytes } = facts;

  Deno.test(`a whole file of version ${version} is taken whole`, () => {
    fc.assert(fc.property(torrentsOf(facts), (torrents) => {
      const { items, stretches } = salvage(bytesOf(torrents, version), facts);
      assertEquals(items, itemsOf(torrents));
      assertEquals(stretches.map(({ isLost }) => isLost), [false]);
    }));
  });

  Deno.test(`bytes put in or taken out cost the torrents around them, and make up no peer (${version})`, () => {
    const change = fc.record({
      torrents: torrentsOf(facts),
      place: fc.nat(),
      removed: fc.integer({ min: 1, max: 200 }),
      added: fc.option(fc.uint8Array({ minLength: 1, maxLength: 200, max: RECORD_BYTE_MAX })),
    });
    fc.assert(
      fc.property(change, ({ torrents, place, removed, added }) => {
        const bytes = bytesOf(torrents, version);
        const starts = startsOf(torrents, recordBytes);
        const at = HEADER_BYTES + place % (bytes.length - HEADER_BYTES);
        const rest = added === null ? at + removed : at;
        // What is put together again so that the sizes are right is a file like any other, and a hash may be anything.
        fc.pre(added !== null || !areJoined(starts, at, rest));
        fc.pre(!touchesHash(starts, at) && !touchesHash(starts, rest));
        const damaged = Uint8Array.from([...bytes.subarray(0, at), ...added ?? [], ...bytes.subarray(rest)]);
        const { items } = salvage(damaged, facts);
        const truth = new Set(itemsOf(torrents));
        assertEquals(items.filter((item) => !truth.has(item)), []);
        const before = starts.findLastIndex((start) => start <= at);
        // The last torrent before the change may be lost with it.
        const sure = itemsOf(torrents.slice(0, Math.max(0, before - 1)));
        assertEquals(items.slice(0, sure.length), sure);
      }),
      { numRuns: 500 },
    );
  });

  Deno.test(`a byte that is changed costs at most its torrent, and makes up nothing but where it stands (${version})`, () => {
    const change = fc.record({
      torrents: torrentsOf(facts),
      place: fc.nat(),
      difference: fc.integer({ min: 1, max: 255 }),
    });
    fc.assert(
      fc.property(change, ({ torrents, place, difference }) => {
        const bytes = bytesOf(torrents, version);
        const at = HEADER_BYTES + place % (bytes.length - HEADER_BYTES);
        bytes[at] ^= difference;
        const { items } = salvage(bytes, facts);
        const starts = startsOf(torrents, recordBytes);
        const hit = starts.findLastIndex((start) => start <= at);
        const truth = new Set(itemsOf(torrents));
        const foreign = items.filter((item) => !truth.has(item));
        const isInRecord = at - starts[hit] >= HEAD_BYTES;
        if (touchesHash(starts, at)) {
          assert(foreign.every((item) => item.slice(0, 40) === foreign[0].slice(0, 40)));
        } else assert(foreign.length <= (isInRecord ? 1 : 0), `made up: ${foreign}`);
        // All others are there, but for one whose end nothing confirms any more: the end mark or the next base is gone,
        // and one that might begin within the hash of another, by an opcode so close before it.
        const isUnconfirmed = (i: number) =>
          i === hit - 1 && (hit === torrents.length || isInBase(at - starts[hit]));
        const isDoubtful = (i: number) =>
          i === hit + 1 && bytes.subarray(starts[i] - HASH_END + HASH_FIRST, starts[i]).includes(0xfe);
        const expected = itemsOf(torrents.filter((_, i) => i !== hit && !isUnconfirmed(i) && !isDoubtful(i)));
        assertEquals(expected.filter((item) => !items.includes(item)), []);
      }),
      { numRuns: 500 },
    );
  });

  Deno.test(`a file cut anywhere gives the whole torrents before the cut (${version})`, () => {
    fc.assert(
      fc.property(torrentsOf(facts), (torrents) => {
        const bytes = bytesOf(torrents, version);
        const starts = startsOf(torrents, recordBytes);
        for (let size = HEADER_BYTES; size < bytes.length; size++) {
          const whole = starts.findLastIndex((start) => start <= size);
          const { items } = salvage(bytes.slice(0, size), facts);
          const truth = itemsOf(torrents.slice(0, whole));
          assertEquals(items, truth.slice(0, items.length));
          // The last whole torrent is lost where nothing that is left says that it ends there.
          assert(items.length >= itemsOf(torrents.slice(0, Math.max(0, whole - 1))).length, `cut at ${size}`);
        }
      }),
      { numRuns: 10 },
    );
  });
}

Deno.test("a torrent from a time far off costs neither itself nor others", () => {
  const [facts] = FAMILIES;
  const bases = [30_000_000, 0, 30_000_000, 2 ** 33, 30_000_000, 30_000_000, 30_000_000];
  const torrents = bases.map((baseMin, i) => ({
    hash: `0${i}`.repeat(20),
    completed: 1,
    records: ["0a0000011ae10000"],
    baseMin,
  }));
  const bytes = bytesOf(torrents, facts.version);
  assertEquals(salvage(bytes, facts).items, itemsOf(torrents));
  // The opcode of the fifth: what follows is found again though the one before it is far off.
  bytes[startsOf(torrents, facts.recordBytes)[4]] = 0;
  const { items } = salvage(bytes, facts);
  const sure = itemsOf([...torrents.slice(0, 3), ...torrents.slice(5)]);
  assertEquals(items, sure);
  // A flag in the fifth: the one before is good, and far from what follows.
  const flagged = bytesOf(torrents, facts.version);
  flagged[startsOf(torrents, facts.recordBytes)[4] + HEAD_BYTES + 6] = 1;
  assertEquals(salvage(flagged, facts).items, itemsOf(torrents.filter((_, i) => i !== 4)));
});

Deno.test("a torrent whose records are not as they should be is lost, and no other", () => {
  const [facts] = FAMILIES;
  const [lower, upper, seeder] = ["0a0000011ae10000", "0a0000021ae10000", "0a0000031ae18000"];
  const torrent = (digit: string, records: string[], seeders: number) =>
    torrentBytes({ hash: digit.repeat(40), records, seeders });
  const good = ["1", "3", "4"].map((digit) => torrent(digit, [lower, upper, seeder], 1));
  const items = (torrents: string[]) => salvage(fileBytes(torrents), facts).items;
  const expected = items(good);
  for (
    const bad of [
      torrent("2", [lower, upper, seeder], 0),
      torrent("2", [upper, lower, seeder], 1),
      torrent("2", [lower, lower, seeder], 1),
      torrent("2", [lower, "0a0000021ae10100", seeder], 1),
    ]
  ) assertEquals(items(good.toSpliced(1, 0, bad)), expected);
});

Deno.test("behind a damaged stretch a hash is between its neighbours'", () => {
  const [facts] = FAMILIES;
  const torrentsOf = (digits: string) =>
    [...digits].map((digit) => ({ hash: digit.repeat(40), completed: 0, records: ["0a0000011ae10000"] }));
  for (const [digits, found] of [["12056", "156"], ["12756", "156"], ["12356", "1356"]]) {
    const torrents = torrentsOf(digits);
    const bytes = bytesOf(torrents, facts.version);
    bytes[startsOf(torrents, facts.recordBytes)[1] + HEAD_BYTES + 6] = 1;
    assertEquals(salvage(bytes, facts).items, itemsOf(torrentsOf(found)));
  }
});

Deno.test("an opcode within a hash is not where a torrent begins, whatever was put in behind it", () => {
  const [facts] = FAMILIES;
  const torrents = ["11".repeat(20), `${"22".repeat(11)}fe${"22".repeat(8)}`, "33".repeat(20)]
    .map((hash) => ({ hash, completed: 1, records: ["0a0000011ae10000"] }));
  const bytes = bytesOf(torrents, facts.version);
  const at = startsOf(torrents, facts.recordBytes)[1] + HASH_END + 1;
  const damaged = Uint8Array.from([
    ...bytes.subarray(0, at),
    ...new Array(12).fill(0),
    ...bytes.subarray(at),
  ]);
  assertEquals(salvage(damaged, facts).items, itemsOf([torrents[2]]));
});

Deno.test("what reads as zeros is no torrent, and the one before it is whole", () => {
  const [facts] = FAMILIES;
  const torrents = Array.from({ length: 4 }, (_, i) => ({
    hash: `${i + 1}a`.repeat(20),
    completed: 1,
    records: ["0a0000011ae10000"],
  }));
  for (const zeroed of [1, 11, 20, 22]) {
    const bytes = bytesOf(torrents, facts.version);
    const starts = startsOf(torrents, facts.recordBytes);
    bytes.fill(0, starts[1] + zeroed, starts[3]);
    assertEquals(salvage(bytes, facts).items, itemsOf([torrents[0], torrents[3]]), `from ${zeroed} on`);
  }
});

Deno.test("any bytes are gone through without a crash, in stretches that follow each other", () => {
  const [facts] = FAMILIES;
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.constantFrom(
      ...[[0xfe], [0xff], new Array(60).fill(0), new Array(60).fill(0xff)].map((bytes) =>
        Uint8Array.from(bytes)
      ),
    ),
    torrentsOf(facts).map((torrents) => bytesOf(torrents, "").subarray("OPENTRACKER".length)),
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
    const bytes = Uint8Array.from([
      ...fileBytes([]).subarray(0, HEADER_BYTES),
      ...pieces.flatMap((part) => [...part]),
    ]);
    const { stretches } = salvage(bytes, facts);
    let end = HEADER_BYTES;
    for (const stretch of stretches) {
      assertEquals(stretch.start, end);
      assert(stretch.end > stretch.start);
      end = stretch.end;
    }
    assert(end >= bytes.length - 1 && end <= bytes.length);
  }));
});

Deno.test("torrents that overlap without end are given up, not searched through", () => {
  const [{ family, recordBytes }] = FAMILIES;
  // Every 64 bytes a head that claims all that follows up to the end mark, sound but for its seeders: 1 GB to look at.
  const stride = 64, heads = 5000;
  const size = HEADER_BYTES + heads * stride + HEAD_BYTES + 1;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  for (let i = 1; i <= heads; i++) {
    const at = HEADER_BYTES + i * stride;
    const count = (size - 1 - at - HEAD_BYTES) / recordBytes;
    bytes[at] = 0xfe;
    view.setUint32(at + 21, 30_000_000, true);
    view.setUint32(at + 29, Math.min(1, count), true);
    view.setUint32(at + 37, count, true);
    view.setUint32(at + 53, count, true);
  }
  bytes[size - 1] = 0xff;
  let position = 0;
  let readBytes = 0;
  const file = {
    seekSync: (offset: number | bigint) => position = Number(offset),
    readSync(target: Uint8Array) {
      const part = bytes.subarray(position, position + target.length);
      target.set(part);
      position += part.length;
      readBytes += part.length;
      return part.length === 0 ? null : part.length;
    },
  };
  const stretches = [...new Salvager(file, size, family).stretches(HEADER_BYTES)];
  assertEquals(stretches.map(({ isLost }) => isLost), [true]);
  // What is looked at in vain, and as much again as a window holds for each look, are bounded.
  assert(readBytes > 16 * size && readBytes < 200 * size, `${readBytes / size} times the file was read`);
});
