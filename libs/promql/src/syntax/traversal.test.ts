import { describe, expect, it } from 'vitest';
import { parse } from './parse.js';
import { horizonMs, selectorsOf } from './traversal.js';

const lookbackMs = 300_000;

describe('selectorsOf', () => {
  it('finds every selector in the order of the text', () => {
    const found = selectorsOf(
      parse('topk(scalar(k), sum(rate(a[5m])) / on (x) (b offset 1m)) or max_over_time(c[1h:])'),
    );
    expect(found.map(({ name }) => name)).toEqual(['k', 'a', 'b', 'c']);
  });
});

describe('horizonMs', () => {
  it.each([
    ['1 + time()', 0],
    ['m', 300],
    ['rate(m[5m])', 300],
    ['rate(m[1m] offset 1h)', 3660],
    ['m offset -10m', 0],
    ['max_over_time(rate(m[5m] offset 1m)[1h:1m] offset 1d)', 86_400 + 3600 + 60 + 300],
    ['a + b offset 10m', 900],
    ['m @ end()', 300],
    ['max_over_time((m - avg_over_time(m[1h] @ end()))[1h:1m])', 3900],
    ['max_over_time(avg_over_time(m[2h] @ end() offset 1s)[1h:1m])', 7201],
    ['m @ 100', Infinity],
  ])('of %s', (text, seconds) => {
    expect(horizonMs(parse(text), lookbackMs)).toBe(seconds * 1000);
  });
});
