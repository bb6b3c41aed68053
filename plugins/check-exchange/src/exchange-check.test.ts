import type { CheckResult, QuerySample } from '@tapewatch/plugin-sdk';
import { testContext } from '@tapewatch/plugin-sdk/testing';
import { describe, expect, it } from 'vitest';
import { exchangeCheckConfig } from './config.js';
import { exchangeCheck } from './exchange-check.js';

async function check(measured: { rest?: number; age?: number }, config: object = {}): Promise<CheckResult> {
  const asked: string[] = [];
  const query = (promql: string): readonly QuerySample[] => {
    asked.push(promql);
    if (promql.startsWith('exchange_up'))
      return measured.rest === undefined ? [] : [{ labels: { transport: 'rest' }, value: measured.rest }];
    return measured.age === undefined ? [] : [{ labels: { feed: 'ticker' }, value: measured.age }];
  };
  const result = await exchangeCheck.run(
    testContext({ query }),
    exchangeCheckConfig.parse({ exchange: 'binance', ...config }),
  );
  expect(asked).toEqual(['exchange_up{exchange="binance"}', 'exchange_feed_age_seconds{exchange="binance"}']);
  return result;
}

describe('exchangeCheck', () => {
  it('is healthy while REST answers and the feed is fresh', async () => {
    expect(await check({ rest: 1, age: 0.4 })).toMatchObject({ status: 'healthy' });
  });

  it('is degraded while one way still works, and says which does not', async () => {
    expect(await check({ rest: 1, age: 12 })).toMatchObject({
      status: 'degraded',
      summary: 'ticker feed silent for 12 s',
    });
    expect(await check({ rest: 0, age: 1 })).toMatchObject({ status: 'degraded', summary: 'REST does not answer' });
  });

  it('is unhealthy when neither works', async () => {
    expect(await check({ rest: 0, age: 60 })).toMatchObject({ status: 'unhealthy' });
  });

  it('is unknown when nothing is measured, or it is too early to say', async () => {
    expect(await check({})).toMatchObject({
      status: 'unknown',
      summary: expect.stringContaining('under exchanges') as string,
    });
    expect(await check({ rest: 1 })).toMatchObject({ status: 'unknown' });
    expect(await check({ age: 1 })).toMatchObject({
      status: 'unknown',
      summary: expect.stringContaining('yet') as string,
    });
  });

  it('takes the threshold from its config', async () => {
    expect(await check({ rest: 1, age: 12 }, { stale_after: '30s' })).toMatchObject({ status: 'healthy' });
  });

  it('does not let an id break out of the query', () => {
    expect(exchangeCheckConfig.safeParse({ exchange: '"} or vector(1)' }).success).toBe(false);
  });
});
