// What is counted record by record.
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { AgeCounts } from "../../src/odb_tools/age_counts.ts";
import { RecordCheck } from "../../src/odb_tools/record_check.ts";
import { bytesOf } from "./helpers.ts";

const IPV4 = 0;

Deno.test("ages are those of the peers, sorted", () => {
  fc.assert(fc.property(fc.array(fc.nat(255), { minLength: 1 }), (ages) => {
    const counts = new AgeCounts();
    for (const age of ages) counts.add(age);
    const sorted = ages.toSorted((left, right) => left - right);
    const notExceededBy = (share: number) => sorted[Math.ceil(share * sorted.length) - 1];
    assertEquals(counts.summary(), {
      least: sorted[0],
      median: notExceededBy(0.5),
      p90: notExceededBy(0.9),
      greatest: sorted[sorted.length - 1],
    });
  }));
  assertEquals(new AgeCounts().summary(), null);
});

Deno.test("records are judged alike whatever pieces they come in", () => {
  const record = fc.constantFrom(
    "0a00000100000000",
    "0a0000011ae18000",
    "0a0000021ae10100",
    "0a0000021ae1c000",
  );
  const pieces = fc.array(fc.array(record, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });
  const judge = (pieces: string[][]) => {
    const check = new RecordCheck(IPV4);
    check.begin();
    for (const piece of pieces) check.add(bytesOf(piece.join("")), 0, piece.length);
    const { records, seeders, disordered, repeated, portless, unknownFlags } = check;
    return { records, seeders, disordered, repeated, portless, unknownFlags };
  };
  fc.assert(fc.property(pieces, (pieces) => {
    const records = pieces.flat();
    const peers = records.map((record) => record.slice(0, 12));
    const count = (isCounted: (record: string, i: number) => boolean) => records.filter(isCounted).length;
    assertEquals(judge(pieces), {
      records: records.length,
      seeders: count((record) => parseInt(record.slice(12, 14), 16) >= 0x80),
      disordered: count((_, i) => i > 0 && peers[i] < peers[i - 1]),
      repeated: count((_, i) => i > 0 && peers[i] === peers[i - 1]),
      portless: count((record) => record.slice(8, 12) === "0000"),
      unknownFlags: count((record) => record[13] !== "0"),
    });
  }));
});
