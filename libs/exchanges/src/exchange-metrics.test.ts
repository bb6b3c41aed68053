import { FakeClock } from '@tapewatch/model/testing';
import { describe, expect, it } from 'vitest';
import type { CcxtSocket } from './ccxt-library.js';
import { ExchangeMetrics } from './exchange-metrics.js';
import type { Arrived } from './exchange-metrics.js';
import { exchangeDefaults } from './exchange-options.js';
import { ExchangeRecord } from './exchange-record.js';
import { RecordingMeter } from './testing/recording-meter.js';

const options = { id: 'main', venue: 'upbit', symbols: ['BTC/KRW', 'ETH/KRW'], ...exchangeDefaults };
const socket: CcxtSocket = { url: 'ws://a', send: () => Promise.resolve() };

function bench() {
  const clock = new FakeClock();
  const meter = new RecordingMeter();
  const record = new ExchangeRecord(options, ['loadMarkets']);
  const metrics = new ExchangeMetrics(meter, clock);
  record.begin(clock.monotonic());
  metrics.start([record]);
  const deliver = (symbol: string, ticker: object): void => {
    record.feedOf(symbol)?.message(socket, clock.monotonic());
    record.board.accept(symbol, ticker, clock.monotonic(), clock.now());
  };
  return { clock, meter, record, metrics, deliver };
}

describe('ExchangeMetrics', () => {
  it('has counters at 0 and states before anything has happened', () => {
    const { meter } = bench();
    expect(meter.points('exchange.request.errors')).toHaveLength(11);
    expect(meter.points('exchange.ticker.invalid')).toHaveLength(6);
    expect(meter.value('exchange.ws.connects')).toBe(0);
    expect(meter.value('exchange.ws.disconnects', { close_code: '1006' })).toBe(0);
    expect(meter.value('exchange.connected')).toBe(0);
    expect(meter.value('exchange.feed.stale_after', { feed: 'ticker' })).toBe(10);
    for (const { name, options: created } of [...meter.instruments].map(([name, made]) => ({ name, ...made }))) {
      expect(created.unit, name).not.toBe('');
      expect(created.description, name).toMatch(/\.$/);
    }
  });

  it('does not judge a feed before its first message until that is overdue, then ages it from the start of watching', async () => {
    const { clock, meter } = bench();
    await clock.advance(10_000);
    expect(meter.points('exchange.feed.age')).toEqual([]);
    expect(meter.points('exchange.feed.state')).toEqual([]);
    await clock.advance(1);
    expect(meter.value('exchange.feed.age')).toBe(10.001);
    expect(meter.value('exchange.feed.state', { state: 'cut_off' })).toBe(1);
  });

  it('judges a feed from its first message on', async () => {
    const { clock, meter, deliver } = bench();
    await clock.advance(2_000);
    deliver('BTC/KRW', { last: 5 });
    await clock.advance(500);
    expect(meter.value('exchange.feed.age')).toBe(0.5);
    expect(meter.value('exchange.feed.state', { state: 'live' })).toBe(1);
    expect(meter.value('exchange.ticker.age', { symbol: 'BTC/KRW' })).toBe(0.5);
  });

  it.each([3_600_000, -3_600_000])(
    'ages feeds by the time that has passed when the wall clock is set by %i ms',
    async (byMs) => {
      const { clock, meter, deliver } = bench();
      deliver('BTC/KRW', { last: 5 });
      clock.jump(byMs);
      await clock.advance(500);
      expect(meter.value('exchange.feed.age')).toBe(0.5);
      expect(meter.value('exchange.ticker.age', { symbol: 'BTC/KRW' })).toBe(0.5);
      expect(meter.value('exchange.feed.state', { state: 'live' })).toBe(1);
      await clock.advance(10_000);
      expect(meter.value('exchange.feed.age')).toBe(10.5);
    },
  );

  it('gives a symbol that has not delivered no age for a minute, then ages it from the start of watching', async () => {
    const { clock, meter, deliver } = bench();
    deliver('BTC/KRW', { last: 5 });
    await clock.advance(60_000);
    expect(meter.points('exchange.ticker.age', { symbol: 'ETH/KRW' })).toEqual([]);
    await clock.advance(1);
    expect(meter.value('exchange.ticker.age', { symbol: 'ETH/KRW' })).toBe(60.001);
  });

  it('leaves out what the venue does not send', () => {
    const { meter, deliver } = bench();
    deliver('BTC/KRW', { last: 5 });
    expect(meter.value('exchange.ticker.last')).toBe(5);
    for (const part of ['bid', 'ask', 'spread', 'volume.base', 'volume.quote']) {
      expect(meter.points(`exchange.ticker.${part}`)).toEqual([]);
    }
    expect(meter.points('exchange.rate_limit.used')).toEqual([]);
    expect(meter.points('exchange.clock.offset')).toEqual([]);
  });

  it('tells of a message what the next collection says of it, and nothing of a ticker that does not stand', () => {
    const { meter, metrics, record, deliver } = bench();
    const told: string[] = [];
    const arrived: Arrived = (instrument, value, attributes) => {
      told.push(`${meter.nameOf(instrument)} ${JSON.stringify(attributes)} ${value}`);
    };
    metrics.arrived(record, 'BTC/KRW', arrived);
    expect(told).toEqual([]);
    deliver('BTC/KRW', { last: 5, bid: 4, ask: 6, baseVolume: 7 });
    metrics.arrived(record, 'BTC/KRW', arrived);
    metrics.arrived(record, 'ETH/KRW', arrived);
    const collected = ['last', 'bid', 'ask', 'spread', 'volume.base'].map((part) => {
      const [point] = meter.points(`exchange.ticker.${part}`);
      return `exchange.ticker.${part} ${JSON.stringify(point?.attributes)} ${point?.value}`;
    });
    expect(told).toEqual(collected);
  });

  it('ends prices after the stale time, and only those that have come since stand when the feed returns', async () => {
    const { clock, meter, deliver } = bench();
    deliver('BTC/KRW', { last: 5 });
    deliver('ETH/KRW', { last: 7 });
    await clock.advance(10_000);
    expect(meter.points('exchange.ticker.last')).toHaveLength(2);
    await clock.advance(1);
    expect(meter.points('exchange.ticker.last')).toEqual([]);
    expect(meter.points('exchange.ticker.age')).toHaveLength(2);
    deliver('ETH/KRW', { last: 8 });
    expect(meter.points('exchange.ticker.last').map((point) => point.value)).toEqual([8]);
  });

  it('tells how much of a window is used where the venue tells the limit, and the fullest one in the view', () => {
    const { clock, meter, record } = bench();
    const nowMs = clock.monotonic();
    record.requests.weightUsed('1m', 40, nowMs);
    record.requests.weightUsed('1d', 600, nowMs);
    record.requests.weightLimited({ window: '1m', limit: 80 });
    record.requests.weightLimited({ window: '1d', limit: 0 });
    expect(meter.value('exchange.rate_limit.limit')).toBe(80);
    expect(
      meter.points('exchange.rate_limit.utilization').map(({ value, attributes }) => [value, attributes['window']]),
    ).toEqual([[0.5, '1m']]);
    expect(record.view(nowMs).rateLimitUsedRatio).toBe(0.5);
    record.requests.weightLimited({ window: '1d', limit: 800 });
    expect(record.view(nowMs).rateLimitUsedRatio).toBe(0.75);
    expect(record.view(nowMs + 86_400_001).rateLimitUsedRatio).toBeUndefined();
  });

  it('ends the used weight and the clock offset when nobody confirms them any more', async () => {
    const { clock, meter, record } = bench();
    record.requests.weightUsed('1m', 40, clock.monotonic());
    const way = { startedMs: 0, endedMs: 0, startedAt: clock.now(), endedAt: clock.now() };
    record.requests.serverTime(clock.now() + 250, { operation: 'fetchTime', ...way });
    expect(meter.value('exchange.rate_limit.used', { window: '1m' })).toBe(40);
    expect(meter.value('exchange.clock.offset')).toBe(0.25);
    await clock.advance(60_001);
    expect(meter.points('exchange.rate_limit.used')).toEqual([]);
    expect(meter.points('exchange.clock.offset')).toEqual([]);
  });

  it('is connected while REST answered lately and the feed is fresh', async () => {
    const { clock, meter, record, deliver } = bench();
    deliver('BTC/KRW', { last: 5 });
    expect(meter.value('exchange.connected')).toBe(0);
    const way = { startedMs: 0, endedMs: 0, startedAt: 0, endedAt: 0 };
    record.requests.succeeded({ operation: 'fetchTicker', ...way });
    expect(meter.value('exchange.connected')).toBe(1);
    record.requests.failed('fetchTicker', 'network');
    await clock.advance(30_000);
    deliver('BTC/KRW', { last: 5 });
    expect(meter.value('exchange.connected')).toBe(1);
    expect(meter.value('exchange.up', { transport: 'rest' })).toBe(0);
    await clock.advance(1);
    expect(meter.value('exchange.connected')).toBe(0);
  });

  it('reuses the attributes of request times', () => {
    const { meter, metrics } = bench();
    const durations = metrics.durationsOf(options);
    durations.request('fetchTicker', undefined, 250);
    durations.request('fetchTicker', undefined, 50);
    durations.request('fetchTicker', 'timeout', 10_000);
    const [first, second, third] = meter.recorded;
    expect(first?.value).toBe(0.25);
    expect(second?.attributes).toBe(first?.attributes);
    expect(third?.attributes).toMatchObject({ operation: 'fetchTicker', 'error.type': 'timeout' });
  });

  it('counts close codes beyond a bound together', () => {
    const { meter, record } = bench();
    for (let code = 4_000; code < 4_100; code++) record.countDisconnect({ close_code: String(code) }, 0);
    const points = meter.points('exchange.ws.disconnects');
    expect(points.length).toBeLessThan(40);
    expect(points.reduce((sum, point) => sum + point.value, 0)).toBe(100);
  });

  it('keeps 200 symbols in one subscription and judges the feed by its worst', async () => {
    const clock = new FakeClock();
    const symbols = Array.from({ length: 201 }, (_, i) => `C${String(i)}/KRW`);
    const record = new ExchangeRecord({ ...options, symbols }, []);
    record.begin(0);
    expect(record.feeds.map((feed) => feed.symbols.length)).toEqual([200, 1]);
    await clock.advance(5_000);
    record.feedOf('C0/KRW')?.message(socket, clock.monotonic());
    expect(record.feedAgeMs(clock.monotonic())).toBe(5_000);
    expect(record.judgedFeedAgeMs(clock.monotonic())).toBe(undefined);
    record.feedOf('C200/KRW')?.message(socket, clock.monotonic());
    expect(record.judgedFeedAgeMs(clock.monotonic() + 1)).toBe(1);
    expect(record.socketsUp(clock.monotonic())).toBe(undefined);
    expect(record.socketsUp(clock.monotonic() + 10_000)).toBe(false);
  });
});
