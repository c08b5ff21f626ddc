/** Buckets for each doubling of the value: what is told of a value is at most a 128th too large. */
const STEPS_BITS = 7;
const STEPS = 1 << STEPS_BITS;
/** Values below twice the steps have a bucket each; above, each doubling up to 2^32 has STEPS of them. */
const BUCKETS = (32 - STEPS_BITS + 1) * STEPS;

/**
 * How often each value occurred, for whole values from 0 to 2^32 - 1: exact below 256, then in buckets whose width
 * doubles with the value. Nothing is allocated by adding.
 */
export class Histogram {
  /** By bucket. Plain data, so that it can be posted to another thread. */
  readonly counts: Float64Array<ArrayBuffer>;
  /** The largest value added. */
  max = 0;

  constructor(counts: Float64Array<ArrayBuffer> = new Float64Array(BUCKETS), max = 0) {
    this.counts = counts;
    this.max = max;
  }

  add(value: number): void {
    this.counts[bucketOf(value)]++;
    if (value > this.max) this.max = value;
  }

  addAll(other: Histogram): void {
    for (let bucket = 0; bucket < BUCKETS; bucket++) this.counts[bucket] += other.counts[bucket];
    this.max = Math.max(this.max, other.max);
  }

  /** The least value that at least `share` (0 to 1) of the values do not exceed, up to a bucket's width; 0 for none. */
  percentile(share: number): number {
    const total = this.counts.reduce((sum, count) => sum + count, 0);
    const wanted = Math.max(Math.ceil(share * total), 1);
    let reached = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      reached += this.counts[bucket];
      if (reached >= wanted) return Math.min(largestIn(bucket), this.max);
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
