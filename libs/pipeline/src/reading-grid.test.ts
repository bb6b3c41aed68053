import { parse } from '@tapewatch/promql';
import { describe, expect, it } from 'vitest';
import { readingGrid } from './reading-grid.js';

describe('readingGrid', () => {
  it.each([
    ['up', 0],
    ['sum by (a) (up{b="c"} > 5) / (-down)', 0],
    ['topk(scalar(up), down)', 0],
    ['up offset 10m + down offset 10m', 600_000],
    ['clamp_max(up offset -10s, 5)', -10_000],
  ])('says at which times %s looks', (text, offsetMs) => {
    expect(readingGrid(parse(text), 7_000, 15_000)).toEqual({ firstMs: 7_000 - offsetMs, stepMs: 15_000 });
  });

  it.each([
    'rate(up[1m])',
    'up + rate(up[1m])',
    'max_over_time(up[10m:1m])',
    'up @ 100',
    'up @ end()',
    'up - up offset 1m',
    'topk(scalar(up offset 1m), up)',
    '1 + 2',
  ])('knows no such times of %s', (text) => {
    expect(readingGrid(parse(text), 7_000, 15_000)).toBeUndefined();
  });
});
