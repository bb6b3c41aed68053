import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatFloat } from './number-format.js';

describe('formatFloat', () => {
  it.each([
    [0.5, 'f', 0, '0'],
    [2.5, 'f', 0, '2'],
    [3.5, 'f', 0, '4'],
    [1234.5, 'g', 4, '1234'],
    [1235.5, 'g', 4, '1236'],
    [999.95, 'f', 1, '1000.0'],
    [1000, 'g', 4, '1000'],
    [10000, 'g', 4, '1e+04'],
    [0, 'g', 4, '0'],
    [0.0000999, 'g', 4, '9.99e-05'],
    [-0, 'g', 3, '-0'],
    [5e-324, 'f', 2, '0.00'],
    [1e21, 'f', 1, '1000000000000000000000.0'],
    [1e23, 'f', 0, '99999999999999991611392'],
    [0, 'e', 2, '0.00e+00'],
    [9.999, 'e', 1, '1.0e+01'],
  ] as const)('rounds %d by %s to %d digits as Go does', (value, verb, precision, expected) => {
    expect(formatFloat(value, verb, precision)).toBe(expected);
  });

  it('reads back as the same number without a precision', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom('e', 'f', 'g' as const),
        (value, verb) => {
          expect(Number(formatFloat(value, verb))).toBe(value);
        },
      ),
    );
  });

  it('is never further from the number than half of its last digit', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: 0, max: 6 }), (value, digits) => {
        expect(Math.abs(Number(formatFloat(value, 'f', digits)) - value)).toBeLessThanOrEqual(
          0.5 * 10 ** -digits * (1 + 1e-9) + 1e-10,
        );
      }),
    );
  });
});
