import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPlain, formatShort } from './go-format.js';

describe('formatPlain', () => {
  it.each([
    [1e21, '1000000000000000000000'],
    [1.5e-7, '0.00000015'],
    [-2.25e22, '-22500000000000000000000'],
    [0.1, '0.1'],
    [-0, '-0'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [NaN, 'NaN'],
  ])('of %s', (value, text) => {
    expect(formatPlain(value)).toBe(text);
  });

  it('never has an exponent and reads back as the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = formatPlain(value);
        expect(text).toMatch(/^-?\d+(\.\d+)?$/);
        expect(Number(text)).toBe(value);
      }),
    );
  });
});

describe('formatShort', () => {
  it.each([
    [1.5, '1.5'],
    [123456, '123456'],
    [1234567, '1.234567e+06'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [-1e100, '-1e+100'],
  ])('of %s', (value, text) => {
    expect(formatShort(value)).toBe(text);
  });
});
