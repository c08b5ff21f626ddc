import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { BUFFER_BYTES } from "../../src/odb/chunk_reader.ts";
import { loadOdb, saveOdb } from "../../src/odb/mod.ts";
import { IPV4, IPV6, restorePeers, restoreTorrent, tableStats } from "../../src/peers/mod.ts";
import { contentsOf, hexOf, smallTable, tableOf, temporaryFolder, type Torrent } from "./helpers.ts";

const REFERENCE = new URL("../vectors/reference.odb", import.meta.url);
const REFERENCE_CONTENTS = new URL("../vectors/reference.json", import.meta.url);

/** reference.json: what the implementation that wrote reference.odb had in memory. */
interface ReferenceContents {
  torrents: {
    info_hash: string;
    completed: number;
    peers: { ip: string; port: number; flags: number; minutes: number }[];
  }[];
}

Deno.test("a file of the reference implementation loads whole and is saved again the same", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  const reference = Deno.readFileSync(REFERENCE);
  Deno.writeFileSync(path, reference);
  const table = smallTable();
  const { state, damage, warnings } = loadOdb(table, path).ipv4;
  assertEquals([state, damage, warnings], ["whole", null, []]);
  const { torrents }: ReferenceContents = JSON.parse(Deno.readTextFileSync(REFERENCE_CONTENTS));
  assertEquals(
    contentsOf(table),
    torrents.map(({ info_hash, completed, peers }) => ({
      hash: info_hash,
      completed,
      records4: peers.map(({ ip, port, flags, minutes }) =>
        hexOf(Uint8Array.from([...ip.split(".").map(Number), port >> 8, port & 0xff, flags, minutes]))
      ).sort(),
      records6: [],
    })),
  );
  saveOdb(table, path);
  // Only the bases differ: they say when the file was saved.
  assertEquals(hexOf(withoutBases(Deno.readFileSync(path))), hexOf(withoutBases(reference)));
});

function withoutBases(bytes: Uint8Array): Uint8Array {
  const result = bytes.slice();
  const view = new DataView(bytes.buffer);
  for (let at = 15; bytes[at] === 0xfe; at += 57 + 8 * view.getUint32(at + 53, true)) {
    result.fill(0, at + 21, at + 29);
  }
  return result;
}

const torrents = fc.uniqueArray(
  fc.record({
    hash: hexadecimal(20),
    completed: fc.oneof(fc.constant(0), fc.nat(100), fc.constantFrom(2 ** 31, 2 ** 32 - 1)),
    records4: records(4),
    records6: records(16),
  }),
  { selector: ({ hash }) => hash, maxLength: 20 },
).map((list) => list.toSorted((left, right) => left.hash < right.hash ? -1 : 1));

function records(addressBytes: number): fc.Arbitrary<string[]> {
  const record = fc.tuple(
    hexadecimal(addressBytes),
    fc.integer({ min: 1, max: 65535 }).map((port) => port.toString(16).padStart(4, "0")),
    fc.nat(15).map((flags) => (flags << 4).toString(16).padStart(2, "0")),
    fc.nat(240).map((age) => age.toString(16).padStart(2, "0")),
  );
  return fc.uniqueArray(record, { selector: ([address, port]) => address + port, maxLength: 40 })
    .map((list) => list.map((fields) => fields.join("")).sort());
}

function hexadecimal(size: number): fc.Arbitrary<string> {
  return fc.uint8Array({ minLength: size, maxLength: size }).map(hexOf);
}

/** What a table holds after the torrent went through a file. */
function restored(torrent: Torrent): Torrent {
  const flagged = (list: string[]): number =>
    list.filter((record) => (parseInt(record.at(-4)!, 16) & 4) !== 0).length;
  return {
    ...torrent,
    completed: Math.max(torrent.completed, flagged(torrent.records4), flagged(torrent.records6)),
  };
}

Deno.test("any table comes back from its files", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  fc.assert(
    fc.property(torrents, (list) => {
      saveOdb(tableOf(list), path);
      const table = smallTable();
      const { ipv4, ipv6 } = loadOdb(table, path);
      assertEquals([ipv4.damage, ipv6.damage, ipv4.warnings, ipv6.warnings], [null, null, [], []]);
      const kept = list.map(restored).filter(({ completed, records4, records6 }) =>
        completed + records4.length + records6.length > 0
      );
      assertEquals(contentsOf(table), kept);
    }),
    { numRuns: 60 },
  );
});

Deno.test("files and torrents larger than the buffers come back", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  const table = smallTable(2_000_000, 100_000);
  const hash = new Uint32Array(5);
  const fill = (number: number, family: typeof IPV4 | typeof IPV6, count: number): void => {
    hash.fill(Math.imul(number, 0x9e3779b1));
    restorePeers(table, restoreTorrent(table, hash, 0, number), family, manyRecords(family, count), 0, count);
  };
  for (let number = 1; number <= 20_000; number++) fill(number, number % 2 === 0 ? IPV4 : IPV6, number % 40);
  fill(20_001, IPV4, Math.ceil(BUFFER_BYTES / 8) + 12_345);
  fill(20_002, IPV6, Math.ceil(BUFFER_BYTES / 20) + 12_345);
  saveOdb(table, path);
  const again = smallTable(2_000_000, 100_000);
  const { ipv4, ipv6 } = loadOdb(again, path);
  assertEquals([ipv4.damage, ipv6.damage], [null, null]);
  assertEquals(ipv4.peers + ipv6.peers, tableStats(table).peers);
  assertEquals(tableStats(again).seeders, tableStats(table).seeders);
  const second = `${folder.path}/second.odb`;
  saveOdb(again, second);
  for (const suffix of ["", "6"]) {
    assert(
      sameBytes(Deno.readFileSync(path + suffix), Deno.readFileSync(second + suffix)),
      `the file${suffix} differs`,
    );
  }
});

/** Records of different peers, in no order. */
function manyRecords(family: typeof IPV4 | typeof IPV6, count: number): Uint8Array {
  const size = family === IPV4 ? 8 : 20;
  const bytes = new Uint8Array(count * size);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) {
    view.setUint32(i * size, Math.imul(i, 0x85ebca6b));
    view.setUint32((i + 1) * size - 4, 0x1ae10000 | (i & 1) << 15 | i % 45);
  }
  return bytes;
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}
