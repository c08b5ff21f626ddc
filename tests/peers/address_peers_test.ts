// The bound on peers of one address, against a plain count.
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  announce,
  AnnounceRequest,
  COMPACT_BYTES,
  EVENT_NONE,
  EVENT_STOPPED,
  type Family,
  IPV4,
  IPV6,
  RECORD_BYTES,
  restorePeers,
  restoreTorrent,
  tableStats,
  WholeRestore,
} from "../../src/peers/mod.ts";
import { newAnswer, newTable } from "./model.ts";

const MAX = 3;

const request = new AnnounceRequest();
const answer = newAnswer();

/** A peer of an address; that of IPv6 is any in the /64 of that number. */
function compactOf(family: Family, address: number, port: number): Uint8Array<ArrayBuffer> {
  const compact = new Uint8Array(COMPACT_BYTES[family]);
  const view = new DataView(compact.buffer);
  view.setUint32(family === IPV4 ? 0 : 4, 1 + address);
  if (family === IPV6) crypto.getRandomValues(compact.subarray(8, 12));
  if (family === IPV6) view.setUint32(12, port);
  view.setUint16(compact.length - 2, port);
  return compact;
}

const step = fc.record({
  // Few and many, so that the torrent has directories and some addresses come again and again.
  address: fc.oneof(fc.nat(5), fc.nat(150)),
  port: fc.integer({ min: 1, max: 6 }),
  family: fc.constantFrom<Family>(IPV4, IPV4, IPV4, IPV6),
  seeding: fc.boolean(),
  event: fc.constantFrom(EVENT_NONE, EVENT_NONE, EVENT_NONE, EVENT_STOPPED),
});

Deno.test("a torrent keeps so many peers of an address and no more, small and large", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 1500, size: "max" }), (steps) => {
      const table = newTable({ peerIds: true, maxPeersPerAddress: MAX });
      /** By family and address: the peers that are to be there, by port. */
      const model = new Map<string, Map<number, Uint8Array<ArrayBuffer>>>();
      for (const { address, port, family, seeding, event } of steps) {
        const key = `${family} ${address}`;
        const ports = model.get(key) ?? new Map<number, Uint8Array<ArrayBuffer>>();
        model.set(key, ports);
        const isKnown = ports.has(port);
        const compact = ports.get(port) ?? compactOf(family, address, port);
        request.peer = new Uint16Array(compact.buffer);
        Object.assign(request, { family, seeding, event, wanted4: 20, wanted6: 20 });
        announce(table, request, answer);
        if (event === EVENT_STOPPED) ports.delete(port);
        else if (isKnown || ports.size < MAX) ports.set(port, compact);
        assertEquals(answer.stored, event === EVENT_STOPPED || ports.has(port));
        const peers = [...model.values()].reduce((sum, { size }) => sum + size, 0);
        if (event !== EVENT_STOPPED) assertEquals(answer.seeders + answer.leechers, peers);
        assertEquals(tableStats(table).peers, peers);
      }
      assertEquals(tableStats(table).rejectedFull, 0);
    }),
    { numRuns: 15 },
  );
});

Deno.test("without a bound an address has as many peers as it likes", () => {
  const table = newTable({ maxPeersPerAddress: 0 });
  for (let port = 1; port <= 5000; port++) {
    request.peer = new Uint16Array(compactOf(IPV4, 1, port).buffer);
    Object.assign(request, { family: IPV4, event: EVENT_NONE, wanted4: 0, wanted6: 0 });
    announce(table, request, answer);
    assert(answer.stored);
  }
  assertEquals(tableStats(table).peers, 5000);
});

Deno.test("a bound holds over a restart with fewer than before, which is no want of room", () => {
  const table = newTable({ maxPeers: 40 * MAX, maxPeersPerAddress: MAX });
  const records = new Uint8Array(400 * RECORD_BYTES[IPV4]);
  for (let i = 0; i < 400; i++) records.set(compactOf(IPV4, i % 40, 1 + i), i * RECORD_BYTES[IPV4]);
  const slot = restoreTorrent(table, Uint32Array.of(1, 2, 3, 4, 5), 0, 0);
  assertEquals(restorePeers(table, slot, IPV4, records, 0, 400), 40 * MAX);
  assertEquals([tableStats(table).peers, table.restoreRefused], [40 * MAX, 0]);
});

Deno.test("peers are taken whole only when none of their addresses has more than the bound", () => {
  for (const family of [IPV4, IPV6] as const) {
    for (
      const [counts, isTaken] of [[[MAX, 1, MAX], true], [[1, MAX + 1], false], [
        [MAX + 1, 1],
        false,
      ]] as const
    ) {
      const table = newTable({ maxPeers: 1000, maxPeersPerAddress: MAX });
      const compacts = counts.flatMap((count, address) =>
        Array.from({ length: count }, (_, port) => compactOf(family, address, port + 1).toHex())
      );
      const bytes = Uint8Array.fromHex(compacts.sort().map((compact) => `${compact}0000`).join(""));
      const slot = restoreTorrent(table, Uint32Array.of(1, 2, 3, 4, 5), 0, 0);
      const whole = new WholeRestore(table, family);
      assertEquals(whole.restore(slot, new DataView(bytes.buffer), 0, compacts.length), isTaken);
      assertEquals(tableStats(table).peers, isTaken ? compacts.length : 0);
    }
  }
});

Deno.test("a bound out of range is refused", () => {
  for (const bad of [-1, 1.5, 1001, NaN]) {
    assertThrows(
      () => newTable({ maxPeersPerAddress: bad }),
      RangeError,
      `maxPeersPerAddress must be 1 to 1000: ${bad}`,
    );
  }
});
