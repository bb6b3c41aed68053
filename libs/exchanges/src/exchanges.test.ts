import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { systemClock } from '@tapewatch/model';
import { RecordingLogger } from '@tapewatch/model/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { ExchangeOptions } from './exchange-options.js';
import { createExchanges } from './exchanges.js';
import type { Exchanges } from './exchanges.js';
import { RecordingMeter } from './testing/recording-meter.js';

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const bases = ['BTC', 'ETH'];

/** As little of Binance's spot protocol as the client needs, on real sockets, with every answer and frame in the test's hand. */
class FakeVenue {
  /** Undefined = the right answer. */
  answer: (path: string) => Answer | undefined = () => undefined;
  /** What a ticker frame says besides the symbol; undefined = nothing is sent. */
  ticker: ((symbol: string) => object) | undefined = () => ({ c: '101', b: '100', a: '102', v: '5', q: '500' });
  port = 0;
  subscriptions = 0;
  readonly tcp = new Set<Socket>();
  readonly sockets = new Set<WebSocket>();
  #server: Server | undefined;
  #pushing: NodeJS.Timeout | undefined;

  async listen(): Promise<void> {
    const server = createServer((request, response) => this.#respond(request.url ?? '', response));
    server.on('connection', (socket) => {
      this.tcp.add(socket);
      socket.on('close', () => this.tcp.delete(socket));
    });
    new WebSocketServer({ server }).on('connection', (socket) => this.#serve(socket));
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#pushing = setInterval(() => this.#push(), 50);
  }

  async close(): Promise<void> {
    clearInterval(this.#pushing);
    for (const socket of this.tcp) socket.destroy();
    await new Promise((resolve) => (this.#server === undefined ? resolve(undefined) : this.#server.close(resolve)));
  }

  send(frame: string): void {
    for (const socket of this.sockets) socket.send(frame);
  }

  drop(): void {
    for (const socket of this.sockets) socket.terminate();
  }

  #respond(url: string, response: ServerResponse): void {
    const path = url.split('?')[0] ?? '';
    const { status = 200, headers = {}, body } = this.answer(path) ?? rightAnswer(path);
    response.writeHead(status, { 'content-type': 'application/json', 'x-mbx-used-weight-1m': '42', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  #serve(socket: WebSocket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('message', (text) => {
      this.subscriptions += 1;
      const { id } = JSON.parse((text as Buffer).toString()) as { id: number };
      socket.send(JSON.stringify({ result: null, id }));
    });
  }

  #push(): void {
    for (const base of bases) {
      if (this.ticker === undefined) return;
      const symbol = `${base}USDT`;
      this.send(JSON.stringify({ e: '24hrTicker', E: Date.now(), C: Date.now(), s: symbol, ...this.ticker(symbol) }));
    }
  }
}

function rightAnswer(path: string): Answer {
  if (path === '/api/v3/time') return { body: { serverTime: Date.now() } };
  if (path !== '/api/v3/exchangeInfo') return { status: 404, body: { code: -1, msg: 'unknown path' } };
  const rateLimits = [
    { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 6000 },
    { rateLimitType: 'RAW_REQUESTS', interval: 'MINUTE', intervalNum: 5, limit: 61_000 },
  ];
  const symbols = bases.map((baseAsset) => ({
    symbol: `${baseAsset}USDT`,
    status: 'TRADING',
    baseAsset,
    quoteAsset: 'USDT',
    baseAssetPrecision: 8,
    quotePrecision: 8,
    filters: [],
    orderTypes: ['LIMIT', 'MARKET'],
    permissions: ['SPOT'],
    isSpotTradingAllowed: true,
  }));
  return { body: { timezone: 'UTC', serverTime: Date.now(), rateLimits, exchangeFilters: [], symbols } };
}

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function openVenue(): Promise<FakeVenue> {
  const venue = new FakeVenue();
  await venue.listen();
  cleanups.push(() => venue.close());
  return venue;
}

function optionsFor(port: number, change: Partial<ExchangeOptions> = {}): ExchangeOptions {
  return {
    id: 'main',
    venue: 'binance',
    symbols: ['BTC/USDT', 'ETH/USDT'],
    staleAfterMs: 800,
    feedTimeoutMs: 1_500,
    pollIntervalMs: 50,
    requestTimeoutMs: 1_000,
    restUrl: `http://127.0.0.1:${String(port)}`,
    wsUrl: `ws://127.0.0.1:${String(port)}/stream/ws`,
    ...change,
  };
}

interface Watched {
  readonly exchanges: Exchanges;
  readonly meter: RecordingMeter;
  readonly logger: RecordingLogger;
}

async function watch(...options: readonly ExchangeOptions[]): Promise<Watched> {
  const meter = new RecordingMeter();
  const logger = new RecordingLogger();
  const exchanges = createExchanges({ exchanges: options, meter, clock: systemClock, logger, random: Math.random });
  cleanups.push(() => exchanges.stop());
  await exchanges.start();
  return { exchanges, meter, logger };
}

function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 15_000, interval: 10 });
}

async function connected(meter: RecordingMeter, exchange = 'main'): Promise<void> {
  await eventually(() => expect(meter.value('exchange.connected', { exchange })).toBe(1));
}

const btc = { symbol: 'BTC/USDT' };
const disconnectsBy = (meter: RecordingMeter, cause: object): number =>
  meter.value('exchange.ws.disconnects', { ...cause }) ?? 0;

describe('createExchanges', () => {
  it('measures a venue that is well', async () => {
    const venue = await openVenue();
    const { meter, exchanges } = await watch(optionsFor(venue.port));
    await connected(meter);
    await eventually(() => expect(meter.points('exchange.ticker.last')).toHaveLength(2));
    const base = { exchange: 'main', venue: 'binance' };
    expect(meter.value('exchange.up', { transport: 'rest' })).toBe(1);
    expect(meter.value('exchange.up', { transport: 'ws' })).toBe(1);
    expect(meter.points('exchange.ticker.bid', btc)).toEqual([
      { name: 'exchange.ticker.bid', value: 100, attributes: { ...base, ...btc } },
    ]);
    expect(meter.value('exchange.ticker.spread', btc)).toBeCloseTo(2 / 101, 12);
    expect(meter.value('exchange.ticker.volume.base', btc)).toBe(5);
    expect(meter.value('exchange.ticker.volume.quote', btc)).toBe(500);
    expect(meter.value('exchange.feed.state', { state: 'live' })).toBe(1);
    expect(meter.value('exchange.feed.messages')).toBeGreaterThan(0);
    expect(meter.value('exchange.rate_limit.used')).toBe(42);
    expect(meter.points('exchange.rate_limit.limit').map(({ value }) => value)).toEqual([6000]);
    expect(meter.value('exchange.rate_limit.utilization', { window: '1m' })).toBe(0.007);
    expect(Math.abs(meter.value('exchange.clock.offset') ?? NaN)).toBeLessThan(1);
    expect(meter.value('exchange.ws.disconnects', { 'error.type': 'stalled' })).toBe(0);
    expect(meter.recorded).toContainEqual(
      expect.objectContaining({ name: 'exchange.request.duration', attributes: { ...base, operation: 'loadMarkets' } }),
    );
    expect(exchanges.views()).toMatchObject([
      {
        id: 'main',
        venue: 'binance',
        connected: true,
        tickers: [
          { ...btc, last: 101 },
          { symbol: 'ETH/USDT', ask: 102 },
        ],
      },
    ]);
  });

  it('ends the prices of a feed that goes silent, drops its connection and comes back', async () => {
    const venue = await openVenue();
    const { meter, exchanges } = await watch(optionsFor(venue.port));
    await connected(meter);
    const ticker = venue.ticker;
    venue.ticker = undefined;
    await eventually(() => expect(meter.value('exchange.feed.state', { state: 'stuck' })).toBe(1));
    expect(meter.points('exchange.ticker.last')).toEqual([]);
    expect(meter.points('exchange.ticker.age')).toHaveLength(2);
    expect(meter.value('exchange.connected')).toBe(0);
    expect(exchanges.views()[0]?.tickers[0]).toEqual({
      symbol: 'BTC/USDT',
      at: expect.any(Number) as number,
      ageMs: expect.any(Number) as number,
    });
    await eventually(() => expect(disconnectsBy(meter, { 'error.type': 'stalled' })).toBe(1));
    expect(meter.value('exchange.feed.stalls')).toBe(1);
    expect(meter.value('exchange.feed.age')).toBeGreaterThan(0.8);
    venue.ticker = ticker;
    await connected(meter);
    expect(meter.points('exchange.ticker.last').length).toBeGreaterThan(0);
  });

  it('dials again when the connection drops, with nobody waiting on it', async () => {
    const venue = await openVenue();
    const { meter, exchanges } = await watch(optionsFor(venue.port));
    await connected(meter);
    venue.drop();
    await eventually(() => expect(meter.value('exchange.feed.state', { state: 'cut_off' })).toBe(1));
    expect(meter.points('exchange.ticker.last')).toEqual([]);
    await connected(meter);
    expect(disconnectsBy(meter, { close_code: '1006' })).toBe(1);
    expect(meter.points('exchange.ws.connects', {})[0]?.value).toBe(2);
    expect(exchanges.views()[0]?.errorsLastHour).toBe(1);
  });

  it('loses nothing but the frame when a frame cannot be read', async () => {
    const venue = await openVenue();
    const { meter } = await watch(optionsFor(venue.port));
    await connected(meter);
    venue.send('{"e":"24hrTicker",');
    venue.send('null');
    await eventually(() => expect(meter.value('exchange.ticker.invalid', { reason: 'malformed' })).toBe(2));
    const seen = meter.value('exchange.feed.messages') ?? 0;
    await eventually(() => expect(meter.value('exchange.feed.messages')).toBeGreaterThan(seen + 10));
    expect(meter.value('exchange.connected')).toBe(1);
    expect(venue.subscriptions).toBe(1);
  });

  it.each([
    ['empty', {}],
    ['crossed', { c: '101', b: '103', a: '102' }],
    ['not_positive', { c: '-1', b: '1', a: '2' }],
  ])('refuses %s tickers, and the last good price does not outlive them', async (reason, fields) => {
    const venue = await openVenue();
    const { meter } = await watch(optionsFor(venue.port));
    await connected(meter);
    venue.ticker = () => fields;
    await eventually(() => expect(meter.value('exchange.ticker.invalid', { reason })).toBeGreaterThan(2));
    await eventually(() => expect(meter.points('exchange.ticker.last')).toEqual([]));
    expect(meter.value('exchange.feed.state', { state: 'live' })).toBe(1);
    expect(meter.value('exchange.ticker.age', btc)).toBeGreaterThan(0.4);
  });

  it.each([
    ['malformed_response', { body: '<html>blocked</html>' }],
    ['malformed_response', { body: '{"serverTime":' }],
    ['malformed_response', { body: {} }],
    ['unavailable', { status: 503, body: 'down' }],
    ['rate_limited', { status: 429, body: { code: -1003, msg: 'too many' } }],
    ['banned', { status: 418, body: { code: -1003, msg: 'banned' } }],
    ['auth', { status: 401, body: 'who?' }],
  ])('counts an answer as %s: %o', async (errorType, answer: Answer) => {
    const venue = await openVenue();
    const { meter } = await watch(optionsFor(venue.port));
    await connected(meter);
    const errors = { operation: 'fetchTime', 'error.type': errorType };
    expect(meter.value('exchange.request.errors', errors)).toBe(0);
    venue.answer = (path) => (path.endsWith('/time') ? answer : undefined);
    await eventually(() => expect(meter.value('exchange.request.errors', errors)).toBeGreaterThan(0));
    expect(meter.value('exchange.up', { transport: 'rest' })).toBe(0);
    expect(meter.value('exchange.feed.state', { state: 'live' })).toBe(1);
    venue.answer = () => undefined;
    await eventually(() => expect(meter.value('exchange.up', { transport: 'rest' })).toBe(1));
  });

  it('counts an answer that takes too long as a timeout', async () => {
    const venue = await openVenue();
    const { meter } = await watch(optionsFor(venue.port, { requestTimeoutMs: 200 }));
    await connected(meter);
    for (const socket of venue.tcp) socket.pause();
    const errors = { operation: 'fetchTime', 'error.type': 'timeout' };
    await eventually(() => expect(meter.value('exchange.request.errors', errors)).toBeGreaterThan(0));
  });

  it('keeps trying a venue that is down at the start, and disturbs no other meanwhile', async () => {
    const venue = await openVenue();
    const late = await openVenue();
    await late.close();
    const { meter, logger } = await watch(optionsFor(venue.port), optionsFor(late.port, { id: 'late' }));
    await connected(meter);
    const errors = { exchange: 'late', operation: 'loadMarkets', 'error.type': 'network' };
    await eventually(() => expect(meter.value('exchange.request.errors', errors)).toBeGreaterThan(0));
    expect(meter.value('exchange.connected', { exchange: 'late' })).toBe(0);
    await eventually(() => expect(meter.value('exchange.feed.age', { exchange: 'late' })).toBeGreaterThan(0.8));
    await late.listen();
    await connected(meter, 'late');
    expect(meter.value('exchange.connected', { exchange: 'main' })).toBe(1);
    expect(logger.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ exchange: 'late' }) as object }),
    );
  });

  it.each([
    ['an error', { status: 503, body: 'down' }],
    ['nothing', { body: {} }],
  ])('asks for the markets again after %s', async (_what, answer: Answer) => {
    const venue = await openVenue();
    venue.answer = (path) => (path.endsWith('/exchangeInfo') ? answer : undefined);
    const { meter } = await watch(optionsFor(venue.port));
    await eventually(() => {
      const failures = meter.points('exchange.request.errors', { operation: 'loadMarkets' });
      expect(failures.some((point) => point.value > 0)).toBe(true);
    });
    venue.answer = () => undefined;
    await connected(meter);
  });

  it('watches the symbols that the venue lists, and names those that it does not', async () => {
    const venue = await openVenue();
    const { meter, logger } = await watch(optionsFor(venue.port, { symbols: ['BTC/USDT', 'NONE/USDT'] }));
    await connected(meter);
    expect(meter.points('exchange.ticker.last')).toHaveLength(1);
    expect(meter.points('exchange.ticker.age', { symbol: 'NONE/USDT' })).toEqual([]);
    expect(logger.lines).toContainEqual(
      expect.objectContaining({ fields: expect.objectContaining({ symbols: ['NONE/USDT'], count: 1 }) as object }),
    );
  });

  it('leaves no connection and no series behind when it stops', async () => {
    const venue = await openVenue();
    const { meter, exchanges } = await watch(optionsFor(venue.port));
    await connected(meter);
    await exchanges.stop();
    await exchanges.stop();
    expect(meter.collect()).toEqual([]);
    await eventually(() => expect(venue.tcp.size).toBe(0));
  });

  it('stops although the venue does not answer its closing handshake', async () => {
    const venue = await openVenue();
    const { meter, exchanges } = await watch(optionsFor(venue.port));
    await connected(meter);
    for (const socket of venue.sockets) socket.pause();
    await exchanges.stop();
    for (const socket of venue.sockets) socket.resume();
    await eventually(() => expect(venue.tcp.size).toBe(0));
  });
});

describe('ExchangeMetrics', () => {
  it('gives each series the same attributes object at every collection', async () => {
    const venue = await openVenue();
    const { meter } = await watch(optionsFor(venue.port));
    await connected(meter);
    const known = new Set(meter.collect().map((point) => point.attributes));
    for (const point of meter.collect()) expect(known).toContain(point.attributes);
  });
});
