import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { systemClock } from '@tapewatch/model';
import { RecordingLogger } from '@tapewatch/model/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Arrived } from './exchange-metrics.js';
import { createExchanges } from './exchanges.js';
import type { Exchanges } from './exchanges.js';
import { RecordingMeter } from './testing/recording-meter.js';

/** Runs the simulator's sources as they are: Node strips the types, this finds `x.ts` where `x.js` is asked for. */
const resolveSources = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  const resolve = (name, context, next) => {
    try { return next(name, context); } catch (error) {
      if (name.endsWith('.js')) return next(name.replace(/js$/, 'ts'), context);
      throw error;
    }
  };
  registerHooks({ resolve });
`)}`;
const simulatorMain = new URL('../../../apps/exchange-simulator/src/main.ts', import.meta.url).pathname;

let simulator: ChildProcess;
let address: { readonly rest: string; readonly ws: string };
let exchanges: Exchanges | undefined;

beforeAll(async () => {
  simulator = spawn(process.execPath, ['--import', resolveSources, simulatorMain, '--port', '0', '--seed', '7'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (simulator.stdout === null) throw new Error('the simulator has no output');
  const [line] = (await once(simulator.stdout, 'data')) as [Buffer];
  address = JSON.parse(String(line)) as typeof address;
});

afterAll(async () => {
  simulator.kill();
  await once(simulator, 'exit');
});

afterEach(async () => {
  await fetch(`${address.rest}/simulator/faults`, { method: 'DELETE' });
  await exchanges?.stop();
});

async function fault(fields: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify(fields);
  const response = await fetch(`${address.rest}/simulator/faults`, { method: 'POST', headers, body });
  expect(response.status).toBe(201);
}

async function watchAll(
  arrived: Arrived = () => undefined,
): Promise<{ meter: RecordingMeter; symbols: readonly string[] }> {
  const status = await fetch(`${address.rest}/simulator/status`);
  const { symbols } = (await status.json()) as { symbols: readonly string[] };
  const meter = new RecordingMeter();
  const exchange = {
    id: 'simulated',
    venue: 'binance',
    symbols,
    // the simulator sends once a second
    staleAfterMs: 1_500,
    feedTimeoutMs: 3_000,
    pollIntervalMs: 200,
    requestTimeoutMs: 2_000,
    restUrl: address.rest,
    wsUrl: address.ws,
  };
  const logger = new RecordingLogger();
  exchanges = createExchanges({
    exchanges: [exchange],
    meter,
    clock: systemClock,
    logger,
    random: Math.random,
    arrived,
  });
  await exchanges.start();
  await eventually(() => expect(meter.value('exchange.connected')).toBe(1));
  return { meter, symbols };
}

function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 15_000, interval: 20 });
}

describe('createExchanges on the simulator', () => {
  it('measures every symbol with bid, ask and volumes', async () => {
    const { meter, symbols } = await watchAll();
    for (const part of ['last', 'bid', 'ask', 'spread', 'volume.base', 'volume.quote', 'age']) {
      await eventually(() => expect(meter.points(`exchange.ticker.${part}`)).toHaveLength(symbols.length));
    }
    expect(meter.points('exchange.ticker.invalid').every((point) => point.value === 0)).toBe(true);
    expect(exchanges?.views()[0]?.tickers.map((ticker) => ticker.symbol)).toEqual(symbols);
  });

  it('tells of every valid ticker as its message comes', async () => {
    const told = new Set<unknown>();
    await watchAll((_, value, { symbol }) => {
      if (value > 0) told.add(symbol);
    });
    await eventually(() =>
      expect([...told].sort()).toEqual([...(exchanges?.views()[0]?.tickers ?? [])].map(({ symbol }) => symbol).sort()),
    );
  });

  it('sees a stalled feed as stuck, not as cut off, and recovers', async () => {
    const { meter } = await watchAll();
    await fault({ fault: 'stall', feed: 'ticker', for: '5s' });
    await eventually(() => expect(meter.value('exchange.feed.state', { state: 'stuck' })).toBe(1));
    expect(meter.points('exchange.ticker.last')).toEqual([]);
    await eventually(() => expect(meter.value('exchange.feed.stalls')).toBeGreaterThan(0));
    await eventually(() => expect(meter.value('exchange.connected')).toBe(1));
  });

  it('sees dropped and refused connections as cut off, and recovers', async () => {
    const { meter } = await watchAll();
    await fault({ fault: 'disconnect', for: '1s' });
    await eventually(() => expect(meter.value('exchange.feed.state', { state: 'cut_off' })).toBe(1));
    await eventually(() => expect(meter.value('exchange.connected')).toBe(1));
  });

  it('sees REST fail while the feed lives', async () => {
    const { meter } = await watchAll();
    await fault({ fault: 'rest_error', status: 503, body: 'html', for: '1s' });
    await eventually(() => expect(meter.value('exchange.up', { transport: 'rest' })).toBe(0));
    expect(meter.value('exchange.feed.state', { state: 'live' })).toBe(1);
    await eventually(() => expect(meter.value('exchange.up', { transport: 'rest' })).toBe(1));
  });
});
