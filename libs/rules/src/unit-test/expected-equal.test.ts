import { Labels } from '@tapewatch/model';
import { describe, expect, it } from 'vitest';
import { sameAlerts, sameSamples, sortedAlerts, sortedSamples } from './expected-equal.js';

const sample = (value: number, labels = Labels.EMPTY) => ({ labels, value });
const alert = (labels: Record<string, string>, annotations: Record<string, string> = {}) => ({
  labels: Labels.of(labels),
  annotations,
});

describe('sameSamples', () => {
  it.each<[number, number, boolean, boolean]>([
    [0.3, 0.3, true, true],
    [NaN, NaN, true, true],
    [Infinity, Infinity, true, true],
    [0, -0, true, true],
    [0.30000000000000004, 0.3, false, true],
    [0.3000000000000001, 0.3, false, false],
    [5e-324, 0, false, true],
    [5e-324, -5e-324, false, false],
    [-1, -1.0000000000000002, false, true],
    [Number.MAX_VALUE, Infinity, false, false],
    [NaN, 1, false, false],
    [1, -1, false, false],
  ])('compares %d and %d: strictly %s, fuzzily %s', (a, b, strictly, fuzzily) => {
    expect(sameSamples([sample(a)], [sample(b)], false)).toBe(strictly);
    expect(sameSamples([sample(a)], [sample(b)], true)).toBe(fuzzily);
  });

  it('asks for the same series, in any order', () => {
    const [x, y] = [Labels.of({ a: 'x' }), Labels.of({ a: 'y' })];
    const there = sortedSamples([sample(1, y), sample(2, x)]);
    expect(sameSamples(sortedSamples([sample(2, x), sample(1, y)]), there, false)).toBe(true);
    expect(sameSamples([sample(2, x)], there, false)).toBe(false);
    expect(sameSamples(sortedSamples([sample(1, x), sample(2, y)]), there, false)).toBe(false);
  });
});

describe('sameAlerts', () => {
  it('asks for the same labels and annotations, in any order; what is empty is not there', () => {
    const there = sortedAlerts([alert({ a: 'x' }, { s: '1', t: '' }), alert({ a: 'y' })]);
    expect(sameAlerts(sortedAlerts([alert({ a: 'y' }), alert({ a: 'x' }, { s: '1' })]), there)).toBe(true);
    expect(sameAlerts(sortedAlerts([alert({ a: 'y' }), alert({ a: 'x' }, { s: '2' })]), there)).toBe(false);
    expect(sameAlerts([alert({ a: 'y' })], there)).toBe(false);
  });
});
