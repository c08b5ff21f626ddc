import { assert, assertEquals } from "@std/assert";
import { SpreadInterval } from "../../src/udp/interval.ts";

Deno.test("SpreadInterval stays within 10 % and goes everywhere in it", () => {
  for (const [intervalSec, shortest, longest] of [[1800, 1620, 1980], [60, 54, 66], [19, 18, 20]]) {
    const interval = new SpreadInterval(intervalSec, 12345);
    const seen = new Set<number>();
    for (let i = 0; i < 20_000; i++) seen.add(interval.next());
    assertEquals(Math.min(...seen), shortest);
    assertEquals(Math.max(...seen), longest);
    assertEquals(seen.size, longest - shortest + 1);
  }
});

Deno.test("SpreadInterval leaves a very short interval as it is", () => {
  const interval = new SpreadInterval(9, 1);
  for (let i = 0; i < 100; i++) assertEquals(interval.next(), 9);
});

Deno.test("SpreadInterval repeats itself from the same seed, and takes 0 for one", () => {
  for (const seed of [0, 1, -1, 2 ** 31, 2 ** 32]) {
    const [one, other] = [new SpreadInterval(1800, seed), new SpreadInterval(1800, seed)];
    const values = Array.from({ length: 100 }, () => one.next());
    assertEquals(values, Array.from({ length: 100 }, () => other.next()));
    assert(new Set(values).size > 50);
  }
});
