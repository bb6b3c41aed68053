import { parse } from '@tapewatch/promql';
import { describe, expect, it } from 'vitest';
import { readsMinutes } from './minute-rule.js';

describe('readsMinutes', () => {
  it.each([
    'a',
    'sum by (x) (a) / 2',
    'rate(a_total[5m])',
    'histogram_quantile(0.9, sum by (le) (rate(b_bucket[10m])))',
    'max_over_time(a[1h:1m])',
    'avg_over_time(rate(a_total[5m])[1h:5m])',
    'topk(3, a) or absent_over_time(b[10m])',
    '-(a offset 1d)',
  ])('takes %s', (text) => expect(readsMinutes(parse(text), 60_000)).toBe(true));

  it.each([
    'max_over_time(a[5m])',
    'rate(a_total[1m])',
    'rate(a_total[90s])',
    'count_over_time(a[5m])',
    'changes(a[1h])',
    'timestamp(a)',
    'max_over_time(a[1h:30s])',
    'sum(a) + quantile_over_time(0.5, a[5m])',
  ])('leaves %s to the samples', (text) => expect(readsMinutes(parse(text), 60_000)).toBe(false));

  it('wants steps of a minute or more', () => expect(readsMinutes(parse('a'), 59_999)).toBe(false));
});
