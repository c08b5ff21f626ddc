import { assertEquals } from "@std/assert";
import { AnnounceBudget, createBudgets } from "../../src/access/announce_budget.ts";
import { type Family, IPV4, IPV6 } from "../../src/peers/mod.ts";

const A = Uint32Array.of(0x0100007f, 0, 0, 0);
const B = Uint32Array.of(0x0200007f, 0, 0, 0);

/** Two threads' views of the buckets of one rule, 3 announces in 60 seconds, by a clock that the test sets. */
function newBudget(startMs: number) {
  const clock = { ms: startMs };
  const buckets = createBudgets();
  const [one, other] = [0, 1].map(() => {
    const budget = new AnnounceBudget(buckets, { count: 3, seconds: 60 }, () => clock.ms | 0);
    return {
      claim(family: Family, address: Uint32Array): number {
        budget.readClock();
        return budget.claim(family, address);
      },
    };
  });
  return { clock, one, other };
}

// The second start goes past the end of signed numbers, and the third past that of the unsigned.
for (const startMs of [0, 2 ** 31 - 30_000, 2 ** 32 - 30_000]) {
  Deno.test(`an address has its announces at once, and then one at a time, from ${startMs} ms on`, () => {
    const { clock, one, other } = newBudget(startMs);
    assertEquals([one.claim(IPV4, A), other.claim(IPV4, A), one.claim(IPV4, A)], [0, 0, 0]);
    assertEquals([one.claim(IPV4, A), other.claim(IPV4, A)], [20_000, 20_000]);
    assertEquals(one.claim(IPV4, B), 0);
    clock.ms += 19_999;
    assertEquals(one.claim(IPV4, A), 1);
    clock.ms += 1;
    assertEquals([one.claim(IPV4, A), one.claim(IPV4, A)], [0, 20_000]);
    clock.ms += 60_000;
    assertEquals([one.claim(IPV4, A), one.claim(IPV4, A), one.claim(IPV4, A)], [0, 0, 0]);
    assertEquals(one.claim(IPV4, A), 20_000);
  });
}

Deno.test("a bucket holds no more than is full, and a clock set back by hours keeps nobody out", () => {
  const { clock, one } = newBudget(1_000_000_000);
  one.claim(IPV4, A);
  clock.ms += 10_000_000;
  assertEquals([one.claim(IPV4, A), one.claim(IPV4, A), one.claim(IPV4, A)], [0, 0, 0]);
  assertEquals(one.claim(IPV4, A), 20_000);
  clock.ms -= 10_000_000;
  assertEquals(one.claim(IPV4, A), 0);
});

Deno.test("IPv6 addresses share the budget of their /64, and none with IPv4", () => {
  const { one } = newBudget(0);
  const inOne64 = [1, 2, 3, 4].map((last) => Uint32Array.of(0xb80d0120, 0, 0, last));
  assertEquals(inOne64.map((address) => one.claim(IPV6, address) > 0), [false, false, false, true]);
  assertEquals(one.claim(IPV6, Uint32Array.of(0xb80d0120, 1, 0, 1)), 0);
  assertEquals(one.claim(IPV4, A), 0);
});

Deno.test("threads that read the clock apart keep one budget", () => {
  const buckets = createBudgets();
  const [ahead, behind] = [1001, 1000].map((ms) => {
    const budget = new AnnounceBudget(buckets, { count: 3, seconds: 60 }, () => ms);
    budget.readClock();
    return budget;
  });
  assertEquals([1, 2, 3].map(() => ahead.claim(IPV4, A)), [0, 0, 0]);
  assertEquals(behind.claim(IPV4, A), 20_001);
  assertEquals(ahead.claim(IPV4, A), 20_000);
});

Deno.test("no number of IPv6 networks keeps out an IPv4 address", () => {
  const budget = new AnnounceBudget(createBudgets(), { count: 1, seconds: 60 }, () => 1);
  budget.readClock();
  for (let i = 0; i < 2 ** 21; i++) budget.claim(IPV6, Uint32Array.of(0xb80d0120, i));
  for (let i = 0; i < 20; i++) {
    assertEquals(budget.claim(IPV4, crypto.getRandomValues(new Uint32Array(1))), 0);
  }
});
