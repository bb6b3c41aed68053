import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Backoff } from './backoff.js';

function delays(random: () => number, count: number): readonly number[] {
  const backoff = new Backoff({ baseMs: 1_000, maxMs: 30_000, random });
  return Array.from({ length: count }, () => backoff.nextMs());
}

describe('Backoff', () => {
  it('doubles up to its ceiling', () => {
    expect(delays(() => 0, 8)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  });

  it('starts over after a reset', () => {
    const backoff = new Backoff({ baseMs: 1_000, maxMs: 30_000, random: () => 0 });
    backoff.nextMs();
    backoff.nextMs();
    backoff.reset();
    expect(backoff.nextMs()).toBe(500);
  });

  it('waits for as long as the other side asked', () => {
    expect(new Backoff({ baseMs: 1_000, maxMs: 30_000, random: () => 0 }).nextMs(90_000)).toBe(90_000);
  });

  it('never exceeds the ceiling and never spins, however often it fails', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 1, max: 3_000 }),
        (x, n) => {
          for (const delayMs of delays(() => x, n)) {
            expect(delayMs).toBeGreaterThanOrEqual(500);
            expect(delayMs).toBeLessThanOrEqual(30_000);
          }
        },
      ),
      { numRuns: 20 },
    );
  });
});
