/** The page for Prometheus (`/metrics`). @module */

import type { ReportDocument, ReportSource } from "../stats/mod.ts";
import { durationHistogram } from "./duration_histogram.ts";
import { FAMILIES } from "./families.ts";
import { Counter, Gauge, Registry } from "./prom_client.ts";

/** The documents of this folder: the metrics in Prometheus' text format, version 0.0.4. */
export const METRICS_DOCUMENTS: readonly ReportDocument[] = [
  {
    target: "/metrics",
    contentType: Registry.PROMETHEUS_CONTENT_TYPE,
    headers: "",
    needsTop: false,
    render: renderMetrics,
  },
];

/** The metrics are made anew from each snapshot, so nothing of an older one can be left in them. */
async function renderMetrics({ snapshot }: ReportSource): Promise<string> {
  const registry = new Registry();
  for (const { type, name, help, labelNames, samples } of FAMILIES) {
    const about = { name, help, labelNames, registers: [registry] };
    if (type === "counter") {
      const counter = new Counter(about);
      for (const [labels, value] of samples(snapshot)) counter.inc(labels, value);
    } else {
      const gauge = new Gauge(about);
      for (const [labels, value] of samples(snapshot)) gauge.set(labels, value);
    }
  }
  registry.registerMetric(durationHistogram(snapshot));
  return await registry.metrics();
}
