import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isStale, writeStale } from './stale.js';

describe('the stale marker', () => {
  it("is Prometheus' NaN, bit for bit", () => {
    const values = new Float64Array(2);
    writeStale(values, 1);
    expect(new DataView(values.buffer).getBigUint64(8, true)).toBe(0x7ff0000000000002n);
    expect([isStale(values, 0), isStale(values, 1)]).toEqual([false, true]);
  });

  it('is no other value, NaN included', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.constant(NaN)), (value) => {
        expect(isStale(Float64Array.of(value), 0)).toBe(false);
      }),
    );
  });

  it('goes through copies of an array', () => {
    const values = new Float64Array(1);
    writeStale(values, 0);
    expect(isStale(values.slice(), 0)).toBe(true);
  });
});
