import { assert, assertEquals } from "@std/assert";
import { Histogram } from "../../src/load/histogram.ts";
import { Random } from "../../src/random/mod.ts";

const SHARES = [0, 0.01, 0.5, 0.9, 0.99, 0.999, 1];

Deno.test("percentiles are those of the sorted values, at most a 128th above", () => {
  const random = new Random(7);
  const histogram = new Histogram();
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
    const histogram = new Histogram();
    histogram.add(value);
    assertEquals(histogram.percentile(0.5), value);
  }
  const histogram = new Histogram();
  for (let value = 0; value < 256; value++) histogram.add(value);
  for (let value = 0; value < 256; value++) assertEquals(histogram.percentile((value + 1) / 256), value);
});

Deno.test("a histogram of nothing has the percentile 0", () => {
  assertEquals(new Histogram().percentile(0.99), 0);
});

Deno.test("two histograms added are one of all values", () => {
  const parts = [new Histogram(), new Histogram()];
  const whole = new Histogram();
  for (let value = 0; value < 5000; value += 3) {
    parts[value % 2].add(value);
    whole.add(value);
  }
  parts[0].addAll(parts[1]);
  assertEquals(parts[0].counts, whole.counts);
  assertEquals(parts[0].max, whole.max);
});
