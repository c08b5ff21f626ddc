import { assert, assertEquals } from "@std/assert";
import { hashAddress, hashHalfwords, hashRecord, hashWords, KEY_WORDS } from "../../src/peers/keyed_hash.ts";

const KEYS = 500;

function randomKeys(): Int32Array {
  return crypto.getRandomValues(new Int32Array(KEY_WORDS));
}

/** Changes of a hash that a hash of multiplied and shifted words does not see, whatever its key. */
const FLIPS = [
  [[0, 1 << 31], [1, 1 << 31 | 1 << 16]],
  [[1, 1 << 31], [2, 1 << 31 | 1 << 18]],
  [[2, 1 << 31], [3, 1 << 31 | 1 << 15]],
  [[3, 1 << 31], [4, 1 << 31 | 1 << 17]],
];

Deno.test("hashWords() has no two inputs that meet under many keys", () => {
  const plain = crypto.getRandomValues(new Uint32Array(5));
  const inputs = FLIPS.map((flips) => {
    const input = plain.slice();
    for (const [word, bits] of flips) input[word] ^= bits;
    return input;
  });
  for (let bit = 0; bit < 160; bit++) {
    const input = plain.slice();
    input[bit >>> 5] ^= 1 << (bit & 31);
    inputs.push(input);
  }
  for (const input of inputs) {
    let meetings = 0;
    for (let i = 0; i < KEYS; i++) {
      const keys = randomKeys();
      if (hashWords(keys, plain, 0) === hashWords(keys, input, 0)) meetings++;
    }
    assert(meetings <= 2, `${meetings} of ${KEYS}`);
  }
});

Deno.test("hashHalfwords() spreads the ports of one address over all slots, whatever the key", () => {
  const SLOTS = 64;
  for (let round = 0; round < 20; round++) {
    const keys = randomKeys();
    const counts = new Uint32Array(SLOTS);
    const peer = Uint16Array.of(0x007f, 0x0100, 0);
    for (let port = 0; port < 0x10000; port++) {
      peer[2] = port;
      counts[(hashHalfwords(keys, peer, 0, 3) >>> 0) % SLOTS]++;
    }
    const most = Math.max(...counts);
    assert(most < 2.5 * 0x10000 / SLOTS, `${most} of ${0x10000 / SLOTS} expected, keys ${keys}`);
  }
});

Deno.test("hashAddress() spreads the addresses of every network, those whose bytes meet the key too", () => {
  const keys = randomKeys();
  const met = (key: number) => [-(key & 0xffff) & 0xffff, (-(key >>> 16) & 0xffff) << 16];
  const [first, second] = [met(keys[0]), met(keys[1])];
  for (const half of [0, 1]) {
    const [hashes, hashes6] = [new Set<number>(), new Set<number>()];
    for (let rest = 0; rest < 0x10000; rest++) {
      const other = half === 0 ? rest << 16 : rest;
      hashes.add(hashAddress(keys, first[half] | other, 0));
      hashes6.add(hashAddress(keys, 0x0120, second[half] | other));
    }
    assert(hashes.size > 0xf000 && hashes6.size > 0xf000, `${hashes.size} ${hashes6.size}, keys ${keys}`);
  }
});

Deno.test("hashWords() and hashHalfwords() read where they are told and nothing else", () => {
  const keys = randomKeys();
  const words = crypto.getRandomValues(new Uint32Array(7));
  assertEquals(hashWords(keys, words, 1), hashWords(keys, words.slice(1, 6), 0));
  const halfwords = crypto.getRandomValues(new Uint16Array(11));
  for (const count of [3, 9]) {
    const alone = hashHalfwords(keys, halfwords.slice(1, 1 + count), 0, count);
    assertEquals(hashHalfwords(keys, halfwords, 1, count), alone);
  }
});

Deno.test("hashRecord() hashes as hashHalfwords() does, from any byte on", () => {
  const keys = randomKeys();
  for (const count of [3, 9]) {
    for (let round = 0; round < 100; round++) {
      const peer = crypto.getRandomValues(new Uint16Array(count));
      const bytes = crypto.getRandomValues(new Uint8Array(2 * count + 5));
      const at = round % 5;
      bytes.set(new Uint8Array(peer.buffer), at);
      const hash = hashRecord(keys, new DataView(bytes.buffer), at, 2 * count - 2);
      assertEquals(hash, hashHalfwords(keys, peer, 0, count));
    }
  }
});
