import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { NetworkSet } from "../../src/access/networks.ts";
import { type Cidr, maskOf } from "../../src/addresses/mod.ts";
import { createPublished, Published, publishNetworks } from "../../src/access/mod.ts";
import { networkList } from "./lists.ts";
import { readMeanwhile } from "./reader.ts";

/** Few values a byte, so that networks lie within and beside each other. */
const byte = fc.constantFrom(0, 1, 127, 128, 254, 255);

function addresses(bytes: number): fc.Arbitrary<number[]> {
  return fc.array(byte, { minLength: bytes, maxLength: bytes });
}

function networks(bytes: number): fc.Arbitrary<Cidr> {
  return fc.tuple(addresses(bytes), fc.nat(bytes * 8)).map(([address, prefixBits]) => ({
    network: address.map((value, index) => value & maskOf(index, prefixBits)),
    prefixBits,
  }));
}

function isIn(address: number[], { network, prefixBits }: Cidr): boolean {
  return address.length === network.length &&
    network.every((value, index) => (address[index] & maskOf(index, prefixBits)) === value);
}

Deno.test("an address is refused when it is in any of the networks", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(networks(4), networks(16)), { maxLength: 60 }),
      fc.array(fc.oneof(addresses(4), addresses(16)), { maxLength: 60 }),
      (list, asked) => {
        const buffers = createPublished(2000);
        publishNetworks(list, new Published(buffers));
        const set = new NetworkSet(buffers);
        const words = new Uint32Array(4);
        for (const address of [...asked, ...list.map(({ network }) => network)]) {
          new Uint8Array(words.buffer).set(address);
          const expected = list.some((network) => isIn(address, network));
          assertEquals(set.has(address.length === 4 ? 0 : 1, words), expected, `${address}`);
        }
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("the networks of one family say nothing of the other", () => {
  const zero = new Uint32Array(4);
  const set4 = new NetworkSet(networkList(["0.0.0.0/0"]));
  assertEquals([set4.has(0, zero), set4.has(1, zero)], [true, false]);
  const set6 = new NetworkSet(networkList(["::/0"]));
  assertEquals([set6.has(0, zero), set6.has(1, zero)], [false, true]);
});

Deno.test("while networks are published on and on, a reader finds what is in all of them and nothing else", async () => {
  const buffers = createPublished(10_000);
  const published = new Published(buffers);
  const alone = (...network: number[]): Cidr => ({ network, prefixBits: 32 });
  const wordsOf = ({ network }: Cidr) => new Uint32Array(Uint8Array.from(network).buffer);
  const common = alone(192, 0, 2, 1);
  // Others lie around both, so that neither is found by chance.
  const publishNext = (size: number) => {
    const others = Array.from({ length: size }, (_, i) => alone(i % 251, size % 256, i >> 8, 1));
    publishNetworks([common, ...others], published);
  };
  publishNext(1);
  const searched = { buffers, common: wordsOf(common), absent: wordsOf(alone(192, 0, 2, 2)) };
  await readMeanwhile({ kind: "networks", ...searched }, () => {
    for (let round = 0; round < 1000; round++) publishNext(1 + round * 7919 % 300);
  });
});
