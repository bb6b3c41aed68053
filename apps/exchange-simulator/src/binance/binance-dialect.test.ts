import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instruments } from '../market/instrument.js';
import { PriceEngine } from '../market/price-engine.js';
import { BinanceDialect } from './binance-dialect.js';
import { maxStreams } from './binance-session.js';

const nowMs = Date.UTC(2026, 0, 1);
const dialect = (): BinanceDialect => new BinanceDialect(new PriceEngine({ instruments, seed: 1 }));
const session = (path = '/stream/ws/0') => dialect().connect(new URL(path, 'http://venue.invalid'));
const subscribe = (params: readonly string[]): string => JSON.stringify({ method: 'SUBSCRIBE', params, id: 1 });

describe('BinanceDialect', () => {
  it('answers any request with a status and JSON', () => {
    const paths = fc.constantFrom(
      '/api/v3/ticker/24hr',
      '/api/v3/depth',
      '/api/v3/exchangeInfo',
      '/api/v3/ticker/price',
      '/x',
    );
    const names = fc.constantFrom('symbol', 'symbols', 'limit', 'type', 'other');
    const values = fc.oneof(fc.string(), fc.constantFrom('BTCUSDT', '["BTCUSDT"]', '["BTCUSDT",]', '5', '[]', 'MINI'));
    const queries = fc.array(fc.tuple(names, values), { maxLength: 3 });
    const venue = dialect();
    fc.assert(
      fc.property(paths, queries, fc.nat(), (path, query, minute) => {
        const request = { method: 'GET', path, query: new URLSearchParams(query) };
        const reply = venue.rest(request, nowMs + minute * 60_000);
        expect([200, 400, 404, 429]).toContain(reply.status);
        const body = JSON.parse(reply.body) as { code?: number; msg?: string };
        if (reply.status !== 200)
          expect(body).toEqual({ code: expect.any(Number) as number, msg: expect.any(String) as string });
      }),
    );
  });

  it('answers any message with JSON', () => {
    const command = fc.record({
      method: fc.constantFrom('SUBSCRIBE', 'UNSUBSCRIBE', 'X'),
      params: fc.anything(),
      id: fc.anything(),
    });
    const messages = fc.oneof(
      fc.string(),
      fc.json(),
      command.map((one) =>
        JSON.stringify(one, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
      ),
    );
    fc.assert(
      fc.property(fc.array(messages, { maxLength: 5 }), (texts) => {
        const one = session();
        for (const text of texts) expect(typeof JSON.parse(one.receive(text))).toBe('object');
        expect(one.streams.size).toBeLessThanOrEqual(maxStreams);
      }),
    );
  });

  it('prints or declines any stream', () => {
    const venue = dialect();
    const part = fc.oneof(fc.string(), fc.constantFrom('btcusdt', '!miniTicker', 'ticker', 'arr', 'constructor'));
    fc.assert(
      fc.property(part, part, (pair, channel) => {
        const frame = venue.frame(`${pair}@${channel}`, nowMs);
        if (frame !== undefined) expect(typeof JSON.parse(frame)).toBe('object');
      }),
    );
  });

  it('bounds the streams of a connection', () => {
    const one = session();
    const names = Array.from({ length: maxStreams }, (_, i) => `s${i}@ticker`);
    expect(one.receive(subscribe(names))).toBe('{"result":null,"id":1}');
    expect(one.receive(subscribe(['one@more']))).toContain('too many parameters');
    expect(one.streams.size).toBe(maxStreams);
    expect(session(`/stream?streams=${names.join('/')}/a@b`).streams.size).toBe(maxStreams);
  });
});
