import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { BUFFER_BYTES, ChunkReader } from "../../src/odb/chunk_reader.ts";
import { Random } from "../../src/random/mod.ts";
import { temporaryFolder } from "./helpers.ts";

/** More than the buffer holds. */
const SIZE = BUFFER_BYTES + 2 ** 20 + 7;

Deno.test("a file is read whole in pieces of any size, and its observer is given each byte once", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/file`;
  const words = new Uint32Array(Math.ceil(SIZE / 4));
  const random = new Random(1);
  for (let i = 0; i < words.length; i++) words[i] = random.next();
  const content = new Uint8Array(words.buffer, 0, SIZE);
  Deno.writeFileSync(path, content);
  const piece = fc.oneof(fc.nat(100), fc.nat(2 ** 20), fc.constant(BUFFER_BYTES));
  const property = fc.property(fc.array(piece, { maxLength: 40, size: "max" }), (pieces) => {
    let seen = 0;
    using file = Deno.openSync(path);
    const reader = new ChunkReader(file, SIZE, (bytes) => {
      assert(isSame(bytes, content.subarray(seen, seen + bytes.length)), `observed from ${seen} on`);
      seen += bytes.length;
    });
    let offset = 0;
    for (const size of pieces) {
      assertEquals([reader.offset, reader.left], [offset, SIZE - offset]);
      const elsewhere = Math.max(SIZE - offset - 1, 0);
      assertEquals(reader.peek(elsewhere), content[elsewhere]);
      if (size > SIZE - offset) {
        assertEquals(reader.fill(size), false);
        continue;
      }
      assert(reader.fill(size));
      const bytes = reader.bytes.subarray(reader.at, reader.at + size);
      assert(isSame(bytes, content.subarray(offset, offset + size)), `${size} bytes from ${offset} on`);
      reader.at += size;
      offset += size;
      assert(seen >= offset);
    }
    reader.skipRest();
    assertEquals([reader.offset, reader.left, seen, reader.peek(SIZE)], [SIZE, 0, SIZE, -1]);
  });
  const whole = [2 ** 20, 7, BUFFER_BYTES];
  fc.assert(property, { numRuns: 10, examples: [[whole]] });
});

Deno.test("as many whole pieces are given as are there, at least one", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/file`;
  // Somebody may have added to the file since its size was asked for.
  Deno.writeFileSync(path, new Uint8Array(1_100_000));
  using file = Deno.openSync(path);
  const reader = new ChunkReader(file, 1_000_003);
  let pieces = 0;
  for (let count = reader.fillSome(10, 7); count > 0; count = reader.fillSome(10, 1_000_000)) {
    if (pieces === 0) assertEquals(count, 7);
    reader.at += count * 10;
    pieces += count;
  }
  assertEquals([pieces, reader.left], [100_000, 3]);
});

Deno.test("a file that somebody cuts while it is read has no more bytes", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/file`;
  Deno.writeFileSync(path, new Uint8Array(2_000_000));
  using file = Deno.openSync(path);
  const reader = new ChunkReader(file, 2_000_000);
  assert(reader.fill(10));
  Deno.truncateSync(path, 1_500_000);
  assert(reader.fill(1_500_000));
  assertEquals(reader.fill(1_500_001), false);
  assertEquals(reader.left, 2_000_000);
});

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}
