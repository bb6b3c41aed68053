import { describe, expect, it } from 'vitest';
import { exchangeDefaults } from './exchange-options.js';
import type { ExchangeOptions } from './exchange-options.js';
import { knownVenues, validateExchangeOptions } from './validate-exchange-options.js';

const good: ExchangeOptions = {
  id: 'main',
  venue: 'binance',
  symbols: ['BTC/USDT', 'ETH/USDT:USDT'],
  ...exchangeDefaults,
};

function problems(change: Partial<ExchangeOptions>) {
  return validateExchangeOptions({ ...good, ...change }, 'exchanges[1]');
}

describe('validateExchangeOptions', () => {
  it('has nothing to say about good options', () => {
    expect(problems({ restUrl: 'http://127.0.0.1:1', wsUrl: 'ws://127.0.0.1:1/stream/ws' })).toEqual([]);
  });

  it('names an unknown venue and the one that was meant', () => {
    expect(problems({ venue: 'Binanse' })).toMatchObject([
      { code: 'CONFIG_REFERENCE', path: 'exchanges[1].venue', found: 'Binanse', hint: 'Did you mean "binance"?' },
    ]);
    expect(problems({ venue: 'nothing-like-it' })[0]?.hint).toBeUndefined();
  });

  it('names a venue whose tickers ccxt does not stream', () => {
    expect(problems({ venue: 'luno' })).toMatchObject([
      { code: 'CONFIG_INVALID_VALUE', message: expect.stringContaining("'luno' has no ticker stream") as string },
    ]);
  });

  it.each(['', '__proto__', 'constructor', 'exchanges', 'Exchange'])('does not take %o for a venue', (venue) => {
    expect(problems({ venue })).toHaveLength(1);
  });

  it('tells all problems at once', () => {
    const found = problems({
      symbols: ['BTC/USDT', 'BTCUSDT', 'BTC/USDT'],
      pollIntervalMs: 0,
      requestTimeoutMs: NaN,
      restUrl: 'ws://127.0.0.1',
      wsUrl: 'nonsense',
    });
    expect(found.map((problem) => problem.path)).toEqual([
      'exchanges[1].symbols[1]',
      'exchanges[1].symbols[2]',
      'exchanges[1].poll_interval',
      'exchanges[1].request_timeout',
      'exchanges[1].rest_url',
      'exchanges[1].ws_url',
    ]);
  });

  it('wants symbols, and a feed that goes stale before it is dialled anew', () => {
    expect(problems({ symbols: [] })).toMatchObject([{ code: 'CONFIG_MISSING', path: 'exchanges[1].symbols' }]);
    expect(problems({ feedTimeoutMs: 40_000, staleAfterMs: 90_000 })).toMatchObject([
      { path: 'exchanges[1].feed_timeout', found: '40s', allowed: 'at least stale_after, 1m30s' },
    ]);
  });

  it('names durations as they are written in the file', () => {
    expect(problems({ staleAfterMs: -5_000, requestTimeoutMs: NaN })).toMatchObject([
      { path: 'exchanges[1].stale_after', found: '-5s' },
      { path: 'exchanges[1].request_timeout', found: 'NaN' },
    ]);
  });
});

describe('knownVenues', () => {
  it('lists what can be watched, in order', () => {
    expect(knownVenues()).toEqual(expect.arrayContaining(['binance', 'bithumb', 'kraken', 'okx', 'upbit']));
    expect(knownVenues()).not.toContain('luno');
    expect(knownVenues()).toEqual([...knownVenues()].sort());
  });
});
