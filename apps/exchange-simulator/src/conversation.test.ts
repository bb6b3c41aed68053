import type { Exchange, Ticker } from 'ccxt';
import ccxt from 'ccxt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Simulator } from './simulator.js';
import { startSimulator } from './simulator.js';
import { ManualClock } from './testing/manual-clock.js';

/** The client as it comes from npm; only addresses are changed. */
function connect({ rest, ws }: Simulator): Exchange {
  const api = `${rest}/api/v3`;
  return new ccxt.pro.binance({
    urls: {
      api: { public: api, private: api, v1: `${rest}/api/v1`, sapi: `${rest}/sapi/v1`, ws: { spot: ws } },
    },
    options: { fetchMarkets: { types: ['spot'] }, fetchCurrencies: false, fetchMargins: false },
  });
}

describe('a conversation with ccxt', () => {
  let clock: ManualClock;
  let simulator: Simulator;
  let exchange: Exchange;

  beforeEach(async () => {
    clock = new ManualClock(Date.now());
    simulator = await startSimulator({ clock });
    exchange = connect(simulator);
    await exchange.loadHttpProxyAgent();
    await exchange.loadMarkets();
  });

  afterEach(async () => {
    await exchange.close();
    await simulator.stop();
  });

  const watch = (): Promise<unknown> => exchange.watchTickers(exchange.symbols, { name: 'ticker' });
  const fresh = (): Ticker[] => Object.values(exchange.tickers).filter((one) => one.timestamp === clock.now());
  /** Lets the client take in what is on its way until `isDone`; the test's own time limit bounds it. */
  const until = async (isDone: () => boolean): Promise<void> => {
    while (!isDone()) await new Promise((resolve) => setImmediate(resolve));
  };
  const connected = (): Promise<void> => until(() => simulator.status().connections === 1);
  /** Steps the venue until the subscription, which the client sends at its own pace, bears fruit. */
  const firstTickers = async (): Promise<void> => {
    while (Object.keys(exchange.tickers).length < 20) {
      clock.advance(1000);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  it('loads markets with exact ticks and limits', () => {
    expect(exchange.symbols).toHaveLength(20);
    expect(exchange.market('BTC/USDT')).toMatchObject({
      id: 'BTCUSDT',
      spot: true,
      active: true,
      precision: { price: 0.01, amount: 0.00001 },
      limits: { cost: { min: 5 } },
    });
  });

  it('answers over REST', async () => {
    expect(await exchange.fetchTime()).toBe(clock.now());
    expect((await exchange.fetchStatus()).status).toBe('ok');
    const ticker = await exchange.fetchTicker('ETH/USDT');
    expect(ticker).toMatchObject({ symbol: 'ETH/USDT', timestamp: clock.now() });
    expect(ticker.bid).toBeLessThan(ticker.last as number);
    expect(ticker.ask).toBeGreaterThan(ticker.last as number);
    expect(ticker.low).toBeLessThanOrEqual(ticker.vwap as number);
    expect(ticker.high).toBeGreaterThanOrEqual(ticker.vwap as number);
    expect(Object.keys(await exchange.fetchTickers())).toHaveLength(20);
    expect(Object.keys(await exchange.fetchTickers(['BTC/USDT', 'ADA/USDT'])).sort()).toEqual(['ADA/USDT', 'BTC/USDT']);
    expect(Object.keys(await exchange.fetchBidsAsks())).toHaveLength(20);
    const book = await exchange.fetchOrderBook('BTC/USDT', 20);
    expect(book.bids).toHaveLength(20);
    expect(book.bids[0]?.[0]).toBeLessThan(book.asks[0]?.[0] as number);
  });

  it('streams twenty tickers over one socket', async () => {
    const watching = watch();
    await connected();
    await firstTickers();
    await watching;
    clock.advance(1000);
    await until(() => fresh().length === 20);
    for (const { bid, ask, last } of fresh()) {
      expect(bid).toBeLessThan(last as number);
      expect(ask).toBeGreaterThan(last as number);
    }
    expect(simulator.status().connections).toBe(1);
    const book = exchange.watchBidsAsks(['BTC/USDT']);
    await until(() => simulator.status().connections === 2);
    while (exchange.bidsasks['BTC/USDT'] === undefined) {
      clock.advance(1000);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await book;
  });

  it('falls silent in a stall, with the socket open, and comes back', async () => {
    void watch().catch(() => undefined);
    await connected();
    await firstTickers();
    await until(() => fresh().length === 20);
    simulator.addFault({ fault: 'stall', feed: 'ticker', for: 5000 });
    const lastBefore = clock.now();
    const next = watch() as Promise<Record<string, Ticker>>;
    clock.advance(4000);
    expect(simulator.status().lastMessageAt.ticker).toBe(lastBefore);
    clock.advance(1000);
    // Any frame during the stall would have settled the call earlier.
    expect(Object.values(await next)[0]?.timestamp).toBe(lastBefore + 5000);
    expect(simulator.status().connections).toBe(1);
  });

  it('is a network error to a client that is cut off', async () => {
    void watch().catch(() => undefined);
    await connected();
    await firstTickers();
    await until(() => fresh().length === 20);
    const next = watch();
    const failed = expect(next).rejects.toBeInstanceOf(ccxt.NetworkError);
    simulator.addFault({ fault: 'disconnect' });
    await failed;
    void watch().catch(() => undefined);
    await connected();
  });

  it.each([
    [{ status: 503, body: 'html' }, ccxt.ExchangeNotAvailable],
    [{ status: 429, body: 'json' }, ccxt.DDoSProtection],
    [{ status: 503, body: 'json' }, ccxt.OperationFailed],
    [{ status: 200, body: 'broken' }, TypeError],
  ] as const)('fails requests with %j as the venue would', async (fault, error) => {
    simulator.addFault({ fault: 'rest_error', ...fault });
    await expect(exchange.fetchTicker('BTC/USDT')).rejects.toBeInstanceOf(error);
    simulator.endFaults();
    expect((await exchange.fetchTicker('BTC/USDT')).last).toBeGreaterThan(0);
  });

  it('knows an unknown symbol', async () => {
    const request = exchange as unknown as { publicGetTicker24hr(params: object): Promise<unknown> };
    await expect(request.publicGetTicker24hr({ symbol: 'FOOUSDT' })).rejects.toBeInstanceOf(ccxt.BadSymbol);
  });
});
