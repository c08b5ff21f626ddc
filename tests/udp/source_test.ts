import { assertEquals } from "@std/assert";
import { IPV4, IPV6 } from "../../src/peers/mod.ts";
import { Source } from "../../src/udp/source.ts";

/** The source as family, address and port; the address as far as it is meant. */
function describe({ family, address, port }: Source): [number, string, number] {
  return [family, new Uint8Array(address.buffer, 0, family === IPV4 ? 4 : 16).toHex(), port];
}

function fromSocketAddress(hex: string): Source {
  const bytes = new Uint8Array(32);
  bytes.set(Uint8Array.fromHex(hex), 2);
  const source = new Source();
  source.readSocketAddress(new DataView(bytes.buffer), 2);
  return source;
}

function fromText(hostname: string, port: number): Source {
  const source = new Source();
  source.readText(hostname, port);
  return source;
}

Deno.test("Source reads the kernel's socket addresses", () => {
  assertEquals(describe(fromSocketAddress("0200" + "1ae1" + "c0000201")), [IPV4, "c0000201", 6881]);
  assertEquals(
    describe(
      fromSocketAddress("0a00" + "1ae1" + "00000000" + "20010db8000000000000000000000001" + "00000000"),
    ),
    [IPV6, "20010db8000000000000000000000001", 6881],
  );
});

Deno.test("Source reads addresses in text form", () => {
  assertEquals(describe(fromText("192.0.2.1", 6881)), [IPV4, "c0000201", 6881]);
  assertEquals(describe(fromText("2001:db8::1", 6881)), [IPV6, "20010db8000000000000000000000001", 6881]);
});

Deno.test("Source makes an IPv4 address of an IPv4-mapped one, and of no other", () => {
  assertEquals(
    describe(
      fromSocketAddress("0a00" + "1ae1" + "00000000" + "00000000000000000000ffffc0000201" + "00000000"),
    ),
    [IPV4, "c0000201", 6881],
  );
  assertEquals(describe(fromText("::ffff:192.0.2.1", 6881)), [IPV4, "c0000201", 6881]);
  assertEquals(describe(fromText("::192.0.2.1", 6881)), [IPV6, "000000000000000000000000c0000201", 6881]);
  assertEquals(describe(fromText("::fffe:c000:201", 6881)), [IPV6, "00000000000000000000fffec0000201", 6881]);
});

Deno.test("Source has port 0 when the address cannot be read", () => {
  assertEquals(fromSocketAddress("0100" + "1ae1" + "c0000201").port, 0);
  assertEquals(fromText("fe80::1%2", 6881).port, 0);
});

Deno.test("Source forgets the sender before", () => {
  const source = fromText("2001:db8::1", 6881);
  source.readText("192.0.2.1", 80);
  assertEquals(describe(source), [IPV4, "c0000201", 80]);
  source.readText("::1", 81);
  assertEquals(describe(source), [IPV6, "00000000000000000000000000000001", 81]);
});
