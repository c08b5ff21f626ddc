import { assertEquals } from "@std/assert";
import { Digest } from "../../src/odb/digest.ts";
import { xxh64 } from "../xxh64.ts";

const encoder = new TextEncoder();

/** As `xxh64sum` of xxHash 0.8.1 prints them; the algorithm takes 32 bytes at a time. */
const KNOWN: [text: string, digest: string][] = [
  ["", "ef46db3751d8e999"],
  ["a", "d24ec4f1a98c6e5b"],
  ["a".repeat(31), "fe47067cda802916"],
  ["a".repeat(32), "856e843298f99ad7"],
  ["a".repeat(33), "18f3ff0c21e3b24b"],
  ["a".repeat(100), "375041e8b1decfb3"],
  // One that begins with zeros.
  ["363", "005cff848095736d"],
];

function digestOf(bytes: Uint8Array, pieceBytes: number): Digest {
  const digest = new Digest();
  for (let at = 0; at < bytes.length; at += pieceBytes) digest.update(bytes.subarray(at, at + pieceBytes));
  return digest;
}

Deno.test("digests are XXH64, whatever the pieces", () => {
  for (const [text, digest] of KNOWN) {
    const bytes = encoder.encode(text);
    assertEquals(xxh64(bytes), digest);
    for (const pieceBytes of [1, 7, 32, 100]) {
      assertEquals(digestOf(bytes, pieceBytes).finish(), { size: bytes.length, digest });
    }
  }
});

Deno.test("digests that are made at the same time keep out of one another", () => {
  const [small, large] = [encoder.encode("a".repeat(33)), new Uint8Array(3 * 2 ** 20).fill(7)];
  const first = digestOf(small, 10);
  const second = digestOf(large, 2 ** 20);
  assertEquals(first.finish(), { size: small.length, digest: xxh64(small) });
  assertEquals(second.finish(), { size: large.length, digest: xxh64(large) });
});
