import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { formatIp, formatIpInto, IP_TEXT_BYTES_MAX } from "../../src/os/mod.ts";

/** Writes the address with text around it; nothing but the address's own place may change. */
function formatAmid(address: Uint8Array): string {
  const source = Uint8Array.of(1, 2, 3, ...address, 4);
  const target = new Uint8Array(IP_TEXT_BYTES_MAX + 10).fill(0x2e);
  const end = formatIpInto(source, 3, address.length, target, 5);
  assert(end - 5 <= IP_TEXT_BYTES_MAX);
  const text = new TextDecoder().decode(target);
  assertEquals([text.slice(0, 5), text.slice(end)], [".....", ".".repeat(target.length - end)]);
  return text.slice(5, end);
}

/** RFC 5952, section 4, done on texts. */
function formatSlowly(address: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => (address[2 * i] << 8 | address[2 * i + 1]).toString(16));
  const text = groups.join(":");
  const runs = [...text.matchAll(/(?<![0-9a-f])0(:0)+(?![0-9a-f])/g)];
  if (runs.length === 0) return text;
  const longest = runs.reduce((best, run) => run[0].length > best[0].length ? run : best);
  const before = text.slice(0, longest.index).replace(/:$/, "");
  return `${before}::${text.slice(longest.index + longest[0].length).replace(/^:/, "")}`;
}

Deno.test("formatIpInto() writes IPv4 addresses", () => {
  const byte = fc.oneof(
    fc.constantFrom(0, 9, 10, 99, 100, 101, 199, 200, 255),
    fc.integer({ min: 0, max: 255 }),
  );
  fc.assert(fc.property(fc.array(byte, { minLength: 4, maxLength: 4 }), (bytes) => {
    assertEquals(formatAmid(Uint8Array.from(bytes)), bytes.join("."));
  }));
});

Deno.test("formatIpInto() writes IPv6 addresses as a slow writer does", () => {
  const group = fc.oneof(
    { arbitrary: fc.constant(0), weight: 3 },
    fc.constantFrom(1, 0x10, 0x100, 0xabc, 0xffff),
  );
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
      const address = Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
      const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
      fc.pre(!isMapped);
      assertEquals(formatAmid(address), formatSlowly(address));
      assertEquals(formatIp(address, 0, 16), formatSlowly(address));
    }),
    { numRuns: 3000 },
  );
});

Deno.test("formatIpInto() writes the longest addresses of each kind", () => {
  assertEquals(formatAmid(Uint8Array.of(255, 255, 255, 255)), "255.255.255.255");
  assertEquals(formatAmid(new Uint8Array(16).fill(0xff)).length, IP_TEXT_BYTES_MAX);
  const mapped = Uint8Array.of(...new Uint8Array(10), 255, 255, 255, 255, 255, 255);
  assertEquals(formatAmid(mapped), "::ffff:255.255.255.255");
});
