import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Ipv4Order, Ipv6Order, type RecordOrder } from "../../src/odb/order.ts";
import { bytesOf, hexOf } from "./helpers.ts";

/** Few different bytes, the highest among them, so that records share beginnings and signs would show. */
const byte = fc.constantFrom(0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff).map((value) =>
  value.toString(16).padStart(2, "0")
);

function records(size: number): fc.Arbitrary<string[]> {
  const record = fc.array(byte, { minLength: size, maxLength: size }).map((bytes) => bytes.join(""));
  return fc.uniqueArray(record, { maxLength: 200 });
}

function sorted(order: RecordOrder, list: string[], size: number, cut: number): string[] {
  const input = bytesOf("ee" + list.join("") + "ee").subarray(1);
  order.sort(input, list.length);
  // In two pieces and at an odd place, as the writer may ask for them.
  const output = new Uint8Array(1 + list.length * size);
  const view = new DataView(output.buffer);
  const middle = Math.min(cut, list.length);
  order.write(view, 1 + middle * size, middle, list.length);
  order.write(view, 1, 0, middle);
  return Array.from(list, (_, i) => hexOf(output.subarray(1 + i * size, 1 + (i + 1) * size)));
}

Deno.test("IPv4 records come in ascending order of their bytes", () => {
  const order = new Ipv4Order();
  fc.assert(fc.property(records(8), fc.nat(200), (list, cut) => {
    assertEquals(sorted(order, list, 8, cut), list.toSorted());
  }));
});

Deno.test("IPv6 records come in ascending order of their bytes", () => {
  const order = new Ipv6Order();
  fc.assert(fc.property(records(20), fc.nat(200), (list, cut) => {
    assertEquals(sorted(order, list, 20, cut), list.toSorted());
  }));
});
