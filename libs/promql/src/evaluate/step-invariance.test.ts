import { Labels } from '@tapewatch/model';
import { describe, expect, it } from 'vitest';
import type { SeriesReader } from '../series-source.js';
import { parse } from '../syntax/parse.js';
import { evaluateInstant } from './evaluate.js';
import { isStepInvariant } from './step-invariance.js';

describe('isStepInvariant', () => {
  it.each([
    'rate(a[5m] @ end())',
    'abs(a @ 5)',
    'max_over_time(a[5m:1m] @ start())',
    'abs((a @ end() + b @ end()) * 2)',
    'sum(abs(a @ 5))',
  ])('finds that %s stays the same', (text) => {
    expect(isStepInvariant(parse(text))).toBe(true);
  });

  it.each([
    'rate(a[5m])',
    'abs(a @ end() + b)',
    'timestamp(a @ 5)',
    'predict_linear(a[5m] @ 5, 60)',
    'vector(1)',
    'time()',
    'abs(hour(a @ 5))',
    'abs(a @ 5) + time()',
  ])('finds that %s does not, or reads nothing', (text) => {
    expect(isStepInvariant(parse(text))).toBe(false);
  });
});

describe('what stays the same', () => {
  it('is read once, however many steps a subquery has', () => {
    let windows = 0;
    const reader: SeriesReader = {
      labels: Labels.of({ __name__: 'm' }),
      latest(atMs, _lookbackMs, into) {
        into.timeMs = atMs;
        into.value = atMs / 1000;
        return true;
      },
      window(fromMs, toMs, into) {
        windows += 1;
        for (let ms = fromMs + 1000; ms <= toMs; ms += 1000) into.push(ms, ms / 1000);
      },
    };
    const text = 'quantile_over_time(0.5, abs(m - quantile_over_time(0.5, m[9s] @ end()))[9s:1s])';
    const result = evaluateInstant(parse(text), { select: () => [reader] }, 100_000);
    // 92 ... 100 with 96 in the middle: half of the distances are up to 2.
    expect(result).toMatchObject({ kind: 'vector', series: [{ value: 2 }] });
    expect(windows).toBe(1);
  });
});
