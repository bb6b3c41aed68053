import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatFloat } from './format-float.js';

describe('formatFloat', () => {
  it.each([
    [0.005, '0.005'],
    [1, '1'],
    [2.5, '2.5'],
    [1e-7, '0.0000001'],
    [1.25e-9, '0.00000000125'],
    [-3e-8, '-0.00000003'],
    [1e21, '1000000000000000000000'],
    [1.5e22, '15000000000000000000000'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [NaN, 'NaN'],
  ])('writes %d as %s', (value, expected) => {
    expect(formatFloat(value)).toBe(expected);
  });

  it('never uses an exponent and always reads back', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = formatFloat(value);
        expect(text).toMatch(/^-?\d+(?:\.\d+)?$/);
        expect(Number(text)).toBe(value);
      }),
    );
  });
});
