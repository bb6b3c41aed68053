import { limits, type CompiledLevel } from '@tapewatch/plugin-sdk';
import { parse } from '@tapewatch/promql';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregates } from './config.js';
import plugin from './index.js';
import { threshold } from './threshold.js';

async function levelsOf(spec: unknown): Promise<readonly Partial<CompiledLevel>[]> {
  const result = await threshold.spec['~standard'].validate(spec);
  if (result.issues !== undefined)
    throw new Error(
      result.issues.map(({ message, path = [] }) => `${path.map(String).join('.')}: ${message}`).join('\n'),
    );
  const compiled = threshold.compile(result.value, { intervalMs: 1000 });
  return 'levels' in compiled ? compiled.levels : [compiled];
}

async function compiled(spec: unknown): Promise<string | undefined> {
  return (await levelsOf(spec))[0]?.promql;
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
    [
      { metric: 'm', above: 1, matches: { times: 3, of: 5 } },
      'last_over_time(m[5s]) and count_over_time((m > 1)[5s:1s]) >= 3',
    ],
    [
      { metric: 'm', over: '30s', by: ['a'], below: 1, matches: { times: 2, of: 90 } },
      'last_over_time(avg by (a) (avg_over_time(m[30s]))[1m30s:1s]) and ' +
        'count_over_time((avg by (a) (avg_over_time(m[30s])) < 1)[1m30s:1s]) >= 2',
    ],
  ])('compiles %j', async (spec, promql) => {
    expect(await compiled(spec)).toBe(promql);
    expect(parse(promql).type).toBe('vector');
  });

  it('has one level for each severity, the worst first', async () => {
    const spec = { metric: 'm', warning: { above: 10, clear: 8 }, critical: { at_least: 20, for: '5s' } };
    expect(await levelsOf(spec)).toEqual([
      { severity: 'critical', promql: 'm >= 20', forMs: 5000 },
      { severity: 'warning', promql: 'm > 10', holds: 'm > 8' },
    ]);
  });

  it('clears at another threshold', async () => {
    expect(await levelsOf({ metric: 'm', below: 5, clear: 6 })).toEqual([{ promql: 'm < 5', holds: 'm < 6' }]);
  });

  it('counts evaluations by the interval of the rule', () => {
    const rule = threshold.compile({ metric: 'm', above: 1, matches: { times: 2, of: 4 } }, { intervalMs: 15_000 });
    expect(rule).toEqual({ promql: 'last_over_time(m[1m]) and count_over_time((m > 1)[1m:15s]) >= 2' });
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
    [{ metric: 'm', clear: 1 }, 'add one of above'],
    [{ metric: 'm', above: 1, clear: 2 }, 'clear: The threshold to clear must be lower'],
    [{ metric: 'm', at_most: 1, clear: 0 }, 'clear: The threshold to clear must be higher'],
    [{ metric: 'm', warning: {} }, 'warning: A threshold is missing'],
    [{ metric: 'm', above: 1, warning: { above: 1 } }, 'put it into one of them'],
    [{ metric: 'm', clear: 1, warning: { above: 1 } }, 'put it into one of them'],
    [{ metric: 'm', warning: { above: 2 }, critical: { above: 2 } }, 'critical.above: The critical threshold must be'],
    [{ metric: 'm', warning: { below: 2 }, critical: { at_most: 3 } }, 'must be beyond'],
    [{ metric: 'm', warning: { below: 2 }, critical: { above: 3 } }, 'different directions'],
    [{ metric: 'm', warning: { above: 2, clear: 3 } }, 'warning.clear'],
    [{ metric: 'm', warning: { above: 2, for: '0s' } }, 'warning.for'],
    [{ metric: 'm', above: 1, matches: { times: 6, of: 5 } }, 'times is more than of'],
    [{ metric: 'm', above: 1, matches: { times: 0, of: 5 } }, 'matches.times'],
  ])('refuses %j and says how to mend it', async (spec, message) => {
    await expect(compiled(spec)).rejects.toThrow(message);
  });

  it('makes PromQL that can be parsed from every spec that its schema accepts', async () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    const bounds = fc.record(
      { above: number, below: number, at_least: number, at_most: number, clear: number, for: fc.constant('5s') },
      { requiredKeys: [] },
    );
    const spec = fc.record(
      {
        metric: fc.constant('some_metric'),
        where: fc.dictionary(name, fc.string({ unit: 'grapheme' })),
        over: fc.constantFrom('1s', '5m', '1h30m'),
        aggregate: fc.constantFrom(...aggregates),
        by: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
        matches: fc.record({ times: fc.integer({ min: 1, max: 3 }), of: fc.integer({ min: 3, max: 99 }) }),
      },
      { requiredKeys: ['metric', 'over'] },
    );
    const one = fc.tuple(fc.constantFrom(...limits), number).map(([limit, value]) => ({ [limit]: value }));
    const levels = fc.record({ warning: bounds, critical: bounds }, { requiredKeys: [] });
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(spec, fc.oneof(one, levels), async (fields, thresholds) => {
        const result = await threshold.spec['~standard'].validate({ ...fields, ...thresholds });
        if (result.issues !== undefined) return;
        accepted += 1;
        for (const { promql = '', holds = 'up' } of await levelsOf({ ...fields, ...thresholds }))
          expect([parse(promql).type, parse(holds).type]).toEqual(['vector', 'vector']);
      }),
      { numRuns: 300 },
    );
    expect(accepted).toBeGreaterThan(50);
  });
});
