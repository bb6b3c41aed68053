import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateTicker } from './ticker-validation.js';

const good = { last: 101, bid: 100, ask: 102, baseVolume: 5, quoteVolume: 500, timestamp: 1_000 };

function reasonOf(fields: object, previousTimestamp?: number): string {
  const verdict = validateTicker({ ...good, ...fields }, previousTimestamp);
  return verdict.ok ? 'ok' : verdict.reason;
}

describe('validateTicker', () => {
  it('takes a whole ticker', () => {
    expect(validateTicker(good)).toEqual({
      ok: true,
      ticker: { last: 101, bid: 100, ask: 102, volumeBase: 5, volumeQuote: 500, timestamp: 1_000 },
    });
  });

  it('leaves out what the venue does not send', () => {
    expect(validateTicker({ last: 101, bid: undefined, ask: null })).toEqual({ ok: true, ticker: { last: 101 } });
  });

  it.each([
    ['empty', { last: undefined, bid: undefined, ask: undefined }],
    ['not_finite', { last: NaN }],
    ['not_finite', { ask: Infinity }],
    ['not_finite', { last: '101' }],
    ['not_finite', { timestamp: NaN }],
    ['not_positive', { last: 0 }],
    ['not_positive', { bid: -1 }],
    ['not_positive', { quoteVolume: -1 }],
    ['crossed', { bid: 103 }],
  ])('refuses as %s: %o', (reason, fields) => {
    expect(reasonOf(fields)).toBe(reason);
  });

  it('refuses a ticker older than the one before, and takes one of the same time', () => {
    expect(reasonOf({}, 1_001)).toBe('time_went_back');
    expect(reasonOf({}, 1_000)).toBe('ok');
    expect(reasonOf({ timestamp: undefined }, 1_001)).toBe('ok');
  });

  it('takes bid and ask that meet', () => {
    expect(reasonOf({ bid: 102 })).toBe('ok');
  });

  it('lets nothing through that cannot be true, and throws at nothing', () => {
    const value = fc.oneof(fc.double(), fc.constantFrom(undefined, null, 0, -0, 1, 2, '1'), fc.anything());
    const fields = fc.record({ last: value, bid: value, ask: value, baseVolume: value, timestamp: value });
    fc.assert(
      fc.property(fc.oneof(fields, fc.anything()), (raw) => {
        const verdict = validateTicker(raw);
        if (!verdict.ok) return;
        const { last, bid, ask } = verdict.ticker;
        const prices = [last, bid, ask].filter((price) => price !== undefined);
        expect(prices.length).toBeGreaterThan(0);
        for (const price of prices) expect(price > 0 && Number.isFinite(price)).toBe(true);
        if (bid !== undefined && ask !== undefined) expect(bid).toBeLessThanOrEqual(ask);
      }),
    );
  });
});
