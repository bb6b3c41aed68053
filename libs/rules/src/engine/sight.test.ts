import type { Labels } from '@tapewatch/model';
import { parse } from '@tapewatch/promql';
import { describe, expect, it } from 'vitest';
import { RecordedSeries } from '../testing/recorded-series.js';
import { Sight } from './sight.js';

const minuteMs = 60_000;
const at = 100 * minuteMs;

/** `a` and `b` have samples now, `old` had its last ten minutes ago, `none` has never had one. */
function find(): (probe: Parameters<RecordedSeries['query']>[0]) => readonly Labels[] {
  const series = new RecordedSeries();
  for (const name of ['a', 'b']) series.add({ __name__: name, x: '1' }, at, 1);
  series.add({ __name__: 'a', x: '2' }, at, 1);
  series.add({ __name__: 'old' }, at - 10 * minuteMs, 1);
  return (probe) => {
    const result = series.query(probe, at);
    return result.kind === 'vector' ? result.series.map(({ labels }) => labels) : [];
  };
}

describe('Sight', () => {
  it.each([
    'none',
    'none > 1',
    'old',
    'a > none',
    'a and none',
    'none unless a',
    'rate(none[5m])',
    'rate(old[5m])',
    'sum by (x) (none) / sum by (x) (a)',
    'none or none{x="1"}',
    'count_over_time((none > 1)[5m:1m])',
    'a > scalar(none)',
    'a offset 1m',
    'histogram_quantile(0.9, none)',
    'topk(3, none)',
  ])('is blind for %s', (text) => {
    expect(new Sight(parse(text)).isBlind(find())).toBe(true);
  });

  it.each([
    'a',
    'a > 100',
    'a unless none',
    'none or a',
    'absent(none)',
    'a and absent(none)',
    '1',
    'vector(1)',
    'time() > bool 1',
    'rate(old[15m])',
    'max_over_time(old[15m:1m])',
    'max_over_time(old[8m:1m])',
    'old offset 10m',
    'max_over_time(old[1m:1m] offset 10m)',
    'old @ 5400',
    'max_over_time(old[1m:1m] @ 5400)',
  ])('sees for %s', (text) => {
    expect(new Sight(parse(text)).isBlind(find())).toBe(false);
  });

  it.each([
    ['a', 2],
    ['a + a', 2],
    ['a / on (x) b', 3],
    ['rate(a[5m]) / rate(b[5m])', 3],
    ['a or old', 2],
    ['a or max_over_time(old[15m])', 3],
    ['absent(none)', 0],
    ['1', 0],
  ])('counts the series of %s', (text, count) => {
    expect(new Sight(parse(text)).count(find())).toBe(count);
  });
});
