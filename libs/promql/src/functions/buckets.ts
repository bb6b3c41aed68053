/** One cumulative bucket of a classic histogram. */
export interface Bucket {
  readonly upperBound: number;
  count: number;
}

/** Where counts that fell from one bucket to the next were lifted. */
export interface ForcedMonotonicity {
  readonly fromBound: number;
  readonly toBound: number;
  readonly largestDifference: number;
}

interface BucketQuantile {
  readonly value: number;
  readonly forced?: ForcedMonotonicity;
}

/**
 * The q-quantile of a classic histogram with at least one bucket, linear within a bucket, whose lower end is 0 for
 * the lowest one with an upper bound above 0. NaN without observations or without a bucket for +Inf. Sorts and mends
 * `buckets`.
 */
export function quantileOfBuckets(q: number, buckets: Bucket[]): BucketQuantile {
  if (Number.isNaN(q)) return { value: NaN };
  if (q < 0) return { value: -Infinity };
  if (q > 1) return { value: Infinity };
  const merged = merge(buckets);
  if ((merged.at(-1) as Bucket).upperBound !== Infinity) return { value: NaN };
  const forced = mendCounts(merged);
  const observations = (merged.at(-1) as Bucket).count;
  if (merged.length < 2 || observations === 0) return { value: NaN };
  const value = valueAtRank(merged, q * observations);
  return forced === undefined ? { value } : { value, forced };
}

function valueAtRank(buckets: readonly Bucket[], rank: number): number {
  const last = buckets.length - 1;
  const found = buckets.slice(0, last).findIndex((bucket) => bucket.count >= rank);
  if (found < 0) return (buckets[last - 1] as Bucket).upperBound;
  const { upperBound, count } = buckets[found] as Bucket;
  if (found === 0 && upperBound <= 0) return upperBound;
  const below = found === 0 ? { upperBound: 0, count: 0 } : (buckets[found - 1] as Bucket);
  return below.upperBound + (upperBound - below.upperBound) * ((rank - below.count) / (count - below.count));
}

/** Ascending bounds, each once. */
function merge(buckets: Bucket[]): Bucket[] {
  buckets.sort((a, b) => (a.upperBound < b.upperBound ? -1 : a.upperBound > b.upperBound ? 1 : 0));
  const merged: Bucket[] = [];
  for (const { upperBound, count } of buckets) {
    const last = merged.at(-1);
    if (last?.upperBound === upperBound) last.count += count;
    else merged.push({ upperBound, count });
  }
  return merged;
}

/** A relative difference that is only the rounding of floating point. */
const tolerance = 1e-12;

/** Cumulative counts never fall; those that do are lifted, silently when it is but rounding. */
function mendCounts(buckets: readonly Bucket[]): ForcedMonotonicity | undefined {
  let highest = (buckets[0] as Bucket).count;
  let fromBound = NaN;
  let toBound = NaN;
  let largestDifference = 0;
  for (const bucket of buckets.slice(1)) {
    if (isRounding(bucket.count, highest)) bucket.count = highest;
    else if (bucket.count < highest) {
      largestDifference = Math.max(largestDifference, highest - bucket.count);
      if (Number.isNaN(fromBound)) fromBound = bucket.upperBound;
      toBound = bucket.upperBound;
      bucket.count = highest;
    } else highest = bucket.count;
  }
  return largestDifference > 0 ? { fromBound, toBound, largestDifference } : undefined;
}

function isRounding(count: number, before: number): boolean {
  return Math.abs(count - before) < tolerance * (Math.abs(count) + Math.abs(before));
}

/** The share of observations between two values, by the same interpolation. NaN where the quantile is. */
export function fractionOfBuckets(lower: number, upper: number, buckets: Bucket[]): number {
  const merged = merge(buckets);
  const top = merged.at(-1) as Bucket;
  if (top.upperBound !== Infinity || top.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return NaN;
  if (lower >= upper) return 0;
  const ranks = [lower, upper].map((value) => Math.min(rankAtValue(merged, value), top.count)) as [number, number];
  return (ranks[1] - ranks[0]) / top.count;
}

/** How many observations are below a value. */
function rankAtValue(buckets: readonly Bucket[], value: number): number {
  let lowerBound = (buckets[0] as Bucket).upperBound <= 0 ? -Infinity : 0;
  let rank = 0;
  for (const { upperBound, count } of buckets) {
    if (lowerBound >= value) return rank;
    if (upperBound > value) return rank + countBelow(value, lowerBound, upperBound, count - rank);
    rank = count;
    lowerBound = upperBound;
  }
  return rank;
}

/** Of a bucket that reaches to infinity nothing is known but its finite end. */
function countBelow(value: number, lowerBound: number, upperBound: number, count: number): number {
  if (lowerBound === -Infinity) return count;
  if (upperBound === Infinity) return 0;
  return (count * (value - lowerBound)) / (upperBound - lowerBound);
}
