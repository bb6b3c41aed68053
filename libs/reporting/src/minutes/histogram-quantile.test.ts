import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { histogramQuantile, type Bucket } from './histogram-quantile.js';

const infinite = Number.POSITIVE_INFINITY;
const buckets: readonly Bucket[] = [
  { upperBound: 0.1, count: 50 },
  { upperBound: 0.5, count: 90 },
  { upperBound: 1, count: 100 },
  { upperBound: infinite, count: 100 },
];

describe('histogramQuantile', () => {
  it.each([
    [0.5, 0.1],
    [0.25, 0.05],
    [0.7, 0.3],
    [0.95, 0.75],
    [1, 1],
  ])('interpolates as Prometheus does: %d is %d', (q, wanted) => {
    expect(histogramQuantile(q, buckets)?.value).toBeCloseTo(wanted, 12);
  });

  it('says when the value lies beyond the last bound', () => {
    const heavy = [...buckets.slice(0, 3), { upperBound: infinite, count: 200 }];
    expect(histogramQuantile(0.99, heavy)).toEqual({ value: 1, beyond: true });
  });

  it('is undefined when nothing was observed, or the buckets are none', () => {
    expect(histogramQuantile(0.5, [])).toBeUndefined();
    expect(histogramQuantile(0.5, buckets.slice(0, 3))).toBeUndefined();
    expect(
      histogramQuantile(
        0.5,
        buckets.map((bucket) => ({ ...bucket, count: 0 })),
      ),
    ).toBeUndefined();
  });

  it('never falls as the quantile grows, and does not mind the order of buckets', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { minLength: 3, maxLength: 3 }),
        fc.nat(1000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (counts, rest, a, b) => {
          let sum = 0;
          const all = [...counts, rest].map((count, i) => ({
            upperBound: [0.1, 0.5, 1, infinite][i] as number,
            count: (sum += count),
          }));
          const [low, high] = [Math.min(a, b), Math.max(a, b)].map((q) => histogramQuantile(q, all)?.value ?? 0);
          expect(low).toBeLessThanOrEqual(high as number);
          expect(histogramQuantile(a, all.toReversed())).toEqual(histogramQuantile(a, all));
        },
      ),
    );
  });
});
