export interface Bucket {
  /** Upper bound, `le`; +Infinity in the last one. */
  readonly upperBound: number;
  /** Observations at or below the bound. */
  readonly count: number;
}

export interface Quantile {
  readonly value: number;
  /** It lies in the bucket without an upper bound: the true value is above `value`. */
  readonly beyond: boolean;
}

/** Prometheus' histogram_quantile over classic buckets: linear within a bucket. Undefined when nothing was observed. */
export function histogramQuantile(q: number, buckets: readonly Bucket[]): Quantile | undefined {
  const sorted = [...buckets].sort((a, b) => a.upperBound - b.upperBound);
  const total = sorted.at(-1)?.count ?? 0;
  if (sorted.length < 2 || sorted.at(-1)?.upperBound !== Number.POSITIVE_INFINITY || !(total > 0)) return undefined;
  const rank = q * total;
  const at = sorted.findIndex((bucket) => bucket.count >= rank && bucket.count > 0);
  const bucket = sorted[at] as Bucket;
  if (bucket.upperBound === Number.POSITIVE_INFINITY)
    return { value: (sorted[at - 1] as Bucket).upperBound, beyond: true };
  const below = sorted[at - 1];
  if (below === undefined && bucket.upperBound <= 0) return { value: bucket.upperBound, beyond: false };
  const start = below?.upperBound ?? 0;
  const countBelow = below?.count ?? 0;
  const inBucket = bucket.count - countBelow;
  const share = inBucket === 0 ? 1 : (rank - countBelow) / inBucket;
  return { value: start + (bucket.upperBound - start) * share, beyond: false };
}
