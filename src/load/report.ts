/**
 * What came of the load, for people and for programs.
 *
 * @module
 */

import { Histogram, type HistogramData } from "./histogram.ts";
import type { CpuTime } from "./process_usage.ts";
import type { Tally } from "./tally.ts";

/** All that was measured. */
export interface Measurement {
  target: string;
  /** Null when nothing was filled. */
  fill: Tally | null;
  load: Tally;
  /** What the loader itself used while it measured, all its threads. */
  loaderCpu: CpuTime;
  /** What the server used meanwhile; null when its process was not named. */
  server: ServerUsage | null;
}

export interface ServerUsage {
  cpu: CpuTime;
  residentBytesBeforeFill: number;
  residentBytesAfterFill: number;
}

/** The result as it is printed in JSON. Times in microseconds, sizes in bytes. */
export interface LoadResult {
  target: string;
  seconds: number;
  requests_per_s: number;
  sent: number;
  answered: number;
  announces: number;
  scrapes: number;
  connects: number;
  lost: number;
  /** Datagrams, most of them answers to what is lost, that found a receive buffer of the loader full: not the server's fault. */
  dropped: number;
  errors: number;
  peers_per_answer: number;
  /** From when a request was due until the loader had read the answer. */
  latency_us: Percentiles;
  /** How late requests were sent at a fixed rate, by the loader's own fault: part of what answers took. */
  delay_us: Percentiles;
  /**
   * What of the latency the server took, with the time that requests waited for it and nothing of the loader's: from the
   * handing of a request to the kernel, of several together the first, until the answer came back to the kernel. Null
   * without a fixed rate, without an answer, and where the kernel does not tell.
   */
  server_latency_us: Percentiles | null;
  loader: UsagePerAnswer;
  fill:
    | { sent: number; answered: number; connects: number; lost: number; errors: number; seconds: number }
    | null;
  server: UsagePerAnswer & { rss_before_fill: number; rss_after_fill: number } | null;
}

export interface Percentiles {
  p50: number;
  p90: number;
  p99: number;
  p999: number;
  max: number;
}

/** Processor time of one process. */
export interface UsagePerAnswer {
  user_us_per_answer: number;
  system_us_per_answer: number;
  cpu_us_per_answer: number;
}

/** Rounds and divides what was measured. */
export function summarize({ target, fill, load, loaderCpu, server }: Measurement): LoadResult {
  const answered = load.announces + load.scrapes;
  const seconds = load.elapsedUs / 1e6;
  const perAnswer = (us: number) => rounded(ratio(us, answered), 3);
  const usage = ({ userUs, systemUs }: CpuTime): UsagePerAnswer => ({
    user_us_per_answer: perAnswer(userUs),
    system_us_per_answer: perAnswer(systemUs),
    cpu_us_per_answer: perAnswer(userUs + systemUs),
  });
  const hasServerLatencies = new Histogram(load.serverLatencies).total > 0;
  return {
    target,
    seconds: rounded(seconds, 3),
    requests_per_s: Math.round(ratio(answered, seconds)),
    sent: load.sent,
    answered,
    announces: load.announces,
    scrapes: load.scrapes,
    connects: load.connects,
    lost: load.lost,
    dropped: load.dropped,
    errors: load.errors,
    peers_per_answer: rounded(ratio(load.peers, load.announces), 2),
    latency_us: percentilesOf(load.latencies),
    delay_us: percentilesOf(load.delays),
    server_latency_us: hasServerLatencies ? percentilesOf(load.serverLatencies) : null,
    loader: usage(loaderCpu),
    fill: fill === null ? null : {
      sent: fill.sent,
      answered: fill.announces,
      connects: fill.connects,
      lost: fill.lost,
      errors: fill.errors,
      seconds: rounded(fill.elapsedUs / 1e6, 3),
    },
    server: server === null ? null : {
      ...usage(server.cpu),
      rss_before_fill: server.residentBytesBeforeFill,
      rss_after_fill: server.residentBytesAfterFill,
    },
  };
}

/** The result for people, ending in a newline. */
export function formatResult(result: LoadResult): string {
  const { fill, server, server_latency_us: serverLatency } = result;
  const lines = [
    `${result.target}: ${grouped(result.requests_per_s)} requests/s for ${result.seconds} s`,
  ];
  if (fill !== null) {
    lines.push(
      `fill       ${
        grouped(fill.answered)
      } peers in ${fill.seconds} s, lost ${fill.lost}, errors ${fill.errors}`,
    );
  }
  lines.push(
    `requests   sent ${grouped(result.sent)}, answered ${grouped(result.answered)}, ` +
      `lost ${grouped(result.lost)}, errors ${grouped(result.errors)}`,
  );
  if (result.dropped > 0) {
    lines.push(`dropped    ${grouped(result.dropped)} datagrams by the loader's own receive buffers`);
  }
  lines.push(
    `answers    ${result.peers_per_answer} peers on average`,
    `latency    ${formatPercentiles(result.latency_us)}`,
  );
  if (result.delay_us.max > 0) lines.push(`of it late ${formatPercentiles(result.delay_us)}`);
  if (serverLatency !== null) lines.push(`at server  ${formatPercentiles(serverLatency)}`);
  lines.push(`loader     ${processorTime(result.loader)}`);
  if (server !== null) {
    lines.push(
      `server     ${processorTime(server)}`,
      `memory     ${megabytes(server.rss_before_fill)} MB, after the fill ${
        megabytes(server.rss_after_fill)
      } MB`,
    );
  }
  return lines.join("\n") + "\n";
}

function percentilesOf(data: HistogramData): Percentiles {
  const histogram = new Histogram(data);
  return {
    p50: histogram.percentile(0.5),
    p90: histogram.percentile(0.9),
    p99: histogram.percentile(0.99),
    p999: histogram.percentile(0.999),
    max: histogram.max,
  };
}

function formatPercentiles({ p50, p90, p99, p999, max }: Percentiles): string {
  return `50 % ${p50} µs, 90 % ${p90} µs, 99 % ${p99} µs, 99.9 % ${p999} µs, longest ${max} µs`;
}

function processorTime(usage: UsagePerAnswer): string {
  const { cpu_us_per_answer: total, user_us_per_answer: user, system_us_per_answer: system } = usage;
  return `${total} µs of processor time an answer (user ${user}, system ${system})`;
}

function ratio(dividend: number, divisor: number): number {
  return divisor === 0 ? 0 : dividend / divisor;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

/** With a space between thousands. */
function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, " ");
}
