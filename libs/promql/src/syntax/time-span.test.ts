import { describe, expect, it } from 'vitest';
import { parse } from './parse.js';
import { timeSpanOf } from './time-span.js';

const minute = 60_000;

describe('timeSpanOf', () => {
  it.each([
    ['up', -5 * minute, 100 * minute],
    ['1 + 2', undefined, undefined],
    ['up offset 10m', -15 * minute, 90 * minute],
    ['up offset -10m', 5 * minute, 110 * minute],
    ['rate(up[2h])', -120 * minute, 100 * minute],
    ['max_over_time(rate(up[1m])[30m:1m] offset 1h)', -91 * minute, 40 * minute],
    ['max_over_time(up[30m:1m])', -35 * minute, 100 * minute],
    ['up @ 3600', 55 * minute, 60 * minute],
    ['up @ end()', 95 * minute, 100 * minute],
    ['up @ start()', -5 * minute, 0],
    ['up / (down offset 1h)', -65 * minute, 100 * minute],
    ['sum by (a) (increase(up[10m])) > bool 2', -10 * minute, 100 * minute],
  ])('says what %s reads', (text, fromMs, toMs) => {
    expect(timeSpanOf(parse(text), 0, 100 * minute, 5 * minute)).toEqual(
      fromMs === undefined ? undefined : { fromMs, toMs },
    );
  });
});
