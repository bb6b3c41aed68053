import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { increases, sumInRange } from './increases.js';
import { minuteGrid, minuteMs, type MinuteValues } from './minute-grid.js';

const from = Date.UTC(2026, 0, 1);

/** Minutes from the samples of each; an empty list is a minute without any. */
function minutesOf(samples: readonly (readonly number[])[]): MinuteValues {
  const column = (of: (values: readonly number[]) => number): Float64Array =>
    Float64Array.from(samples, (values) => (values.length === 0 ? Number.NaN : of(values)));
  return {
    min: column((values) => Math.min(...values)),
    max: column((values) => Math.max(...values)),
    sum: column((values) => values.reduce((a, b) => a + b, 0)),
    count: Float64Array.from(samples, ({ length }) => length),
    last: column((values) => values.at(-1) as number),
  };
}

const gridOf = (minutes: number) => ({ ...minuteGrid(from, from + minutes * minuteMs), lead: 0, length: minutes });
const never = (): boolean => false;

describe('increases', () => {
  it('follows the last values, over minutes that are missing', () => {
    const grown = increases(minutesOf([[5, 6], [8], [], [8, 11]]), gridOf(4), never);
    expect([...grown]).toEqual([1, 2, 0, 3]);
  });

  it('counts a counter that was born in the range from 0', () => {
    expect([...increases(minutesOf([[], [3, 4]]), gridOf(2), () => true)]).toEqual([0, 4]);
    expect([...increases(minutesOf([[], [3, 4]]), gridOf(2), never)]).toEqual([0, 1]);
  });

  it.each([
    ['between minutes', [[100], [2, 5]], [0, 5]],
    ['within a minute, with what grew before the fall', [[100], [103, 1, 4]], [0, 7]],
    ['within a minute that ends above where it began', [[100], [1, 150]], [0, 150]],
  ])('counts from 0 after a reset %s', (_where, samples, wanted) => {
    expect([...increases(minutesOf(samples), gridOf(samples.length), never)]).toEqual(wanted);
  });

  it('adds up: a counter without resets grows by its end minus its beginning, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(100), { minLength: 1, maxLength: 5 }), { minLength: 2, maxLength: 20 }),
        fc.nat(),
        (steps, cutAt) => {
          let value = 0;
          const samples = steps.map((minute) => minute.map((step) => (value += step)));
          const values = minutesOf(samples);
          const grid = gridOf(samples.length);
          const whole = sumInRange(increases(values, grid, never), grid);
          expect(whole).toBe(value - (samples[0]?.[0] as number));
          const cut = 1 + (cutAt % (samples.length - 1));
          const perMinute = increases(values, grid, never);
          const [first, second] = [perMinute.slice(0, cut), perMinute.slice(cut)];
          const sum = (list: Float64Array): number => list.reduce((a, b) => a + b, 0);
          expect(sum(first) + sum(second)).toBe(whole);
        },
      ),
    );
  });
});
