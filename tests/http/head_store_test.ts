import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { HEAD_BYTES_MAX } from "../../src/http/head.ts";
import { HeadStore } from "../../src/http/head_store.ts";

const SLOTS = 200;

Deno.test("HeadStore keeps for each slot what was last kept for it", () => {
  const change = fc.record({
    slot: fc.nat(SLOTS - 1),
    length: fc.constantFrom(0, 1, 100, HEAD_BYTES_MAX - 1, HEAD_BYTES_MAX),
    byte: fc.integer({ min: 1, max: 255 }),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 400 }), (changes) => {
      const store = new HeadStore(SLOTS);
      const model = new Map<number, Uint8Array>();
      for (const { slot, length, byte } of changes) {
        const bytes = new Uint8Array(HEAD_BYTES_MAX + 2).fill(byte, 1, 1 + length);
        store.keep(slot, bytes, 1, 1 + length);
        model.set(slot, bytes.slice(1, 1 + length));
      }
      for (let slot = 0; slot < SLOTS; slot++) {
        const kept = model.get(slot) ?? new Uint8Array();
        assertEquals(store.length(slot), kept.length);
        if (kept.length === 0) continue;
        const target = new Uint8Array(HEAD_BYTES_MAX + 10);
        store.copyBefore(slot, target, HEAD_BYTES_MAX + 5);
        const expected = new Uint8Array(HEAD_BYTES_MAX + 10);
        expected.set(kept, HEAD_BYTES_MAX + 5 - kept.length);
        assertEquals(target.toHex() === expected.toHex(), true);
      }
    }),
    { numRuns: 20 },
  );
});
