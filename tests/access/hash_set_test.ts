import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { addHash, HashSet, hashSetWords } from "../../src/access/hash_set.ts";
import { createPublished, Published } from "../../src/access/published.ts";
import { readMeanwhile } from "./reader.ts";
import { wordsOf } from "./lists.ts";

const hash = fc.uint8Array({ minLength: 20, maxLength: 20 });

Deno.test("a set has the hashes that were added, however full, and no others", () => {
  fc.assert(
    fc.property(
      fc.array(hash, { maxLength: 600, size: "max" }),
      fc.array(hash, { maxLength: 200 }),
      (members, others) => {
        const buffers = createPublished(hashSetWords(members.length));
        const published = new Published(buffers);
        const words = published.prepare(hashSetWords(members.length));
        const texts = new Set<string>();
        for (const member of members) {
          const isNew = !texts.has(member.toHex());
          assertEquals(addHash(words, published.keys, wordsOf(member), 0), isNew);
          texts.add(member.toHex());
        }
        published.publish();
        const set = new HashSet(buffers);
        for (const asked of [...members, ...others]) {
          assertEquals(set.has(wordsOf(asked), 0), texts.has(asked.toHex()));
        }
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("a hash is taken from where it lies", () => {
  const buffers = createPublished(hashSetWords(10));
  const published = new Published(buffers);
  const two = Uint32Array.from({ length: 10 }, (_, i) => i);
  addHash(published.prepare(hashSetWords(1)), published.keys, two, 5);
  published.publish();
  const set = new HashSet(buffers);
  assertEquals([set.has(two, 0), set.has(two, 5)], [false, true]);
});

Deno.test("more words than were provided for cannot be prepared", () => {
  const published = new Published(createPublished(hashSetWords(1)));
  assertThrows(() => published.prepare(2 ** 20), RangeError);
});

Deno.test("while sets are published on and on, a reader finds what is in all of them and nothing else", async () => {
  const common = wordsOf(crypto.getRandomValues(new Uint8Array(20)));
  const absent = wordsOf(crypto.getRandomValues(new Uint8Array(20)));
  const buffers = createPublished(hashSetWords(10_000));
  const published = new Published(buffers);
  const publishNext = (size: number) => {
    const words = published.prepare(hashSetWords(size));
    for (let i = 1; i < size; i++) {
      addHash(words, published.keys, wordsOf(crypto.getRandomValues(new Uint8Array(20))), 0);
    }
    addHash(words, published.keys, common, 0);
    published.publish();
  };
  publishNext(1);
  // Of very different sizes, so that each takes the place of quite another.
  await readMeanwhile({ kind: "hashes", buffers, common, absent }, () => {
    for (let round = 0; round < 3000; round++) publishNext(1 + round * 7919 % 300);
  });
});
