import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatUnits } from './fixed-point.js';

describe('formatUnits', () => {
  it('prints units with eight places', () => {
    expect(formatUnits(11_844_903, 2)).toBe('118449.03000000');
    expect(formatUnits(-4, 5)).toBe('-0.00004000');
    expect(formatUnits(7, 0)).toBe('7.00000000');
    expect(formatUnits(123n, 3, 3)).toBe('0.123');
  });

  it('loses no digit', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
        fc.integer({ min: 0, max: 8 }),
        (units, decimals) => {
          const text = formatUnits(units, decimals);
          expect(text).toMatch(/^-?\d+\.\d{8}$/);
          expect(BigInt(text.replace('.', ''))).toBe(units * 10n ** BigInt(8 - decimals));
        },
      ),
    );
  });
});
