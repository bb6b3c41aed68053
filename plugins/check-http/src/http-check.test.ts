import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testContext } from '@tapewatch/plugin-sdk/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { httpCheckConfig } from './config.js';
import { httpCheck } from './http-check.js';

let server: Server | undefined;

async function check(listener: RequestListener, config: object = {}) {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`;
  return httpCheck.run(testContext(), httpCheckConfig.parse({ url, ...config }));
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

describe('httpCheck', () => {
  it('is healthy on an expected answer', async () => {
    expect(await check((_, response) => response.end('ok'))).toMatchObject({
      status: 'healthy',
      details: { status: 200 },
    });
    expect(await check((_, response) => response.writeHead(204).end(), { expect_status: [200, 204] })).toMatchObject({
      status: 'healthy',
    });
  });

  it('is unhealthy on another answer, and names both', async () => {
    expect(await check((_, response) => response.writeHead(503).end())).toMatchObject({
      status: 'unhealthy',
      summary: 'answered 503, expected 200',
    });
  });

  it('does not follow redirects', async () => {
    expect(await check((_, response) => response.writeHead(302, { location: '/elsewhere' }).end())).toMatchObject({
      status: 'unhealthy',
    });
  });

  it('looks into the body when it is told to', async () => {
    expect(await check((_, response) => response.end('{"status":"down"}'), { expect_body: '"up"' })).toMatchObject({
      status: 'unhealthy',
    });
    expect(await check((_, response) => response.end('{"status":"up"}'), { expect_body: '"up"' })).toMatchObject({
      status: 'healthy',
    });
  });

  it('is degraded when the answer is slow', async () => {
    expect(
      await check((_, response) => void setTimeout(() => response.end(), 20), { slow_after: '1ms' }),
    ).toMatchObject({ status: 'degraded' });
  });

  it('is unhealthy when nobody answers', async () => {
    const config = httpCheckConfig.parse({ url: 'http://127.0.0.1:1/' });
    expect(await httpCheck.run(testContext(), config)).toMatchObject({
      status: 'unhealthy',
      summary: expect.stringMatching(/^no answer: /) as string,
    });
  });

  it('sends its headers', async () => {
    const seen: unknown[] = [];
    await check((request, response) => response.end(void seen.push(request.headers['x-key'])), {
      headers: { 'x-key': 'k' },
    });
    expect(seen).toEqual(['k']);
  });

  it('refuses a config that makes no sense, naming the key', () => {
    expect(httpCheckConfig.safeParse({ url: 'ftp://x' }).error?.issues[0]?.path).toEqual(['url']);
    expect(httpCheckConfig.safeParse({ url: 'http://x', expct_status: [1] }).success).toBe(false);
  });
});
