import { assertEquals } from "@std/assert";
import bencode from "bencode";
import fc from "fast-check";
import { BencodeWriter } from "../../src/http/bencode.ts";

type Value = number | Uint8Array | Value[] | { [key: string]: Value };

/** Writes any value, the keys of dictionaries in order. */
function write(writer: BencodeWriter, value: Value): void {
  if (typeof value === "number") {
    writer.integer(value);
  } else if (value instanceof Uint8Array) {
    // From amid other bytes, as the handler takes them.
    const padded = Uint8Array.of(1, ...value, 2);
    writer.bytes(padded, 1, padded.length - 1);
  } else if (Array.isArray(value)) {
    writer.beginList();
    for (const item of value) write(writer, item);
    writer.end();
  } else {
    writer.beginDictionary();
    for (const key of Object.keys(value).sort()) {
      writer.text(key);
      write(writer, value[key]);
    }
    writer.end();
  }
}

const INTEGERS = [0, 1, 9, 10, 11, 99, 100, 101, 999_999, 1_000_000, 2 ** 32, Number.MAX_SAFE_INTEGER];

for (const integer of INTEGERS) {
  Deno.test(`BencodeWriter.integer() writes ${integer}`, () => {
    const writer = new BencodeWriter();
    writer.integer(integer);
    assertEquals(new TextDecoder().decode(writer.document()), `i${integer}e`);
  });
}

Deno.test("BencodeWriter writes strings, lists and dictionaries", () => {
  const writer = new BencodeWriter();
  write(writer, { a: [1, new Uint8Array()], b: Uint8Array.of(0x78, 0x79), c: {} });
  assertEquals(new TextDecoder().decode(writer.document()), "d1:ali1e0:e1:b2:xy1:cdee");
});

Deno.test("BencodeWriter.clear() begins a new document", () => {
  const writer = new BencodeWriter();
  writer.text("a long text");
  writer.clear();
  assertEquals(writer.document().length, 0);
  writer.text("b");
  assertEquals(new TextDecoder().decode(writer.document()), "1:b");
});

Deno.test("BencodeWriter grows with its document", () => {
  const writer = new BencodeWriter();
  const bytes = crypto.getRandomValues(new Uint8Array(50_000));
  writer.beginList();
  for (let i = 0; i < 4; i++) writer.bytes(bytes, 0, bytes.length);
  for (let i = 0; i < 5000; i++) writer.text("x");
  writer.end();
  const texts = Array.from({ length: 5000 }, () => Uint8Array.of(0x78));
  assertEquals(bencode.decode(writer.document()), [bytes, bytes, bytes, bytes, ...texts]);
});

Deno.test("BencodeWriter writes what an independent writer writes", () => {
  const key = fc.string({ unit: fc.constantFrom(..."abcxyz _09") });
  const { value } = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.maxSafeNat(),
      fc.uint8Array({ maxLength: 300 }),
      fc.array(tie("value")),
      fc.dictionary(key, tie("value"), { noNullPrototype: true }),
    ),
  }));
  const writer = new BencodeWriter();
  fc.assert(fc.property(value, (value) => {
    writer.clear();
    write(writer, value);
    assertEquals(writer.document(), new Uint8Array(bencode.encode(value)));
  }));
});
