/**
 * The parts of prom-client that are used. The whole package takes 20 MB and a good part of a start, for clusters, summaries
 * and a process' own metrics.
 *
 * @module
 */

import Counter from "prom-client/lib/counter.js";
import Gauge from "prom-client/lib/gauge.js";
import Registry from "prom-client/lib/registry.js";

export { Counter, Gauge, Registry };
export type { MetricLine, RegisteredMetric } from "prom-client/lib/registry.js";
