import { assertEquals, assertThrows } from "@std/assert";
import { decodeUnixAddress, encodeUnixAddress } from "../../src/os/unix_address.ts";

/** The bytes of a text in which each character is one. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

Deno.test("the address of a path is its family, the path and a zero", () => {
  assertEquals(encodeUnixAddress("/run/a"), bytesOf("\x01\0/run/a\0"));
  assertEquals(encodeUnixAddress("/é"), bytesOf("\x01\0/\xc3\xa9\0"));
});

Deno.test("an abstract name has a zero before it and none behind it", () => {
  assertEquals(encodeUnixAddress("@a/b"), bytesOf("\x01\0\0a/b"));
});

Deno.test("a name has 108 bytes at most, with the zero", () => {
  assertEquals(encodeUnixAddress("/".repeat(107)).length, 110);
  assertEquals(encodeUnixAddress(`@${"a".repeat(107)}`).length, 110);
  for (const name of ["/".repeat(108), "/" + "é".repeat(54), `@${"a".repeat(108)}`]) {
    assertThrows(() => encodeUnixAddress(name), TypeError, "too long");
  }
});

Deno.test("addresses are read as they are written, whatever is behind them", () => {
  for (const name of ["/run/a", "/é", "@a/b", "@"]) {
    const address = encodeUnixAddress(name);
    const room = new Uint8Array(110).fill(0x78);
    room.set(address);
    assertEquals(decodeUnixAddress(room, address.length), name);
  }
  assertEquals(decodeUnixAddress(bytesOf("\x01\0xyz"), 2), "");
});
