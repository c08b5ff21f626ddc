import { assertEquals, assertThrows } from "@std/assert";
import bencode from "bencode";
import fc from "fast-check";
import { BencodeWriter, encodeText } from "../../src/http/bencode.ts";

type Value = number | Uint8Array | Value[] | { [key: string]: Value };

const CAPACITY = 100_000;
/** Bytes behind the capacity that are not the writer's. */
const BEHIND = 32;

function newWriter(capacity = CAPACITY): BencodeWriter {
  return new BencodeWriter(new ArrayBuffer(capacity + BEHIND), capacity);
}

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
      writer.encoded(encodeText(key));
      write(writer, value[key]);
    }
    writer.end();
  }
}

const INTEGERS = [0, 1, 9, 10, 11, 99, 100, 101, 999_999, 1_000_000, 2 ** 32, Number.MAX_SAFE_INTEGER];

for (const integer of INTEGERS) {
  Deno.test(`BencodeWriter.integer() writes ${integer}`, () => {
    const writer = newWriter();
    writer.integer(integer);
    assertEquals(new TextDecoder().decode(writer.document()), `i${integer}e`);
  });
}

Deno.test("BencodeWriter writes strings, lists and dictionaries", () => {
  const writer = newWriter();
  write(writer, { a: [1, new Uint8Array()], b: Uint8Array.of(0x78, 0x79), c: {} });
  assertEquals(new TextDecoder().decode(writer.document()), "d1:ali1e0:e1:b2:xy1:cdee");
});

Deno.test("BencodeWriter.clear() begins a new document", () => {
  const writer = newWriter();
  writer.encoded(encodeText("a long text"));
  writer.clear();
  assertEquals([writer.length, writer.document().length], [0, 0]);
  writer.encoded(encodeText("b"));
  assertEquals(new TextDecoder().decode(writer.document()), "1:b");
});

Deno.test("BencodeWriter.ownBytes() writes what lies behind its capacity", () => {
  const memory = new ArrayBuffer(64);
  new Uint8Array(memory).set([0x78, 0x79, 0x7a], 40);
  const writer = new BencodeWriter(memory, 32);
  writer.beginList();
  writer.ownBytes(40, 43);
  writer.ownBytes(41, 41);
  writer.end();
  assertEquals(new TextDecoder().decode(writer.document()), "l3:xyz0:e");
});

Deno.test("BencodeWriter.document() is what was written, of any length up to the capacity", () => {
  const writer = newWriter();
  for (const length of [0, 1, 4095, 4096, 4097, CAPACITY, 4096, 1]) {
    writer.clear();
    for (let i = 0; i < length; i++) writer.end();
    const document = writer.document();
    assertEquals(document.length, length);
    assertEquals(document.every((byte) => byte === 0x65), true);
  }
});

Deno.test("BencodeWriter.document() refuses what has run over the capacity", () => {
  for (const overrun of [1, BEHIND, BEHIND + 1, 1000]) {
    const writer = newWriter(100);
    for (let i = 0; i < 100 + overrun; i++) writer.end();
    assertThrows(() => writer.document(), RangeError, `A document of ${100 + overrun} bytes, room for 100`);
  }
});

Deno.test("encodeText() counts bytes, not characters", () => {
  assertEquals(encodeText(""), Uint8Array.of(0x30, 0x3a));
  assertEquals(new TextDecoder().decode(encodeText("größer 🌍")), "13:größer 🌍");
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
  const writer = newWriter();
  fc.assert(fc.property(value, (value) => {
    writer.clear();
    write(writer, value);
    assertEquals(writer.document(), new Uint8Array(bencode.encode(value)));
  }));
});
