import { assertEquals } from "@std/assert";
import { LOST_AFTER_US, Outstanding, TRANSACTION_IDS } from "../../src/load/outstanding.ts";

Deno.test("an answer settles its request once and tells how long it took", () => {
  const outstanding = new Outstanding();
  const first = outstanding.begin(1000, 1000);
  const second = outstanding.begin(1500, 1500);
  assertEquals(outstanding.count, 2);
  assertEquals(outstanding.settle(second, 1700), 200);
  assertEquals(outstanding.settle(first, 1800), 800);
  assertEquals(outstanding.settle(first, 1900), -1);
  assertEquals([outstanding.count, outstanding.lost], [0, 0]);
});

Deno.test("an id that no request has settles nothing", () => {
  const outstanding = new Outstanding();
  const id = outstanding.begin(1000, 1000);
  for (const other of [id + 1, id + 1000, 2 ** 31 - 1, id + 2 ** 21]) {
    assertEquals(outstanding.settle(other, 2000), -1);
  }
  assertEquals(outstanding.count, 1);
});

Deno.test("what answers something else, by an id that no request can have, settles nothing", () => {
  const outstanding = new Outstanding();
  const id = outstanding.begin(1000, 1000);
  assertEquals(outstanding.settle(id + TRANSACTION_IDS, 2000), -1);
  assertEquals(outstanding.settle(id, 2000), 1000);
});

Deno.test("a request is lost after two seconds, and a later answer to it settles nothing", () => {
  const outstanding = new Outstanding();
  const early = outstanding.begin(1000, 1000);
  const late = outstanding.begin(1001, 1001);
  outstanding.expire(1000 + LOST_AFTER_US - 1);
  assertEquals([outstanding.count, outstanding.lost], [2, 0]);
  outstanding.expire(1000 + LOST_AFTER_US);
  assertEquals([outstanding.count, outstanding.lost], [1, 1]);
  assertEquals(outstanding.settle(early, 3_000_000), -1);
  assertEquals(outstanding.settle(late, 2_000_000), 1_998_999);
});

Deno.test("a request that was sent late is lost two seconds after that, and no sooner", () => {
  const outstanding = new Outstanding();
  const id = outstanding.begin(1000, 5_000_000);
  outstanding.begin(1000, 5_000_000);
  outstanding.expire(5_000_000 + LOST_AFTER_US - 1);
  assertEquals([outstanding.count, outstanding.lost], [2, 0]);
  assertEquals(outstanding.settle(id, 5_001_000), 5_000_000);
  outstanding.expire(5_000_000 + LOST_AFTER_US);
  assertEquals([outstanding.count, outstanding.lost], [0, 1]);
});

Deno.test("one that waits long does not hide the loss of those after it", () => {
  const outstanding = new Outstanding();
  const ids = Array.from({ length: 10 }, (_, index) => outstanding.begin(1000 + index, 1000 + index));
  outstanding.settle(ids[3], 5000);
  outstanding.expire(1000 + LOST_AFTER_US + 100);
  assertEquals([outstanding.count, outstanding.lost], [0, 9]);
});

Deno.test("times may pass 2^32 microseconds", () => {
  const outstanding = new Outstanding();
  const id = outstanding.begin(2 ** 32 - 100, 2 ** 32 - 100);
  outstanding.expire(2 ** 32 + 50);
  assertEquals(outstanding.settle(id, 2 ** 32 + 50.5), 150);
  const lost = outstanding.begin(2 ** 32 - 100, 2 ** 32 - 100);
  outstanding.expire(2 ** 32 - 100 + LOST_AFTER_US);
  assertEquals([outstanding.settle(lost, 2 ** 32), outstanding.lost], [-1, 1]);
});

Deno.test("when more wait than can be told apart, the oldest are lost", () => {
  const outstanding = new Outstanding();
  const first = outstanding.begin(1000, 1000);
  let last = first;
  while (outstanding.lost === 0) last = outstanding.begin(1000, 1000);
  assertEquals(last - first, outstanding.count);
  assertEquals(outstanding.settle(first, 1500), -1);
  assertEquals(outstanding.settle(last, 1500), 500);
});

Deno.test("what the server took is from the handing of a request to the kernel until its answer arrived", () => {
  const outstanding = new Outstanding();
  const first = outstanding.begin(1000, 1000);
  // Handed over late, in two parts, and read late: neither is the server's.
  outstanding.hand(1, 500_000);
  const [second, third] = [outstanding.begin(1000, 1000), outstanding.begin(1000, 1000)];
  outstanding.hand(2, 500_100);
  for (
    const [id, arrivedUs, tookUs] of [[third, 500_130, 30], [first, 500_140, 140], [second, 500_150, 50]]
  ) {
    const latencyUs = outstanding.settle(id, 90_000);
    assertEquals(latencyUs, 89_000);
    assertEquals(outstanding.serverLatencyUs(id, arrivedUs, latencyUs), tookUs);
  }
});

Deno.test("the kernel's times may pass 2^30 microseconds", () => {
  const outstanding = new Outstanding();
  const id = outstanding.begin(1000, 1000);
  outstanding.hand(1, 2 ** 30 - 20);
  assertEquals(outstanding.serverLatencyUs(id, 10, outstanding.settle(id, 2000)), 30);
});

Deno.test("the server never took longer than the loader saw, even where the clock was set", () => {
  const outstanding = new Outstanding();
  for (const arrivedUs of [499_999, 1, 501_001, 100_000_000]) {
    const id = outstanding.begin(1000, 1000);
    outstanding.hand(1, 500_000);
    assertEquals(outstanding.serverLatencyUs(id, arrivedUs, outstanding.settle(id, 2000)), 1000);
  }
});
