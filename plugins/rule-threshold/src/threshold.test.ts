import { parse } from '@tapewatch/promql';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregates, limits } from './config.js';
import plugin from './index.js';
import { threshold } from './threshold.js';

async function compiled(spec: unknown): Promise<string> {
  const result = await threshold.spec['~standard'].validate(spec);
  if (result.issues !== undefined) throw new Error(result.issues.map(({ message }) => message).join('\n'));
  return threshold.compile(result.value).promql;
}

describe('threshold', () => {
  it('is the one thing the plugin provides', () => {
    expect(plugin.provides).toEqual([threshold]);
  });

  it.each([
    [{ metric: 'm', above: 10 }, 'm > 10'],
    [{ metric: 'm', below: -0.5 }, 'm < -0.5'],
    [{ metric: 'm', at_least: 1e21 }, 'm >= 1e+21'],
    [{ metric: 'm', at_most: 0 }, 'm <= 0'],
    [
      { metric: 'exchange_feed_age_seconds', where: { exchange: 'binance', feed: 'ticker' }, above: 10 },
      'exchange_feed_age_seconds{exchange="binance", feed="ticker"} > 10',
    ],
    [{ metric: 'm', where: { a: 'say "x" \\ \n' }, above: 1 }, 'm{a="say \\"x\\" \\\\ \\n"} > 1'],
    [{ metric: 'm', where: { port: 8080, on: true }, above: 1 }, 'm{port="8080", on="true"} > 1'],
    [{ metric: 'm', over: '30s', above: 1 }, 'avg_over_time(m[30s]) > 1'],
    [{ metric: 'm', over: '1m', aggregate: 'max', above: 1 }, 'max_over_time(m[1m]) > 1'],
    [{ metric: 'c_total', over: '5m', aggregate: 'rate', above: 1 }, 'rate(c_total[5m]) > 1'],
    [{ metric: 'm', by: ['exchange', 'symbol'], below: 1 }, 'avg by (exchange, symbol) (m) < 1'],
    [
      { metric: 'c_total', over: '5m', aggregate: 'increase', by: ['exchange'], at_least: 3 },
      'sum by (exchange) (increase(c_total[5m])) >= 3',
    ],
    [{ metric: 'm', over: '5m', aggregate: 'last', by: ['a'], above: 3 }, 'avg by (a) (last_over_time(m[5m])) > 3'],
  ])('compiles %j', async (spec, promql) => {
    expect(await compiled(spec)).toBe(promql);
    expect(parse(promql).type).toBe('vector');
  });

  it.each([
    [{ metric: 'm' }, 'add one of above, below, at_least, at_most'],
    [{ metric: 'm', above: 1, below: 2 }, 'keep one'],
    [{ metric: 'm', above: 1, aggregate: 'max' }, 'add over'],
    [{ metric: 'm', above: 1, over: '30' }, 'as in 30s'],
    [{ metric: 'm', above: 1, over: '0s' }, 'above zero'],
    [{ metric: 'm', above: '1' }, 'not a number'],
    [{ metric: 'system.cpu', above: 1 }, 'not a metric name'],
    [{ metric: 'm', above: 1, where: { 'a-b': 'c' } }, 'label'],
    [{ metric: 'm', above: 1, by: [] }, '>=1'],
    [{ metric: 'm', above: 1, aggregate: 'median', over: '1m' }, '"avg"|"max"'],
    [{ metric: 'm', above: 1, treshold: 2 }, 'treshold'],
    [{ above: 1 }, ''],
  ])('refuses %j and says how to mend it', async (spec, message) => {
    await expect(compiled(spec)).rejects.toThrow(message);
  });

  it('makes PromQL that can be parsed from every spec that its schema accepts', async () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
    const spec = fc.record(
      {
        metric: fc.constant('some_metric'),
        where: fc.dictionary(name, fc.string()),
        over: fc.constantFrom('1s', '5m', '1h30m'),
        aggregate: fc.constantFrom(...aggregates),
        by: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
      },
      { requiredKeys: ['metric', 'over'] },
    );
    const bound = fc.double({ noNaN: true, noDefaultInfinity: true });
    await fc.assert(
      fc.asyncProperty(spec, fc.constantFrom(...limits), bound, async (fields, limit, value) => {
        expect(parse(await compiled({ ...fields, [limit]: value })).type).toBe('vector');
      }),
    );
  });
});
