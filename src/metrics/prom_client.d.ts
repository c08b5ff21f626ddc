/**
 * The parts of prom-client that are in prom_client.js, as far as they are used.
 *
 * @module
 */

/** What every metric is made of. */
export interface MetricConfiguration {
  name: string;
  help: string;
  labelNames: readonly string[];
  /** Where it is registered. */
  registers: Registry[];
}

/** A number that only grows. */
export class Counter {
  constructor(configuration: MetricConfiguration);
  /** Adds `value`, 0 or more, to the series of these labels. */
  inc(labels: Readonly<Record<string, string>>, value: number): void;
}

/** A number that goes up and down. */
export class Gauge {
  constructor(configuration: MetricConfiguration);
  set(labels: Readonly<Record<string, string>>, value: number): void;
}

/** One line of a metric's text. */
export interface MetricLine {
  metricName: string;
  labels: Record<string, string | number>;
  value: number;
}

/** All that a registry asks of a metric when it makes its text. */
export interface RegisteredMetric {
  readonly name: string;
  get(): Promise<{ name: string; help: string; type: string; values: MetricLine[] }>;
}

/** Metrics that are told together. */
export class Registry {
  /** The value of Content-Type for `metrics`. */
  static readonly PROMETHEUS_CONTENT_TYPE: string;
  registerMetric(metric: RegisteredMetric): void;
  /** All of them in Prometheus' text format. */
  metrics(): Promise<string>;
}
