import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { SimulatorStatus } from './control-api.js';
import type { Simulator, SimulatorOptions } from './simulator.js';
import { startSimulator } from './simulator.js';
import { ManualClock } from './testing/manual-clock.js';

interface Frame {
  readonly e?: string;
  readonly E?: number;
  readonly s?: string;
  readonly stream?: string;
  readonly data?: Frame;
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly msg: string };
}

/** A plain client that keeps every message, so that a test can say what did not arrive. */
class Client {
  readonly received: (Frame | Frame[])[] = [];
  readonly socket: WebSocket;
  #nextId = 1;

  constructor(url: string) {
    this.socket = new WebSocket(url);
    this.socket.on('message', (data: Buffer) => this.received.push(JSON.parse(data.toString()) as Frame));
    this.socket.on('error', () => undefined);
  }

  /** Messages keep their order on a socket: once this is answered, everything sent before has arrived. */
  async ask(method: string, params?: string[]): Promise<Frame> {
    const id = this.#nextId++;
    return this.tell(JSON.stringify({ method, params, id }), (frame) => frame.id === id);
  }

  async tell(text: string, isAnswer: (frame: Frame) => boolean): Promise<Frame> {
    this.socket.send(text);
    for (;;) {
      await once(this.socket, 'message');
      const answer = this.received.find((frame): frame is Frame => !Array.isArray(frame) && isAnswer(frame));
      if (answer !== undefined) return answer;
    }
  }

  async framesNow(): Promise<(Frame | Frame[])[]> {
    await this.ask('LIST_SUBSCRIPTIONS');
    const frames = this.received.filter((frame) => Array.isArray(frame) || frame.id === undefined);
    this.received.length = 0;
    return frames;
  }
}

describe('Simulator', () => {
  let clock: ManualClock;
  let simulator: Simulator;
  let clients: Client[];

  const start = async (options: SimulatorOptions = {}): Promise<void> => {
    clock = new ManualClock();
    simulator = await startSimulator({ clock, ...options });
  };
  const connect = async (path = '/stream/ws/0'): Promise<Client> => {
    const client = new Client(simulator.rest.replace('http', 'ws') + path);
    clients.push(client);
    await once(client.socket, 'open');
    return client;
  };
  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(simulator.rest + path, init);
  const control = (method: string, path: string, body?: unknown): Promise<Response> =>
    get(`/simulator/${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  const status = async (): Promise<SimulatorStatus> =>
    (await (await control('GET', 'status')).json()) as SimulatorStatus;

  beforeEach(() => {
    clients = [];
  });

  afterEach(async () => {
    for (const { socket } of clients) socket.terminate();
    await simulator.stop();
  });

  describe('streams', () => {
    beforeEach(() => start());

    it('sends what is subscribed once a second, until it is unsubscribed', async () => {
      const client = await connect();
      const wanted = ['btcusdt@ticker', 'ethusdt@miniTicker', 'solusdt@bookTicker', '!miniTicker@arr'];
      expect(await client.ask('SUBSCRIBE', wanted)).toEqual({ result: null, id: 1 });
      expect((await client.ask('LIST_SUBSCRIPTIONS')).result).toEqual(wanted);
      clock.advance(1000);
      const [ticker, mini, book, all] = await client.framesNow();
      expect(ticker).toMatchObject({ e: '24hrTicker', s: 'BTCUSDT', E: clock.now() });
      expect(mini).toMatchObject({ e: '24hrMiniTicker', s: 'ETHUSDT' });
      expect(Object.keys(book as Frame)).toEqual(['u', 's', 'b', 'B', 'a', 'A']);
      expect(all).toHaveLength(20);
      await client.ask('UNSUBSCRIBE', wanted.slice(0, 3));
      clock.advance(2000);
      expect(await client.framesNow()).toHaveLength(2);
    });

    it('subscribes by address and wraps the frames of combined streams', async () => {
      const plain = await connect('/ws/btcusdt@ticker');
      const combined = await connect('/stream?streams=btcusdt@ticker/ethusdt@miniTicker');
      clock.advance(1000);
      expect(await plain.framesNow()).toMatchObject([{ s: 'BTCUSDT' }]);
      expect(await combined.framesNow()).toMatchObject([
        { stream: 'btcusdt@ticker', data: { s: 'BTCUSDT' } },
        { stream: 'ethusdt@miniTicker', data: { s: 'ETHUSDT' } },
      ]);
    });

    it('says nothing on streams it does not have', async () => {
      const client = await connect();
      expect(
        (await client.ask('SUBSCRIBE', ['BTCUSDT@ticker', 'foousdt@ticker', 'btcusdt@nothing'])).result,
      ).toBeNull();
      clock.advance(1000);
      expect(await client.framesNow()).toEqual([]);
    });

    it.each([
      ['{', 3, /Invalid JSON/],
      ['7', 2, /missing field `method`/],
      ['{"method":"DANCE","id":4}', 2, /unknown variant `DANCE`/],
      ['{"method":"SUBSCRIBE","params":"btcusdt@ticker","id":4}', 2, /invalid value/],
    ])('answers %s with an error and stays open', async (text, code, message) => {
      const client = await connect();
      const answer = await client.tell(text, (frame) => frame.error !== undefined);
      expect(answer.error?.code).toBe(code);
      expect(answer.error?.msg).toMatch(message);
      expect((await client.ask('LIST_SUBSCRIPTIONS')).result).toEqual([]);
    });

    it('pings, and cuts off a client that never answers', async () => {
      const client = new Client(`${simulator.ws}/0`);
      clients.push(client);
      const silent = new WebSocket(`${simulator.ws}/1`, { autoPong: false });
      await Promise.all([once(client.socket, 'open'), once(silent, 'open')]);
      const cut = once(silent, 'close');
      for (let i = 0; i < 4; i++) {
        clock.advance(20_000);
        await client.framesNow();
      }
      expect((await cut)[0]).toBe(1006);
      expect(await status()).toMatchObject({ connections: 1, cutOff: 1 });
    });
  });

  describe('REST', () => {
    beforeEach(() => start());

    it.each([
      ['/api/v3/ticker/24hr?symbol=FOOUSDT', 400, -1121, 'Invalid symbol.'],
      ['/api/v3/ticker/24hr?symbol=btcusdt', 400, -1100, "Illegal characters found in parameter 'symbol'"],
      ['/api/v3/ticker/24hr?symbols=[BTCUSDT]', 400, -1100, "Illegal characters found in parameter 'symbols'"],
      ['/api/v3/ticker/24hr?symbol=BTCUSDT&symbols=["BTCUSDT"]', 400, -1128, 'Combination of optional parameters'],
      ['/api/v3/depth', 400, -1102, "Mandatory parameter 'symbol' was not sent"],
      ['/api/v3/depth?symbol=BTCUSDT&limit=ten', 400, -1100, "Illegal characters found in parameter 'limit'"],
      ['/api/v3/time?x=1', 400, -1104, "Not all sent parameters were read; read '0' parameter(s) but was sent '1'."],
      ['/api/v3/nothing', 404, -5000, 'Path /api/v3/nothing, Method GET is invalid'],
    ])('answers %s as Binance does', async (path, httpStatus, code, message) => {
      const response = await get(path);
      const body = (await response.json()) as { code: number; msg: string };
      expect([response.status, body.code]).toEqual([httpStatus, code]);
      expect(body.msg.slice(0, message.length)).toBe(message);
    });

    it('gives one ticker, a list, or all', async () => {
      const read = async (query: string): Promise<unknown> => (await get(`/api/v3/ticker/24hr${query}`)).json();
      expect(await read('?symbol=BTCUSDT')).toMatchObject({ symbol: 'BTCUSDT', closeTime: clock.now() });
      expect(await read('?symbols=["ETHUSDT","BTCUSDT"]')).toMatchObject([
        { symbol: 'ETHUSDT' },
        { symbol: 'BTCUSDT' },
      ]);
      expect(await read('')).toHaveLength(20);
      expect(await read('?type=MINI')).toHaveLength(20);
    });

    it('counts weight by the minute and refuses what goes over', async () => {
      const used = async (path: string): Promise<[number, number]> => {
        const response = await get(path);
        await response.arrayBuffer();
        return [response.status, Number(response.headers.get('x-mbx-used-weight-1m'))];
      };
      expect(await used('/api/v3/ticker/24hr')).toEqual([200, 80]);
      expect(await used('/api/v3/ping')).toEqual([200, 81]);
      clock.advance(60_000);
      for (let i = 1; i <= 24; i++)
        expect(await used('/api/v3/depth?symbol=BTCUSDT&limit=5000')).toEqual([200, i * 250]);
      const refused = await get('/api/v3/ping');
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
      expect(await refused.json()).toMatchObject({ code: -1003 });
      clock.advance(60_000);
      expect(await used('/api/v3/ping')).toEqual([200, 1]);
    });
  });

  describe('faults', () => {
    it('stalls the ticker streams and nothing else', async () => {
      await start({ faults: [{ at: 2000, for: 3000, fault: 'stall', feed: 'ticker' }] });
      const client = await connect();
      await client.ask('SUBSCRIBE', ['btcusdt@ticker', '!miniTicker@arr', 'btcusdt@bookTicker']);
      clock.advance(1000);
      expect(await client.framesNow()).toHaveLength(3);
      clock.advance(3000);
      expect((await client.framesNow()).map((frame) => Object.keys(frame)[0])).toEqual(['u', 'u', 'u']);
      const { now, lastMessageAt, faults } = await status();
      expect(now - (lastMessageAt.ticker as number)).toBe(3000);
      expect(lastMessageAt.book).toBe(now);
      expect(faults).toEqual([{ fault: 'stall', feed: 'ticker', startedAt: now - 2000, endsAt: now + 1000 }]);
      clock.advance(1000);
      expect(await client.framesNow()).toHaveLength(3);
      expect((await status()).faults).toEqual([]);
    });

    it('cuts sockets at once and refuses new ones while the fault lasts', async () => {
      await start();
      const client = await connect();
      const closed = once(client.socket, 'close');
      expect((await control('POST', 'faults', { fault: 'disconnect', for: '20s' })).status).toBe(201);
      expect((await closed)[0]).toBe(1006);
      const refused = new WebSocket(`${simulator.ws}/0`);
      const [, response] = (await once(
        refused.on('error', () => undefined),
        'unexpected-response',
      )) as [unknown, { statusCode: number }];
      expect(response.statusCode).toBe(503);
      refused.terminate();
      clock.advance(20_000);
      await connect();
    });

    it('cuts sockets on schedule', async () => {
      await start({ faults: [{ at: 5000, fault: 'disconnect' }] });
      const client = await connect();
      const closed = once(client.socket, 'close');
      clock.advance(5000);
      expect((await closed)[0]).toBe(1006);
      await connect();
    });

    it.each([
      [{ status: 503 }, 503, '{"code":-1001,', null],
      [{ status: 429 }, 429, '{"code":-1003,', '20'],
      [{ status: 200 }, 200, '{}', null],
      [{ status: 502, body: 'html' }, 502, '<html>', null],
      [{ status: 200, body: 'broken' }, 200, '{"symbol":"BTCUSDT","lastPrice":"94', null],
      [{ status: 500, body: 'empty' }, 500, '', null],
    ])('answers every request with %j', async (fault, httpStatus, body, retryAfter) => {
      await start();
      await control('POST', 'faults', { fault: 'rest_error', for: '20s', ...fault });
      const response = await get('/api/v3/time');
      expect([response.status, response.headers.get('retry-after')]).toEqual([httpStatus, retryAfter]);
      const text = await response.text();
      expect(text.slice(0, body.length)).toBe(body);
      if (body === '') expect(text).toBe('');
      clock.advance(20_000);
      expect((await get('/api/v3/time')).status).toBe(200);
    });

    it('delays answers', async () => {
      await start();
      await control('POST', 'faults', { fault: 'latency', ms: 800, for: '20s' });
      let answeredAt: number | undefined;
      const answer = get('/api/v3/time').then((response) => {
        answeredAt = clock.now();
        return response.json();
      });
      const asked = clock.now();
      // A later request without delay shows that the earlier one has come in and waits.
      while (answeredAt === undefined && clock.now() - asked < 5000) {
        await status();
        clock.advance(100);
      }
      expect(((await answer) as { serverTime: number }).serverTime - asked).toBeGreaterThanOrEqual(800);
    });

    it('lets a price jump and come back, and widens a spread', async () => {
      await start();
      const read = async (): Promise<Record<string, number>> => {
        const body = (await (await get('/api/v3/ticker/24hr?symbol=BTCUSDT')).json()) as Record<string, string>;
        return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, Number(value)]));
      };
      const before = (await read())['lastPrice'] as number;
      await control('POST', 'faults', { fault: 'price_jump', symbol: 'BTC/USDT', ratio: 0.8, for: '10s' });
      await control('POST', 'faults', { fault: 'wide_spread', ratio: 0.1, for: '10s' });
      clock.advance(1000);
      const { lastPrice = 0, bidPrice = 0, askPrice = 0, lowPrice } = await read();
      expect(lastPrice / before).toBeCloseTo(0.8, 2);
      expect((askPrice - bidPrice) / lastPrice).toBeCloseTo(0.1, 4);
      expect(lowPrice).toBe(lastPrice);
      clock.advance(10_000);
      expect(((await read())['lastPrice'] as number) / before).toBeCloseTo(1, 2);
    });
  });

  describe('control API', () => {
    beforeEach(() => start());

    it('tells and ends faults', async () => {
      const begun = await (await control('POST', 'faults', { fault: 'stall' })).json();
      expect(begun).toEqual({ fault: 'stall', feed: 'all', startedAt: clock.now(), endsAt: null });
      expect((await status()).faults).toEqual([begun]);
      expect(await (await control('DELETE', 'faults')).json()).toEqual({ ended: 1 });
      expect((await status()).faults).toEqual([]);
    });

    it('says what is wrong with a fault', async () => {
      const response = await control('POST', 'faults', { fault: 'latency', ms: -1, at: '5s' });
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({
        error: 'not a fault',
        problems: [
          { path: 'ms', message: 'must be at least 1' },
          { path: '', message: expect.stringContaining('"at"') as unknown },
        ],
      });
    });

    it('refuses what is no JSON, too long, or unknown', async () => {
      const headers = { 'content-type': 'application/json' };
      const post = async (init: RequestInit): Promise<number> =>
        (await get('/simulator/faults', { method: 'POST', ...init })).status;
      expect(await post({ body: '{', headers })).toBe(400);
      expect(await post({ body: 'x'.repeat(20_000), headers })).toBe(413);
      expect(await post({ body: '{"fault":"stall"}', headers: { 'content-type': 'text/plain' } })).toBe(415);
      expect((await control('GET', 'nothing')).status).toBe(404);
    });

    it('is closed to web pages that reach this machine under a foreign name', async () => {
      const { request } = await import('node:http');
      const outgoing = request(`${simulator.rest}/simulator/status`, { headers: { host: 'rebound.example:80' } }).end();
      const [response] = (await once(outgoing, 'response')) as [{ statusCode: number; resume(): void }];
      response.resume();
      expect(response.statusCode).toBe(403);
    });
  });

  it('continues its walk over a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
    const statePath = join(folder, 'walk.json');
    const price = async (): Promise<unknown> => (await get('/api/v3/ticker/price')).json();
    await start({ statePath });
    clock.advance(7000);
    const before = await price();
    await simulator.stop();
    await start({ statePath });
    expect(await price()).toEqual(before);
    await rm(folder, { recursive: true });
  });

  it('refuses to be reached from other machines', async () => {
    await start();
    await expect(startSimulator({ host: '0.0.0.0' })).rejects.toThrow('this machine only');
  });

  it('says when its port is taken', async () => {
    await start();
    const port = Number(new URL(simulator.rest).port);
    await expect(startSimulator({ port })).rejects.toThrow('EADDRINUSE');
  });
});
