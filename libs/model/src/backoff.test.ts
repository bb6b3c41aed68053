import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.js';

const range = { firstMs: 1_000, longestMs: 30_000 };

describe('backoffMs', () => {
  it('doubles up to its ceiling', () => {
    const pauses = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((failures) => backoffMs(failures, range, 0));
    expect(pauses).toEqual([500, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  });

  it('draws up to the ceiling', () => {
    expect([1, 2, 3, 20].map((failures) => backoffMs(failures, range, 1))).toEqual([1_000, 2_000, 4_000, 30_000]);
  });

  it('never exceeds the ceiling and never spins, however often it fails', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(random, fc.integer({ min: 1, max: 3_000 }), (x, failures) => {
        const pauseMs = backoffMs(failures, range, x);
        expect(pauseMs).toBeGreaterThanOrEqual(500);
        expect(pauseMs).toBeLessThanOrEqual(30_000);
      }),
    );
  });
});
