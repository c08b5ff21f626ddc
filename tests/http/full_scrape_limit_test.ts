import { assert, assertEquals } from "@std/assert";
import { createFullScrapeTimes, FullScrapeLimit } from "../../src/http/full_scrape_limit.ts";
import { parseIp } from "../../src/os/mod.ts";
import { IPV4, IPV6 } from "../../src/peers/mod.ts";

const NOW_SEC = 1_800_000_000;

/** Claims a full scrape for an address in text. */
function claim(limit: FullScrapeLimit, text: string, nowSec: number): number {
  const address = parseIp(text)!;
  return limit.claim(address.length === 4 ? IPV4 : IPV6, address, nowSec);
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
  assertEquals(claim(limit, "192.0.2.1", NOW_SEC - 1), 0);
  assertEquals(claim(limit, "192.0.2.1", NOW_SEC), 299);
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
