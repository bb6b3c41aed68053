import { createNoopMeter } from '@opentelemetry/api';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Heartbeat } from './heartbeat.js';

describe('Heartbeat', () => {
  let clock: FakeClock;
  let logger: RecordingLogger;
  let calls: { url: string; init: RequestInit | undefined }[];
  let answer: () => Promise<Response>;
  let fault: string | undefined;
  let heartbeat: Heartbeat;

  beforeEach(() => {
    clock = new FakeClock();
    logger = new RecordingLogger();
    calls = [];
    fault = undefined;
    answer = () => Promise.resolve(new Response('ok'));
    heartbeat = new Heartbeat({
      url: 'https://hc.test/secret',
      method: 'POST',
      headers: { 'x-key': 'k' },
      intervalMs: 60_000,
      timeoutMs: 10_000,
      fault: () => fault,
      fetch: (url, init) => {
        calls.push({ url: url as string, init });
        return answer();
      },
      clock,
      logger,
      meter: createNoopMeter(),
    });
    heartbeat.start();
  });
  afterEach(() => heartbeat.stop());

  const words = (): string =>
    logger.lines.map(({ message, fields }) => `${message} ${JSON.stringify(fields)}`).join('\n');

  it('calls at every interval while all is well', async () => {
    await clock.advance(59_999);
    expect(calls).toEqual([]);
    await clock.advance(1);
    await clock.advance(120_000);
    expect(calls).toHaveLength(3);
    expect(calls[0]).toMatchObject({
      url: 'https://hc.test/secret',
      init: { method: 'POST', headers: { 'x-key': 'k' } },
    });
    expect(logger.lines).toEqual([]);
  });

  it('stays silent while something is wrong, says so once, and goes on after it', async () => {
    fault = 'rules are not evaluated';
    await clock.advance(180_000);
    expect(calls).toEqual([]);
    expect(words().match(/rules are not evaluated/g)).toHaveLength(1);
    fault = undefined;
    await clock.advance(60_000);
    expect(calls).toHaveLength(1);
    expect(words()).toContain('goes out again');
  });

  it('tells of a failure without the address, and tries again at the next interval', async () => {
    answer = () => Promise.resolve(new Response(null, { status: 404 }));
    await clock.advance(60_000);
    expect(words()).toContain('the other side answered 404');
    answer = () => Promise.reject(new Error('no route to https://hc.test/secret'));
    await clock.advance(60_000);
    expect(words()).toContain('no route to <url>');
    expect(words()).not.toContain('secret');
    expect(calls).toHaveLength(2);
  });

  it('gives up a call that hangs, and is not put off by it', async () => {
    answer = () =>
      new Promise((_, reject) => {
        calls.at(-1)?.init?.signal?.addEventListener('abort', () => reject(new Error('aborted')));
      });
    await clock.advance(70_000);
    expect(words()).toContain('no answer in time');
    await clock.advance(50_000);
    expect(calls).toHaveLength(2);
    await clock.advance(10_000);
  });

  it('ends when it is stopped', async () => {
    await heartbeat.stop();
    await clock.advance(600_000);
    expect(calls).toEqual([]);
  });
});
