import { assertEquals } from "@std/assert";
import { httpErrorsOf, renewalsOf, udpErrorsOf } from "../../src/stats/counters.ts";
import { LATENCY_VALUES, latencyOf } from "../../src/stats/latency.ts";
import {
  countAnnounce,
  COUNTER,
  counterRow,
  countLatency,
  createCounters,
  HTTP_ERRORS,
  HTTP_LATENCY,
  httpErrorCounter,
  KEPT_COUNTERS,
  RENEWAL_COUNTS,
  requestsOf,
  sumCounters,
  SUPERVISOR_ROW,
  UDP_ERRORS,
  UDP_LATENCY,
  udpErrorCounter,
} from "../../src/stats/mod.ts";

/** Where each thing that is counted lies in a row, but for the renewals. */
const PLACES = [
  ...Object.values(COUNTER),
  ...UDP_ERRORS.map(udpErrorCounter),
  ...HTTP_ERRORS.map(httpErrorCounter),
  ...Array.from({ length: LATENCY_VALUES }, (_, index) => UDP_LATENCY + index),
  ...Array.from({ length: LATENCY_VALUES }, (_, index) => HTTP_LATENCY + index),
];

function newRow(): Float64Array {
  return counterRow(createCounters(1), 0);
}

Deno.test("rows of counters do not meet in a cache line, and no counter is out of its row", () => {
  const counters = createCounters(2);
  const rows = [SUPERVISOR_ROW, 0, 1].map((index) => counterRow(counters, index));
  for (const row of rows) {
    assertEquals([row.byteOffset % 64, row.byteLength % 64], [0, 0]);
    for (const index of PLACES) row[index] += 1;
  }
  for (const index of PLACES) assertEquals(sumCounters(counters)[index], rows.length);
  assertEquals(renewalsOf(sumCounters(counters)), new Array(RENEWAL_COUNTS).fill(0));
});

Deno.test("what is counted has a place of its own", () => {
  assertEquals(new Set(PLACES).size, PLACES.length);
});

Deno.test("errors are the sum of their causes", () => {
  const row = newRow();
  UDP_ERRORS.forEach((cause, index) => row[udpErrorCounter(cause)] = 10 ** index);
  HTTP_ERRORS.forEach((cause, index) => row[httpErrorCounter(cause)] = 1 + index);
  assertEquals(requestsOf(row).udpErrors, 11_111_111_111);
  assertEquals(requestsOf(row).httpErrors, HTTP_ERRORS.length * (HTTP_ERRORS.length + 1) / 2);
  assertEquals(Object.keys(udpErrorsOf(row)), [...UDP_ERRORS]);
  assertEquals(udpErrorsOf(row).bad_connection_id, 100_000);
  assertEquals(Object.values(httpErrorsOf(row)), HTTP_ERRORS.map((_, index) => 1 + index));
});

Deno.test("an announce is counted with the age of the one before it and with its completion", () => {
  const row = newRow();
  countAnnounce(row, COUNTER.udpAnnounces, -1, false);
  countAnnounce(row, COUNTER.udpAnnounces, 0, true);
  countAnnounce(row, COUNTER.httpAnnounces, 44, false);
  for (const minutes of [45, 46, 255]) countAnnounce(row, COUNTER.httpAnnounces, minutes, false);
  const { udpAnnounces, httpAnnounces, completed } = requestsOf(row);
  assertEquals([udpAnnounces, httpAnnounces, completed], [2, 4, 1]);
  const renewals = renewalsOf(row);
  assertEquals(renewals.length, RENEWAL_COUNTS);
  assertEquals(renewals.flatMap((count, minutes) => count === 0 ? [] : [[minutes, count]]), [
    [0, 1],
    [44, 1],
    [45, 3],
  ]);
});

Deno.test("latencies fall into classes whose bounds belong to them", () => {
  const row = newRow();
  const { boundsUs } = latencyOf(row, UDP_LATENCY);
  countLatency(row, UDP_LATENCY, 0, 1);
  for (const boundUs of boundsUs) {
    countLatency(row, UDP_LATENCY, boundUs, 10);
    countLatency(row, UDP_LATENCY, boundUs + 1, 100);
  }
  const { counts, sumUs } = latencyOf(row, UDP_LATENCY);
  assertEquals(counts, [11, ...boundsUs.slice(1).map(() => 110), 100]);
  assertEquals(sumUs, boundsUs.reduce((sum, boundUs) => sum + 110 * boundUs + 100, 0));
  assertEquals(latencyOf(row, HTTP_LATENCY).sumUs, 0);
});

Deno.test("all counts of requests go on over a restart, and nothing else does", () => {
  assertEquals([...KEPT_COUNTERS.keys()].slice(0, 10), [
    "udpConnects",
    "udpAnnounces",
    "udpScrapes",
    "httpAnnounces",
    "httpScrapes",
    "httpFullScrapes",
    "httpFullScrapeBytes",
    "httpConnections",
    "completed",
    "udpDropped",
  ]);
  assertEquals(KEPT_COUNTERS.size, 10 + UDP_ERRORS.length + HTTP_ERRORS.length);
  const row = newRow();
  for (const index of KEPT_COUNTERS.values()) row[index] = 1;
  for (const [name, count] of Object.entries(requestsOf(row))) {
    const expected = { udpErrors: UDP_ERRORS.length, httpErrors: HTTP_ERRORS.length }[name] ?? 1;
    assertEquals(count, expected, name);
  }
});
