import { assert, assertEquals } from "@std/assert";
import { emptyHistogram, Histogram, type HistogramData } from "../../src/load/histogram.ts";
import { formatResult, type LoadResult, type Measurement, summarize } from "../../src/load/report.ts";
import { emptyTally, sumTallies, type Tally } from "../../src/load/tally.ts";

function histogramOf(...values: number[]): HistogramData {
  const data = emptyHistogram();
  const histogram = new Histogram(data);
  for (const value of values) histogram.add(value);
  return data;
}

const LOAD: Tally = {
  latencies: histogramOf(10, 20, 30, 200),
  delays: histogramOf(0, 0, 0, 0, 5, 40),
  serverLatencies: histogramOf(8, 9, 10, 11),
  sent: 6,
  announces: 3,
  scrapes: 1,
  errors: 1,
  lost: 1,
  dropped: 0,
  connects: 2,
  peers: 100,
  elapsedUs: 2_000_000,
};
const FILL: Tally = { ...emptyTally(), sent: 12, announces: 11, lost: 1, connects: 64, elapsedUs: 500_000 };

const MEASUREMENT: Measurement = {
  target: "udp://127.0.0.1:6969",
  fill: FILL,
  load: LOAD,
  loaderCpu: { userUs: 4, systemUs: 6 },
  server: {
    cpu: { userUs: 2, systemUs: 9 },
    residentBytesBeforeFill: 1_000_000,
    residentBytesAfterFill: 3_500_000,
  },
};

const RESULT: LoadResult = {
  target: "udp://127.0.0.1:6969",
  seconds: 2,
  requests_per_s: 2,
  sent: 6,
  answered: 4,
  announces: 3,
  scrapes: 1,
  connects: 2,
  lost: 1,
  dropped: 0,
  errors: 1,
  peers_per_answer: 33.33,
  latency_us: { p50: 20, p90: 200, p99: 200, p999: 200, max: 200 },
  delay_us: { p50: 0, p90: 40, p99: 40, p999: 40, max: 40 },
  server_latency_us: { p50: 9, p90: 11, p99: 11, p999: 11, max: 11 },
  loader: { user_us_per_answer: 1, system_us_per_answer: 1.5, cpu_us_per_answer: 2.5 },
  fill: { sent: 12, answered: 11, connects: 64, lost: 1, errors: 0, seconds: 0.5 },
  server: {
    user_us_per_answer: 0.5,
    system_us_per_answer: 2.25,
    cpu_us_per_answer: 2.75,
    rss_before_fill: 1_000_000,
    rss_after_fill: 3_500_000,
  },
};

Deno.test("a measurement is summarized", () => {
  assertEquals(summarize(MEASUREMENT), RESULT);
  const bare = summarize({ ...MEASUREMENT, fill: null, server: null });
  assertEquals(bare, { ...RESULT, fill: null, server: null });
});

Deno.test("what the server took is left out where no arrival was told, not zero", () => {
  const result = summarize({ ...MEASUREMENT, load: { ...LOAD, serverLatencies: emptyHistogram() } });
  assertEquals(result, { ...RESULT, server_latency_us: null });
  assertEquals(formatResult(result), formatResult(RESULT).replace(/^at server .*\n/m, ""));
});

Deno.test("a load without any answer has no rates, and no division by zero", () => {
  const result = summarize({ ...MEASUREMENT, load: { ...emptyTally(), sent: 5, lost: 5 } });
  assertEquals(
    [result.requests_per_s, result.peers_per_answer, result.loader.cpu_us_per_answer, result.latency_us.p99],
    [0, 0, 0, 0],
  );
});

Deno.test("the text says what the JSON says", () => {
  assertEquals(
    formatResult({ ...RESULT, sent: 1234567 }).split("\n"),
    [
      "udp://127.0.0.1:6969: 2 requests/s for 2 s",
      "fill       11 peers in 0.5 s, lost 1, errors 0",
      "requests   sent 1 234 567, answered 4, lost 1, errors 1",
      "answers    33.33 peers on average",
      "latency    50 % 20 µs, 90 % 200 µs, 99 % 200 µs, 99.9 % 200 µs, longest 200 µs",
      "of it late 50 % 0 µs, 90 % 40 µs, 99 % 40 µs, 99.9 % 40 µs, longest 40 µs",
      "at server  50 % 9 µs, 90 % 11 µs, 99 % 11 µs, 99.9 % 11 µs, longest 11 µs",
      "loader     2.5 µs of processor time an answer (user 1, system 1.5)",
      "server     2.75 µs of processor time an answer (user 0.5, system 2.25)",
      "memory     1.0 MB, after the fill 3.5 MB",
      "",
    ],
  );
});

Deno.test("what the loader itself dropped is told where there was any", () => {
  const result = summarize({
    ...MEASUREMENT,
    load: sumTallies([{ ...LOAD, dropped: 1100 }, { ...LOAD, dropped: 17 }]),
  });
  assertEquals(result.dropped, 1117);
  assert(formatResult(result).includes("\ndropped    1 117 datagrams by the loader's own receive buffers\n"));
});

Deno.test("tallies of threads add up, but for the time", () => {
  const sum = sumTallies([LOAD, FILL]);
  assertEquals(
    [sum.sent, sum.announces, sum.scrapes, sum.errors, sum.lost, sum.connects, sum.peers, sum.elapsedUs],
    [18, 14, 1, 1, 2, 66, 100, 2_000_000],
  );
  assertEquals(
    [sum.latencies, sum.delays, sum.serverLatencies],
    [LOAD.latencies, LOAD.delays, LOAD.serverLatencies],
  );
});
