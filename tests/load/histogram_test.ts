import { assert, assertEquals } from "@std/assert";
import { emptyHistogram, Histogram } from "../../src/load/histogram.ts";
import { Random } from "../../src/random/mod.ts";

const SHARES = [0, 0.01, 0.5, 0.9, 0.99, 0.999, 1];

Deno.test("percentiles are those of the sorted values, at most a 128th above", () => {
  const random = new Random(7);
  const histogram = new Histogram(emptyHistogram());
  const values: number[] = [];
  for (let i = 0; i < 20_000; i++) {
    const value = random.next() >>> random.below(32);
    values.push(value);
    histogram.add(value);
  }
  values.sort((a, b) => a - b);
  for (const share of SHARES) {
    const exact = values[Math.max(Math.ceil(share * values.length), 1) - 1];
    const told = histogram.percentile(share);
    assert(told >= exact && told <= exact * (1 + 1 / 128), `${share}: ${told} is told for ${exact}`);
  }
  assertEquals(histogram.max, values.at(-1));
});

Deno.test("values below 256 and the largest value are told exactly", () => {
  for (const value of [0, 1, 127, 128, 255, 256, 1_000_003, 2 ** 32 - 1]) {
    const histogram = new Histogram(emptyHistogram());
    histogram.add(value);
    assertEquals(histogram.percentile(0.5), value);
  }
  const histogram = new Histogram(emptyHistogram());
  for (let value = 0; value < 256; value++) histogram.add(value);
  for (let value = 0; value < 256; value++) assertEquals(histogram.percentile((value + 1) / 256), value);
});

Deno.test("a histogram of nothing has the percentile 0", () => {
  const histogram = new Histogram(emptyHistogram());
  assertEquals([histogram.percentile(0.99), histogram.max, histogram.total], [0, 0, 0]);
});

Deno.test("two histograms added are one of all values", () => {
  const [even, odd, all] = [emptyHistogram(), emptyHistogram(), emptyHistogram()];
  for (let value = 0; value < 5000; value += 3) {
    new Histogram(value % 2 === 0 ? even : odd).add(value);
    new Histogram(all).add(value);
  }
  new Histogram(even).addAll(odd);
  assertEquals(even, all);
  assertEquals(new Histogram(even).total, Math.ceil(5000 / 3));
});
