import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningServer } from '../testing/start-server.js';
import { bearer, startServer } from '../testing/start-server.js';

describe('POST /v1/metrics', () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer();
  });
  afterAll(() => running.close());
  beforeEach(() => {
    running.pipeline.told.length = 0;
    running.pipeline.metrics.pushResult = { accepted: 1, rejected: 0, message: '' };
  });

  const push = (
    body: string | Uint8Array<ArrayBuffer>,
    type: string,
    headers: Record<string, string> = {},
  ): Promise<Response> =>
    running.fetch('/v1/metrics', { method: 'POST', body, headers: { ...bearer, 'content-type': type, ...headers } });

  it('answers in the encoding of the request', async () => {
    const json = await push('{}', 'application/json; charset=utf-8');
    expect([json.status, json.headers.get('content-type'), await json.text()]).toEqual([200, 'application/json', '{}']);
    const protobuf = await push(new Uint8Array(3), 'application/x-protobuf');
    expect([protobuf.status, protobuf.headers.get('content-type')]).toEqual([200, 'application/x-protobuf']);
    expect((await protobuf.arrayBuffer()).byteLength).toBe(0);
    expect(running.pipeline.told).toEqual([
      { what: 'push', encoding: 'json', bytes: 2 },
      { what: 'push', encoding: 'protobuf', bytes: 3 },
    ]);
  });

  it('tells what was rejected as a partial success', async () => {
    running.pipeline.metrics.pushResult = { accepted: 1, rejected: 300, message: 'no' };
    expect(await (await push('{}', 'application/json')).json()).toEqual({
      partialSuccess: { rejectedDataPoints: '300', errorMessage: 'no' },
    });
    const bytes = Buffer.from(await (await push('', 'application/x-protobuf')).arrayBuffer());
    expect([...bytes]).toEqual([0x0a, 7, 0x08, 0xac, 0x02, 0x12, 2, 0x6e, 0x6f]);
  });

  it('unpacks gzip', async () => {
    await push(gzipSync(Buffer.alloc(1000)), 'application/x-protobuf', { 'content-encoding': 'gzip' });
    expect(running.pipeline.told).toEqual([{ what: 'push', encoding: 'protobuf', bytes: 1000 }]);
  });

  it.each([
    ['text/plain', '{}', {}, 415, 'application/x-protobuf or application/json'],
    ['application/json', '{}', { 'content-encoding': 'br' }, 415, 'content encoding br'],
    ['application/json', '{}', { 'content-encoding': 'gzip' }, 400, 'no gzip'],
    ['application/json', 'broken', {}, 400, 'no JSON'],
    ['application/json', gzipSync(Buffer.alloc(9_000_000)), { 'content-encoding': 'gzip' }, 413, 'larger than 8388608'],
  ] as const)('refuses %s %#', async (type, body, headers, status, message) => {
    const answer = await push(body, type, headers);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({
      code: expect.any(Number) as number,
      message: expect.stringContaining(message) as string,
    });
  });

  it('refuses a body that is too large', async () => {
    const answer = await push(new Uint8Array(9_000_000), 'application/x-protobuf').catch(() => undefined);
    expect(answer?.status ?? 413).toBe(413);
    expect(running.pipeline.told).toEqual([]);
  });

  it('answers nothing but POST, and no stranger', async () => {
    expect((await running.fetch('/v1/metrics')).status).toBe(405);
    expect((await running.fetch('/v1/metrics', { method: 'POST', headers: {} })).status).toBe(401);
  });
});
