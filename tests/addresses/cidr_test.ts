import { assertEquals } from "@std/assert";
import { maskOf, parseCidr } from "../../src/addresses/mod.ts";

/** What a network's text is read as: its bytes in hexadecimal, and its prefix. */
const NETWORKS: Record<string, string> = {
  "127.0.0.1": "7f000001/32",
  "10.0.0.0/8": "0a000000/8",
  "0.0.0.0/0": "00000000/0",
  "255.255.255.255/32": "ffffffff/32",
  "192.168.128.0/17": "c0a88000/17",
  "192.0.2.2/31": "c0000202/31",
  "::/0": "00000000000000000000000000000000/0",
  "::1": "00000000000000000000000000000001/128",
  "2001:DB8::/32": "20010db8000000000000000000000000/32",
  "fd00::/8": "fd000000000000000000000000000000/8",
  "1:2:3:4:5:6:7:8": "00010002000300040005000600070008/128",
  "1:2:3:4:5:6:7:8000/113": "00010002000300040005000600078000/113",
  "1::8": "00010000000000000000000000000008/128",
  // IPv4 in the form of IPv6 is IPv4, as clients' addresses are; a network of more than IPv4 stays IPv6.
  "::ffff:10.0.0.0/104": "0a000000/8",
  "::ffff:127.0.0.1": "7f000001/32",
  "::ffff:0:0/96": "00000000/0",
  "::ffff:0:0/95": "refused",
  "::fffe:0:0/95": "00000000000000000000fffe00000000/95",
};

for (const [text, network] of Object.entries(NETWORKS)) {
  Deno.test(`the network ${text}`, () => {
    const cidr = parseCidr(text);
    assertEquals(
      cidr === null ? "refused" : `${Uint8Array.from(cidr.network).toHex()}/${cidr.prefixBits}`,
      network,
    );
  });
}

const NO_NETWORKS = [
  "",
  "/8",
  "localhost",
  "10.0.0.0/",
  "10.0.0.0/33",
  "10.0.0.0/-1",
  "10.0.0.0/08",
  "10.0.0.0/8/8",
  "10.0.0.0/255.0.0.0",
  "10.0.0.0 /8",
  "10/8",
  "10.0.0.1/8",
  "192.0.2.3/31",
  "010.0.0.0/8",
  "::/129",
  "::1/127",
  "[::1]",
  "[::1]/128",
  "fe80::1%eth0",
  "1:2:3:4:5:6:7:8001/113",
  "12345::/16",
  "::1::/128",
];

for (const text of NO_NETWORKS) {
  Deno.test(`${JSON.stringify(text)} is no network`, () => assertEquals(parseCidr(text), null));
}

Deno.test("a mask has the prefix' bits of each byte", () => {
  const masks = (prefixBits: number) => [0, 1, 2, 3].map((index) => maskOf(index, prefixBits));
  assertEquals(masks(0), [0, 0, 0, 0]);
  assertEquals(masks(1), [0x80, 0, 0, 0]);
  assertEquals(masks(8), [0xff, 0, 0, 0]);
  assertEquals(masks(23), [0xff, 0xff, 0xfe, 0]);
  assertEquals(masks(32), [0xff, 0xff, 0xff, 0xff]);
});
