import { emptyHistogram, Histogram, type HistogramData } from "./histogram.ts";

/** What came of one phase of the load, in one thread or all. Plain data, so that a worker can post it. */
export interface Tally {
  /** Announces and scrapes; each ends as answered, error or lost. */
  sent: number;
  /** Answers to announces and to scrapes, by what they say they are. */
  announces: number;
  scrapes: number;
  /** Answered with an error. */
  errors: number;
  /** Not answered in time. */
  lost: number;
  /** Datagrams, most of them answers to what is lost, that found a receive buffer of the loader full. */
  dropped: number;
  /** Connect requests, apart from the others, since the phase before. */
  connects: number;
  /** Peers in all the answers to announces. */
  peers: number;
  /** From the first request to the end of the sending. */
  elapsedUs: number;
  /** The time that each answer took, in microseconds, from when its request was due until it was read. */
  latencies: HistogramData;
  /** How late each request was sent, by the loader's own fault: part of what its answer took. */
  delays: HistogramData;
  /** What of its latency the server took for each answer, see Outstanding; without those of which the kernel told nothing. */
  serverLatencies: HistogramData;
}

export function emptyTally(): Tally {
  return {
    sent: 0,
    announces: 0,
    scrapes: 0,
    errors: 0,
    lost: 0,
    dropped: 0,
    connects: 0,
    peers: 0,
    elapsedUs: 0,
    latencies: emptyHistogram(),
    delays: emptyHistogram(),
    serverLatencies: emptyHistogram(),
  };
}

/** The tallies of threads that ran at the same time as one. */
export function sumTallies(tallies: readonly Tally[]): Tally {
  const sum = emptyTally();
  for (const tally of tallies) {
    sum.sent += tally.sent;
    sum.announces += tally.announces;
    sum.scrapes += tally.scrapes;
    sum.errors += tally.errors;
    sum.lost += tally.lost;
    sum.dropped += tally.dropped;
    sum.connects += tally.connects;
    sum.peers += tally.peers;
    sum.elapsedUs = Math.max(sum.elapsedUs, tally.elapsedUs);
    new Histogram(sum.latencies).addAll(tally.latencies);
    new Histogram(sum.delays).addAll(tally.delays);
    new Histogram(sum.serverLatencies).addAll(tally.serverLatencies);
  }
  return sum;
}
