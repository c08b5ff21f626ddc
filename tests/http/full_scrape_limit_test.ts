import { assert, assertEquals } from "@std/assert";
import { createFullScrapeTimes, FullScrapeLimit, giveBackTurn } from "../../src/http/full_scrape_limit.ts";
import { parseIp } from "../../src/os/mod.ts";
import { IPV4, IPV6 } from "../../src/peers/mod.ts";

const NOW_SEC = 1_800_000_000;

/** Claims a full scrape for an address in text. */
function claim(limit: FullScrapeLimit, text: string, nowSec: number, takes = true): number {
  const address = parseIp(text)!;
  return limit.claim(address.length === 4 ? IPV4 : IPV6, address, nowSec, takes);
}

/** Does `act` as another thread might: between the next reading of shared memory and what is done upon it. */
function afterNextRead(act: () => void): void {
  const { load } = Atomics;
  const loadAndAct = (words: Uint32Array, index: number): number => {
    Atomics.load = load;
    const value = load(words, index);
    act();
    return value;
  };
  Atomics.load = loadAndAct as typeof load;
}

Deno.test("an address waits until its interval is over", () => {
  const limit = new FullScrapeLimit(createFullScrapeTimes(), 300);
  assertEquals(claim(limit, "192.0.2.1", NOW_SEC), 0);
  assertEquals(claim(limit, "192.0.2.1", NOW_SEC), 300);
  assertEquals(claim(limit, "192.0.2.1", NOW_SEC + 1), 299);
  assertEquals(claim(limit, "192.0.2.1", NOW_SEC + 299), 1);
  assertEquals(claim(limit, "192.0.2.1", NOW_SEC + 300), 0);
  assertEquals(claim(limit, "192.0.2.1", NOW_SEC + 599), 1);
});

Deno.test("all threads keep one limit", () => {
  const times = createFullScrapeTimes();
  assertEquals(claim(new FullScrapeLimit(times, 300), "2001:db8::1", NOW_SEC), 0);
  assertEquals(claim(new FullScrapeLimit(times, 300), "2001:db8::1", NOW_SEC + 100), 200);
});

Deno.test("the addresses of one /64 network are one", () => {
  const limit = new FullScrapeLimit(createFullScrapeTimes(), 300);
  assertEquals(claim(limit, "2001:db8:1:2:3:4:5:6", NOW_SEC), 0);
  assertEquals(claim(limit, "2001:db8:1:2::1", NOW_SEC), 300);
});

Deno.test("nobody waits when the clock was set back", () => {
  const limit = new FullScrapeLimit(createFullScrapeTimes(), 300);
  assertEquals(claim(limit, "192.0.2.1", NOW_SEC), 0);
  assertEquals(claim(limit, "192.0.2.1", NOW_SEC - 2), 0);
  assertEquals(claim(limit, "192.0.2.1", NOW_SEC), 298);
});

Deno.test("who only asks takes no turn", () => {
  const limit = new FullScrapeLimit(createFullScrapeTimes(), 300);
  assertEquals([claim(limit, "192.0.2.1", NOW_SEC, false), limit.turn], [0, null]);
  assertEquals(claim(limit, "192.0.2.1", NOW_SEC), 0);
  assert(limit.turn !== null);
  assertEquals([claim(limit, "192.0.2.1", NOW_SEC, false), limit.turn], [300, null]);
});

Deno.test("a turn that is given back is there again, but not the next one", () => {
  const limit = new FullScrapeLimit(createFullScrapeTimes(), 300);
  assertEquals(claim(limit, "192.0.2.1", NOW_SEC), 0);
  const { turn } = limit;
  giveBackTurn(turn);
  assertEquals(claim(limit, "192.0.2.1", NOW_SEC + 1), 0);
  giveBackTurn(turn);
  assertEquals(claim(limit, "192.0.2.1", NOW_SEC + 1), 300);
});

Deno.test("of threads that claim at the same moment one takes the turn", () => {
  for (const laterSec of [0, 1]) {
    const times = createFullScrapeTimes();
    const slow = new FullScrapeLimit(times, 300), fast = new FullScrapeLimit(times, 300);
    afterNextRead(() => assertEquals(claim(fast, "192.0.2.1", NOW_SEC + laterSec), 0));
    assertEquals([claim(slow, "192.0.2.1", NOW_SEC), slow.turn], [300 + laterSec, null]);
  }
});

Deno.test("a turn that another thread gives back at the same moment can be taken", () => {
  const times = createFullScrapeTimes();
  const slow = new FullScrapeLimit(times, 300), fast = new FullScrapeLimit(times, 300);
  assertEquals(claim(slow, "192.0.2.1", NOW_SEC), 0);
  afterNextRead(() => {
    assertEquals(claim(fast, "192.0.2.1", NOW_SEC + 300), 0);
    giveBackTurn(fast.turn);
  });
  assertEquals(claim(slow, "192.0.2.1", NOW_SEC + 300), 0);
  assertEquals(claim(fast, "192.0.2.1", NOW_SEC + 300), 300);
});

Deno.test("few addresses wait for others, and not the same ones in every run", () => {
  const waiting = [1, 2].map(() => {
    const limit = new FullScrapeLimit(createFullScrapeTimes(), 300);
    const addresses = Array.from(
      { length: 6000 },
      (_, i) => i % 2 === 0 ? `10.0.${i >> 8}.${i & 0xff}` : `2001:db8:0:${i.toString(16)}::1`,
    );
    return addresses.filter((address) => claim(limit, address, NOW_SEC) > 0).join();
  });
  // 6000 addresses in 65536 places: 262 on the average, and 400 is more than eight deviations above.
  assert(waiting.every((addresses) => addresses.split(",").length < 400), waiting.join(" and "));
  assert(waiting[0] !== waiting[1], "the same ones");
});
