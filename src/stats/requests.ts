/** Counts of requests, out of rows of counters, and how fast they grow. @module */

import { COUNTER, httpErrorsOf, udpErrorsOf } from "./counters.ts";
import type { RateReport, RequestReport } from "./snapshot.ts";

/** What a row has counted. */
export function requestsOf(row: Float64Array): RequestReport {
  return {
    udpConnects: row[COUNTER.udpConnects],
    udpAnnounces: row[COUNTER.udpAnnounces],
    udpScrapes: row[COUNTER.udpScrapes],
    udpErrors: sumOf(udpErrorsOf(row)),
    udpDropped: row[COUNTER.udpDropped],
    httpConnections: row[COUNTER.httpConnections],
    httpAnnounces: row[COUNTER.httpAnnounces],
    httpScrapes: row[COUNTER.httpScrapes],
    httpFullScrapes: row[COUNTER.httpFullScrapes],
    httpFullScrapeBytes: row[COUNTER.httpFullScrapeBytes],
    httpErrors: sumOf(httpErrorsOf(row)),
    completed: row[COUNTER.completed],
  };
}

/** How much each count grew in a second, from one moment to another `elapsedSec` later; 0 where no time has passed. */
export function ratesBetween(before: RequestReport, after: RequestReport, elapsedSec: number): RateReport {
  const rates = { ...after };
  for (const name of Object.keys(rates) as (keyof RequestReport)[]) {
    rates[name] = elapsedSec > 0 ? (after[name] - before[name]) / elapsedSec : 0;
  }
  return rates;
}

function sumOf(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
