import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { describe, expect, it } from 'vitest';
import { loadCcxt } from './ccxt-library.js';
import type { CcxtClient } from './ccxt-library.js';
import { exchangeDefaults } from './exchange-options.js';
import { ExchangeRecord } from './exchange-record.js';
import type { WireRequest } from './request-log.js';
import { operationScope } from './venue-client.js';
import { VenueRest } from './venue-rest.js';

const options = { id: 'main', venue: 'binance', symbols: ['BTC/USDT'], ...exchangeDefaults };

/** A venue with 50 ms of way, whose answer is in the test's hand. */
class Bench {
  readonly clock = new FakeClock();
  readonly logger = new RecordingLogger();
  readonly record = new ExchangeRecord(options, ['loadMarkets', 'fetchTime']);
  readonly durations: string[] = [];
  asked = 0;
  answer: Partial<WireRequest> & { readonly time?: unknown } = {};
  readonly rest = new VenueRest({
    client: this.#client(),
    library: loadCcxt(),
    record: this.record,
    durations: {
      request: (operation, errorType, durationMs) =>
        void this.durations.push(`${operation} ${errorType ?? 'ok'} ${String(durationMs)}`),
      throttle: () => undefined,
    },
    clock: this.clock,
    logger: this.logger,
    random: () => 0.5,
  });

  #client(): CcxtClient {
    const client: Partial<CcxtClient> = { has: { fetchTime: true }, symbols: [], fetchTime: () => this.#fetchTime() };
    return client as CcxtClient;
  }

  async #fetchTime(): Promise<unknown> {
    this.asked += 1;
    const { time = this.clock.now() + 2_000, ...answer } = this.answer;
    const [nowMs, now] = [this.clock.monotonic(), this.clock.now()];
    const way = { startedMs: nowMs - 50, endedMs: nowMs, startedAt: now - 50, endedAt: now };
    const request: WireRequest = { operation: 'fetchTime', ...way, ...answer };
    const scope = operationScope.getStore();
    if (scope !== undefined) scope.newest = request;
    this.rest.requested(request);
    await Promise.resolve();
    if (request.errorType !== undefined) throw new Error('refused');
    return time;
  }
}

async function polled(bench: Bench, forMs: number): Promise<void> {
  const abort = new AbortController();
  const polling = bench.rest.poll(abort.signal);
  await bench.clock.advance(forMs);
  abort.abort();
  await polling;
}

describe('VenueRest', () => {
  it('polls at its interval and takes the time as of the middle of the way', async () => {
    const bench = new Bench();
    await polled(bench, 30_000);
    expect(bench.asked).toBe(4);
    expect(bench.durations[0]).toBe('fetchTime ok 50');
    expect(bench.record.requests.clockOffset).toMatchObject({ offsetMs: 2_025, uncertaintyMs: 25 });
  });

  it('asks nothing more for as long as a venue that limits us says', async () => {
    const bench = new Bench();
    bench.answer = { errorType: 'rate_limited', status: 429, headers: { 'Retry-After': '120' } };
    await polled(bench, 119_000);
    expect(bench.asked).toBe(1);
  });

  it('asks again after the pause, and never waits longer than an hour', async () => {
    const bench = new Bench();
    bench.answer = { errorType: 'banned', status: 418, headers: { 'Retry-After': '259200' } };
    await polled(bench, 3_600_000);
    expect(bench.asked).toBe(2);
  });

  it('does not take nothing for a time', async () => {
    const bench = new Bench();
    bench.answer = { time: null };
    await polled(bench, 1);
    expect(bench.record.requests.up).toBe(false);
    expect(bench.record.requests.clockOffset).toBeUndefined();
    const failures = [...bench.record.requests.failures].filter((failure) => failure.count > 0);
    expect(failures).toEqual([{ operation: 'fetchTime', errorType: 'malformed_response', count: 1 }]);
  });

  it('logs the change, not every failure', async () => {
    const bench = new Bench();
    bench.answer = { errorType: 'network' };
    await polled(bench, 100_000);
    bench.answer = {};
    await polled(bench, 1);
    const told = bench.logger.lines.filter((line) => line.level !== 'debug').map((line) => line.message);
    expect(told).toEqual(['exchange fails over REST', 'exchange answers over REST again']);
  });

  it('reads the weight used from the answer', async () => {
    const bench = new Bench();
    bench.answer = { headers: { 'X-Mbx-Used-Weight-1m': '17', 'X-Mbx-Used-Weight': '99' } };
    await polled(bench, 1);
    expect(bench.record.requests.weights(bench.clock.monotonic())).toEqual([{ window: '1m', used: 17 }]);
    bench.answer = { weightLimits: [{ window: '1m', limit: 6000 }], headers: { 'x-mbx-used-weight-1m': '30' } };
    await polled(bench, 1);
    expect(bench.record.requests.weights(bench.clock.monotonic())).toEqual([{ window: '1m', used: 30, limit: 6000 }]);
  });
});
