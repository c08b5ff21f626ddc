import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { formatIp, isMappedIpv4, parseIp, parseIpBytes, parseIpInto } from "../../src/os/mod.ts";

function hex(bytes: Uint8Array | null): string | null {
  return bytes && bytes.toHex();
}

Deno.test("parseIp() reads IPv4 literals", () => {
  assertEquals(hex(parseIp("0.0.0.0")), "00000000");
  assertEquals(hex(parseIp("192.0.2.1")), "c0000201");
  assertEquals(hex(parseIp("255.255.255.255")), "ffffffff");
});

Deno.test("parseIp() reads IPv6 literals", () => {
  const cases = {
    "::": "00000000000000000000000000000000",
    "::1": "00000000000000000000000000000001",
    "1::": "00010000000000000000000000000000",
    "2001:db8::1": "20010db8000000000000000000000001",
    "2001:DB8:0:0:8:800:200C:417A": "20010db80000000000080800200c417a",
    "1:2:3:4:5:6:7::": "00010002000300040005000600070000",
    "::2:3:4:5:6:7:8": "00000002000300040005000600070008",
    "1:2:3:4:5:6:7:8": "00010002000300040005000600070008",
    "::ffff:192.0.2.1": "00000000000000000000ffffc0000201",
    "::192.0.2.1": "000000000000000000000000c0000201",
    "1:2:3:4:5:6:192.0.2.1": "000100020003000400050006c0000201",
    "64:ff9b::192.0.2.1": "0064ff9b0000000000000000c0000201",
  };
  for (const [text, bytes] of Object.entries(cases)) assertEquals(hex(parseIp(text)), bytes, text);
});

Deno.test("parseIp() refuses what is no IP literal", () => {
  const texts = [
    "",
    "1",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.",
    ".1.2.3",
    "1..2.3",
    "256.0.0.1",
    "1.2.3.04",
    "1.2.3.4 ",
    "a.b.c.d",
  ];
  texts.push("1.2.3.-4", "0x1.2.3.4", "localhost", "1.2.3.4:5");
  texts.push(
    ":",
    ":::",
    "1:::2",
    "1::2::3",
    ":1::",
    "1:",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "::1:",
    "12345::",
    "g::",
  );
  texts.push(
    "1:2:3:4:5:6:7::8",
    "00001::",
    "::1.2.3",
    "::1.2.3.4:5",
    "1:2:3:4:5:6:7:1.2.3.4",
    "[::1]",
    "fe80::1%eth0",
    " ::1",
  );
  for (const text of texts) assertEquals(parseIp(text), null, JSON.stringify(text));
});

Deno.test("parseIp() refuses letters that only look like an address when cut to a byte", () => {
  assertEquals(parseIp("\u0131.2.3.4"), null);
  assertEquals(parseIp("\u013a:1"), null);
  assertEquals(parseIp("\u{1f431}.2.3.4"), null);
});

Deno.test("parseIpBytes() reads its part of the text and nothing beside it", () => {
  const text = new TextEncoder().encode("91.2.3.49:2001:db8::5:6");
  const target = new Uint8Array(16);
  const read = (start: number, end: number) =>
    target.subarray(0, parseIpBytes(text, start, end, target, 0)).toHex();
  assertEquals(read(0, 9), "5b020331");
  assertEquals(read(1, 8), "01020304");
  assertEquals(read(10, 21), "20010db8000000000000000000000005");
  assertEquals(read(10, 23), "20010db8000000000000000000050006");
  assertEquals(read(18, 21), "00000000000000000000000000000005");
  assertEquals(read(3, 3), "");
  assertEquals(read(1, 7), "");
  assertEquals(read(0, 10), "");
});

Deno.test("parseIpInto() writes the bytes at the offset and none after them", () => {
  const target = new Uint8Array(20).fill(0xaa);
  assertEquals(parseIpInto("10.0.0.1", target, 2), 4);
  assertEquals(target.subarray(0, 7).toHex(), "aaaa0a000001aa");
  target.fill(0xaa);
  assertEquals(parseIpInto("2001:db8::5:1", target, 2), 16);
  assertEquals(target.toHex(), "aaaa" + "20010db8000000000000000000050001" + "aaaa");
});

Deno.test("formatIp() writes the canonical form of RFC 5952", () => {
  const cases = {
    "::": "::",
    "::1": "::1",
    "1::": "1::",
    "2001:0DB8:0:0:1:0:0:1": "2001:db8::1:0:0:1",
    "2001:db8:0:1:1:1:1:1": "2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1": "2001:0:0:1::1",
    "::ffff:1.2.3.4": "::ffff:1.2.3.4",
    "0:0:1::": "0:0:1::",
  };
  for (const [text, canonical] of Object.entries(cases)) {
    assertEquals(formatIp(parseIp(text)!, 0, 16), canonical, text);
  }
  assertEquals(formatIp(Uint8Array.of(9, 192, 0, 2, 1), 1, 4), "192.0.2.1");
});

Deno.test("formatIp() and parseIp() are inverse", () => {
  const addresses = fc.uint8Array({ minLength: 4, maxLength: 4 });
  // Many zero groups, so that gaps come at every place.
  const group = fc.oneof(fc.constant([0, 0]), fc.tuple(fc.nat(255), fc.nat(255)));
  const addresses6 = fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) =>
    Uint8Array.from(groups.flat())
  );
  fc.assert(fc.property(fc.oneof(addresses, addresses6), (bytes) => {
    assertEquals(hex(parseIp(formatIp(bytes, 0, bytes.length))), bytes.toHex());
  }));
});

Deno.test("isMappedIpv4() knows an IPv4-mapped address", () => {
  assertEquals(isMappedIpv4(parseIp("::ffff:1.2.3.4")!, 0), true);
  assertEquals(isMappedIpv4(parseIp("::1.2.3.4")!, 0), false);
  assertEquals(isMappedIpv4(parseIp("1::ffff:1.2.3.4")!, 0), false);
});
