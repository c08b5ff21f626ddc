import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { GATHER_MAX_US, gatherUs } from "../../src/udp/gathering.ts";

Deno.test("datagrams gather until about eight are there, at the rate at which they came", () => {
  assertEquals([gatherUs(1, 10), gatherUs(4, 40), gatherUs(7, 280)], [80, 80, 320]);
});

Deno.test("nothing waits longer than the bound", () => {
  assertEquals([gatherUs(1, 100), gatherUs(2, 400)], [GATHER_MAX_US, GATHER_MAX_US]);
});

Deno.test("nobody sleeps when many came, none, or too few to be worth it", () => {
  assertEquals([gatherUs(8, 50), gatherUs(64, 50), gatherUs(0, 50)], [0, 0, 0]);
  assertEquals([gatherUs(1, 201), gatherUs(1, 2 ** 30 - 1), gatherUs(3, 601)], [0, 0, 0]);
});

Deno.test("a pause is a whole number of microseconds within its bounds, and gathers more than came", () => {
  fc.assert(fc.property(fc.nat(64), fc.nat(2 ** 30 - 1), (count, elapsedUs) => {
    const pauseUs = gatherUs(count, elapsedUs);
    assert(Number.isInteger(pauseUs) && pauseUs >= 0 && pauseUs <= GATHER_MAX_US);
    // Two datagrams at least come in a pause that goes on at the rate before it.
    if (pauseUs === GATHER_MAX_US) assert(pauseUs * count >= 2 * elapsedUs);
  }));
});
