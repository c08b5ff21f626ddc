/** Buckets for each doubling of the value: what is told of a value is at most a 128th too large. */
const STEPS_BITS = 7;
const STEPS = 1 << STEPS_BITS;
/** Values below twice the steps have a bucket each; above, each doubling up to 2^32 has STEPS of them. */
const BUCKETS = (32 - STEPS_BITS + 1) * STEPS;

/** What a histogram holds. Plain data, so that it can be posted to another thread. */
export interface HistogramData {
  /** How many values each bucket has. */
  counts: Float64Array<ArrayBuffer>;
  /** The largest value; 0 for none. */
  max: number;
}

/** The data of a histogram without values. */
export function emptyHistogram(): HistogramData {
  return { counts: new Float64Array(BUCKETS), max: 0 };
}

/**
 * How often each value occurred, for whole values from 0 to 2^32 - 1: exact below 256, then in buckets whose width
 * doubles with the value. Nothing is allocated by adding.
 */
export class Histogram {
  readonly #data: HistogramData;

  /** A histogram that reads and writes `data`. */
  constructor(data: HistogramData) {
    this.#data = data;
  }

  /** How many values were added. */
  get total(): number {
    return this.#data.counts.reduce((sum, count) => sum + count, 0);
  }

  /** The largest value added; 0 for none. */
  get max(): number {
    return this.#data.max;
  }

  add(value: number): void {
    const data = this.#data;
    data.counts[bucketOf(value)]++;
    if (value > data.max) data.max = value;
  }

  /** Adds all values of another histogram. */
  addAll({ counts, max }: HistogramData): void {
    const data = this.#data;
    for (let bucket = 0; bucket < BUCKETS; bucket++) data.counts[bucket] += counts[bucket];
    data.max = Math.max(data.max, max);
  }

  /** The least value that at least `share` (0 to 1) of the values do not exceed, up to a bucket's width; 0 for none. */
  percentile(share: number): number {
    const { counts, max } = this.#data;
    const wanted = Math.max(Math.ceil(share * this.total), 1);
    let reached = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      reached += counts[bucket];
      if (reached >= wanted) return Math.min(largestIn(bucket), max);
    }
    return 0;
  }
}

function bucketOf(value: number): number {
  const shift = Math.max(31 - STEPS_BITS - Math.clz32(value), 0);
  return shift * STEPS + (value >>> shift);
}

/** The largest value that falls into the bucket. */
function largestIn(bucket: number): number {
  const shift = Math.max(Math.floor(bucket / STEPS) - 1, 0);
  return (bucket - shift * STEPS + 1) * 2 ** shift - 1;
}
