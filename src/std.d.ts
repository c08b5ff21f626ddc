declare module "@std/cli/parse-args" {
  /** As used here: every flag is collected, so that each is an array in the result. */
  export function parseArgs(args: string[], options: {
    string: string[];
    boolean: string[];
    collect: string[];
    alias: Record<string, string | string[]>;
    unknown: (arg: string, flag?: string) => boolean;
  }): Record<string, (string | boolean)[]>;
}

declare module "@std/streams/text-line-stream" {
  /** Text in chunks to its lines, without their ends LF or CRLF. */
  export class TextLineStream extends TransformStream<string, string> {}
}

declare module "@std/toml/parse" {
  /** Throws a SyntaxError whose message begins `Parse error on line N, column N: `. */
  export function parse(text: string): Record<string, unknown>;
}

declare module "@std/toml/stringify" {
  export function stringify(table: Record<string, unknown>): string;
}

declare module "@std/yaml/parse" {
  export function parse(text: string): unknown;
}

declare module "@std/text/levenshtein-distance" {
  export function levenshteinDistance(a: string, b: string): number;
}

declare module "@std/assert" {
  export function assert(condition: unknown, message?: string): asserts condition;
  export function assertEquals<T>(actual: T, expected: T, message?: string): void;
  export function assertThrows<E extends Error>(
    run: () => unknown,
    ErrorClass: new (...args: never[]) => E,
    messageIncludes?: string,
  ): E;
  export function assertRejects<E extends Error>(
    run: () => Promise<unknown>,
    ErrorClass: new (...args: never[]) => E,
    messageIncludes?: string,
  ): Promise<E>;
  export function assertStringIncludes(actual: string, expected: string, msg?: string): void;
  export function assertMatch(actual: string, expected: RegExp, message?: string): void;
}

declare module "bencode" {
  const bencode: { decode(bytes: Uint8Array): unknown; encode(value: unknown): Uint8Array };
  export default bencode;
}

// Of prom-client, the parts that are used.

declare module "prom-client/lib/registry.js" {
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
  export default class Registry {
    /** The value of Content-Type for `metrics`. */
    static readonly PROMETHEUS_CONTENT_TYPE: string;
    registerMetric(metric: RegisteredMetric): void;
    /** All of them in Prometheus' text format. */
    metrics(): Promise<string>;
  }
}

declare module "prom-client/lib/counter.js" {
  import type Registry from "prom-client/lib/registry.js";

  /** What every metric is made of. */
  export interface MetricConfiguration {
    name: string;
    help: string;
    labelNames: readonly string[];
    /** Where it is registered. */
    registers: Registry[];
  }

  /** A number that only grows. */
  export default class Counter {
    constructor(configuration: MetricConfiguration);
    /** Adds `value`, 0 or more, to the series of these labels. */
    inc(labels: Readonly<Record<string, string>>, value: number): void;
  }
}

declare module "prom-client/lib/gauge.js" {
  import type { MetricConfiguration } from "prom-client/lib/counter.js";

  /** A number that goes up and down. */
  export default class Gauge {
    constructor(configuration: MetricConfiguration);
    set(labels: Readonly<Record<string, string>>, value: number): void;
  }
}
