import { FakeClock } from '@tapewatch/model/testing';
import { describe, expect, it } from 'vitest';
import { loadCcxt } from './ccxt-library.js';
import type { CcxtClient } from './ccxt-library.js';
import { exchangeDefaults } from './exchange-options.js';
import type { ExchangeOptions } from './exchange-options.js';
import { createVenueClient } from './venue-client.js';
import { knownVenues } from './validate-exchange-options.js';
import { dialectOf } from './venue-dialect.js';

function clientOf(
  venue: string,
  symbol: string,
  change: Partial<ExchangeOptions> = {},
): { client: CcxtClient; told: string[] } {
  const told: string[] = [];
  const options = { id: 'main', venue, symbols: [symbol], ...exchangeDefaults, ...change };
  const client = createVenueClient(loadCcxt(), options, new FakeClock(), {
    requested: () => undefined,
    throttled: () => undefined,
    ticker: (_socket, name) => void told.push(`ticker ${name}`),
    frame: (_socket, frame, tickers) => {
      told.push(dialectOf(venue).isHeartbeat(frame) ? 'heartbeat' : `frame with ${String(tickers)}`);
    },
    malformedFrame: (_socket, error) => void told.push(String(error)),
    opened: () => undefined,
    ended: () => undefined,
    log: (text) => void told.push(text),
  });
  return { client, told };
}

describe('createVenueClient', () => {
  it('tells tickers from acknowledgements and heartbeats on Kraken', () => {
    const { client, told } = clientOf('kraken', 'BTC/USD');
    const socket = client.client('wss://127.0.0.1/v2');
    const ticker = { symbol: 'BTC/USD', bid: 100, bid_qty: 1, ask: 102, ask_qty: 1, last: 101, volume: 5, vwap: 101 };
    client.handleMessage(socket, { channel: 'heartbeat' });
    client.handleMessage(socket, { channel: 'ticker', type: 'update', data: [ticker] });
    client.handleMessage(socket, { method: 'pong', req_id: 1 });
    expect(told).toEqual(['heartbeat', 'ticker BTC/USD', 'frame with 1', 'frame with 0']);
  });

  it('sees the tickers of a venue with a protocol of another kind', () => {
    const { client, told } = clientOf('upbit', 'BTC/KRW');
    const socket = client.client('wss://127.0.0.1');
    client.handleMessage(socket, { type: 'ticker', code: 'KRW-BTC', trade_price: 101, trade_timestamp: 1 });
    expect(told).toEqual([expect.stringMatching(/^ticker /), 'frame with 1']);
  });

  it('can be made for every venue that can be watched', () => {
    for (const venue of knownVenues()) expect(() => clientOf(venue, 'BTC/USDT'), venue).not.toThrow();
  });

  it('goes on seeing tickers after the client has cleared them', () => {
    const { client, told } = clientOf('kraken', 'BTC/USD');
    client.tickers = {};
    const data = [{ symbol: 'BTC/USD', bid: 100, ask: 102, last: 101 }];
    client.handleMessage(client.client('wss://127.0.0.1/v2'), { channel: 'ticker', type: 'update', data });
    expect(told).toEqual(['ticker BTC/USD', 'frame with 1']);
    expect(client.tickers).toMatchObject({ 'BTC/USD': { last: 101 } });
  });

  it('does not take an answer over REST for a message of the feed', () => {
    const { client, told } = clientOf('kraken', 'BTC/USD');
    client.tickers['BTC/USD'] = { last: 1 };
    expect(told).toEqual([]);
  });

  it('keeps a frame that cannot be read from those who wait for others', () => {
    const { client, told } = clientOf('binance', 'BTC/USDT');
    client.handleMessage(client.client('wss://127.0.0.1/stream'), null);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^TypeError/);
  });

  it('leaves no rejection behind when a subscription is sent too late', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const { client } = clientOf('kraken', 'BTC/USD');
    // dropped as ccxt drops it; there is no connection to send on
    void client.client('wss://127.0.0.1/v2').send('subscribe');
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  it('moves every endpoint, so that a simulated venue never reaches the real one', () => {
    const moved = { restUrl: 'http://127.0.0.1:1', wsUrl: 'ws://127.0.0.1:1' };
    expect(JSON.stringify(clientOf('binance', 'BTC/USDT').client.urls.api)).toContain('binance.com');
    expect(JSON.stringify(clientOf('binance', 'BTC/USDT', moved).client.urls.api)).not.toContain('binance.com');
  });

  it.each([
    [['BTC/USDT'], ['spot']],
    [
      ['BTC/USDT', 'BTC/USDT:USDT'],
      ['spot', 'linear'],
    ],
    [['BTC/USD:BTC', 'ETH/USD:ETH-261225'], ['inverse']],
  ])('asks Binance only for the markets that %j need', (symbols, types) => {
    expect(dialectOf('binance').options(symbols)).toMatchObject({ fetchMarkets: { types } });
  });

  it.each(['constructor', '__proto__', 'okx'])('has a plain dialect for %s', (venue) => {
    expect(dialectOf(venue).tickerParams).toEqual({});
  });
});
