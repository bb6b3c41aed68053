import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Samples } from '../codec/samples.js';
import { onGrid, wantedOf } from './grid.js';

const start = Date.UTC(2026, 0, 5);

/** In an even beat, or not. */
const samples: fc.Arbitrary<Samples & { readonly stepMs: number }> = fc
  .tuple(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 60 }), fc.boolean())
  .map(([gaps, even]) => {
    let at = start;
    const times = Float64Array.from(gaps, (gap) => (at += (even ? (gaps[0] as number) : gap) * 1000));
    return { times, values: times.map((_, i) => i), stepMs: even ? (gaps[0] as number) * 1000 : 0 };
  });
const grids = fc
  .tuple(fc.integer({ min: -100_000, max: 3_000_000 }), fc.integer({ min: 5_000, max: 90_000 }))
  .map(([first, stepMs]) => ({ firstMs: start + first, stepMs }));

const newestAt = ({ times, values }: Samples, atMs: number): number | undefined =>
  values[times.findLastIndex((time) => time <= atMs)];

describe('a grid', () => {
  it('leaves the newest sample of each of its times', () => {
    fc.assert(
      fc.property(samples, grids, fc.nat(2_000_000), fc.nat(2_000_000), (all, grid, from, length) => {
        const [fromMs, toMs] = [start + from - 1, start + from + length];
        const { count, firstMs } = { count: all.times.length, firstMs: all.times[0] as number };
        const forms =
          all.stepMs === 0 ? [{ stepMs: 0, all: all.times }] : [{ stepMs: 0, all: all.times }, { stepMs: all.stepMs }];
        const within = all.times.map((time, i) => (time > fromMs && time <= toMs ? i : -1)).filter((i) => i >= 0);
        for (const form of forms) {
          const wanted = wantedOf({ count, firstMs, ...form }, fromMs, toMs, grid);
          expect(wanted.count).toBe(within.length);
          const picks = [...(wanted.picks ?? all.times.keys())];
          const picked = {
            times: Float64Array.from(picks, (i) => all.times[i] as number),
            values: Float64Array.from(picks),
          };
          const whole = { times: all.times.filter((time) => time > fromMs && time <= toMs), values: within };
          const asked = Array.from(
            { length: Math.max(0, Math.floor((toMs - grid.firstMs) / grid.stepMs) + 1) },
            (_, k) => {
              return grid.firstMs + k * grid.stepMs;
            },
          );
          expect(asked.map((at) => newestAt(picked, at))).toEqual(asked.map((at) => newestAt(whole, at)));
          expect([...onGrid(picked, grid).times]).toEqual(picks.map((i) => all.times[i]));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('takes no more than one sample for each of its times, and the last', () => {
    const times = Float64Array.from({ length: 3600 }, (_, i) => start + i * 1000);
    const { picks } = wantedOf({ count: 3600, firstMs: start, stepMs: 1000 }, 0, Infinity, {
      firstMs: start,
      stepMs: 15_000,
    });
    expect(picks).toHaveLength(241);
    expect(times[picks?.[1] as number]).toBe(start + 15_000);
  });

  it('takes all of a stretch where there is none', () => {
    expect(wantedOf({ count: 4, firstMs: start, stepMs: 1000 }, start, start + 2000, undefined)).toEqual({
      picks: Uint32Array.of(1, 2),
      count: 2,
    });
    expect(wantedOf({ count: 4, firstMs: start, stepMs: 1000 }, 0, Infinity, undefined).picks).toBeUndefined();
  });
});
