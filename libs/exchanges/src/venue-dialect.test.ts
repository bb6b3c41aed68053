import { describe, expect, it } from 'vitest';
import { dialectOf } from './venue-dialect.js';

describe('dialectOf', () => {
  const limits = (body: string): unknown => dialectOf('binance').weightLimits?.(body);

  it("reads Binance's limits of weight out of exchangeInfo, and no others", () => {
    const body = {
      timezone: 'UTC',
      rateLimits: [
        { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 6000 },
        { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 100 },
        { rateLimitType: 'REQUEST_WEIGHT', interval: 'DAY', intervalNum: 1, limit: 160_000 },
        { rateLimitType: 'RAW_REQUESTS', interval: 'MINUTE', intervalNum: 5, limit: 61_000 },
      ],
      symbols: [],
    };
    const expected = [
      { window: '1m', limit: 6000 },
      { window: '1d', limit: 160_000 },
    ];
    expect(limits(JSON.stringify(body))).toEqual(expected);
    expect(limits(JSON.stringify(body, undefined, 2))).toEqual(expected);
  });

  it('finds none in other answers', () => {
    for (const body of [
      '',
      '{"serverTime":1}',
      '{"rateLimits":[]}',
      '{"rateLimits":[{"rateLimitType":"REQUEST_WEIGHT"',
    ])
      expect(limits(body)).toEqual([]);
    expect(dialectOf('kraken').weightLimits).toBeUndefined();
  });
});
