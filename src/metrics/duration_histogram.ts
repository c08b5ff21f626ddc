/** How long requests take, as a histogram of Prometheus. @module */

import type { LatencyReport, StatsSnapshot } from "../stats/mod.ts";
import type { MetricLine, RegisteredMetric } from "./prom_client.ts";

const NAME = "tracker_request_duration_seconds";
const HELP = "How long requests take, from their arrival in the program to their answer's departure.";
const US_PER_SEC = 1_000_000;

/**
 * The histogram as it is in `snapshot`. It is none of prom-client's own, which have to be shown every value: here they were
 * counted long before, by the workers.
 */
export function durationHistogram({ udpLatency, httpLatency }: StatsSnapshot): RegisteredMetric {
  const values = [...linesOf("udp", udpLatency), ...linesOf("http", httpLatency)];
  return { name: NAME, get: () => Promise.resolve({ name: NAME, help: HELP, type: "histogram", values }) };
}

/** The text has, for each bound, how many were at most that, and no count of those between two bounds. */
function linesOf(protocol: string, { boundsUs, counts, sumUs }: LatencyReport): MetricLine[] {
  let total = 0;
  const buckets = counts.map((count, i) => {
    const le = i < boundsUs.length ? boundsUs[i] / US_PER_SEC : "+Inf";
    return { metricName: `${NAME}_bucket`, labels: { le, protocol }, value: total += count };
  });
  return [
    ...buckets,
    { metricName: `${NAME}_sum`, labels: { protocol }, value: sumUs / US_PER_SEC },
    { metricName: `${NAME}_count`, labels: { protocol }, value: total },
  ];
}
