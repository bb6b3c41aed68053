import type { CompiledLevel } from '@tapewatch/plugin-sdk';
import { parse } from '@tapewatch/promql';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import plugin from './index.js';
import { anomaly } from './anomaly.js';

async function levelsOf(spec: unknown): Promise<readonly Partial<CompiledLevel>[]> {
  const result = await anomaly.spec['~standard'].validate(spec);
  if (result.issues !== undefined)
    throw new Error(
      result.issues.map(({ message, path = [] }) => `${path.map(String).join('.')}: ${message}`).join('\n'),
    );
  const compiled = anomaly.compile(result.value, { intervalMs: 1000 });
  return 'levels' in compiled ? compiled.levels : [compiled];
}

/** Whether it was accepted. */
async function parses(spec: unknown): Promise<boolean> {
  if ((await anomaly.spec['~standard'].validate(spec)).issues !== undefined) return false;
  for (const { promql = '', holds = 'up' } of await levelsOf(spec))
    expect([parse(promql).type, parse(holds).type]).toEqual(['vector', 'vector']);
  return true;
}

const label = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
const where = fc.dictionary(label, fc.string({ unit: 'grapheme' }), { maxKeys: 3 });

describe('anomaly', () => {
  it('is the one thing the plugin provides', () => {
    expect(plugin.provides).toEqual([anomaly]);
  });

  it.each([
    [
      { metric: 'm', window: '10m', above: 4 },
      'abs((m - avg_over_time(m[10m] offset 1s)) / ((stddev_over_time(m[10m] offset 1s)' +
        ' > 0.001 * abs(avg_over_time(m[10m] offset 1s)) or 0.001 * abs(avg_over_time(m[10m] offset 1s))) > 0)) > 4' +
        ' and count_over_time(m[10m] offset 1s) >= 30',
    ],
    [
      { metric: 'm', window: '10m', above: 4, direction: 'down', min_deviation: 2, min_samples: 60 },
      '(m - avg_over_time(m[10m] offset 1s)) / clamp_min(stddev_over_time(m[10m] offset 1s), 2) < -4' +
        ' and count_over_time(m[10m] offset 1s) >= 60',
    ],
    [
      { metric: 'm', window: '10m', above: 5, direction: 'up', method: 'mad', min_deviation: 2 },
      '(m - quantile_over_time(0.5, m[10m] offset 1s)) / clamp_min((1.4826 * quantile_over_time(0.5,' +
        ' abs(m - quantile_over_time(0.5, m[10m] @ end() offset 1s))[10m:2s] offset 1s)), 2) > 5' +
        ' and count_over_time(m[10m] offset 1s) >= 30',
    ],
    [
      { metric: 'c_total', rate: '1m', by: ['a'], window: '5m', above: 4, direction: 'up', min_deviation: 1 },
      '(sum by (a) (rate(c_total[1m])) - avg_over_time(sum by (a) (rate(c_total[1m]))[5m:1s] offset 1s))' +
        ' / clamp_min(stddev_over_time(sum by (a) (rate(c_total[1m]))[5m:1s] offset 1s), 1) > 4' +
        ' and count_over_time(sum by (a) (rate(c_total[1m]))[5m:1s] offset 1s) >= 30',
    ],
  ])('compiles %j', async (spec, promql) => {
    expect(await levelsOf(spec)).toEqual([{ promql }]);
  });

  it.each([
    [{ metric: 'm', window: '5m' }, 'add above'],
    [{ metric: 'm', above: 4 }, 'window'],
    [{ metric: 'm', window: '5m', above: 4, clear: 5 }, 'must be lower'],
    [{ metric: 'm', window: '5m', above: 0 }, 'above'],
    [{ metric: 'm', window: '1m', rate: '1m', above: 4 }, 'longer than that of the rate'],
    [{ metric: 'm', window: '5m', above: 4, min_deviation: 0 }, 'min_deviation'],
    [{ metric: 'm', window: '5m', above: 4, method: 'ewma' }, 'method'],
    [{ metric: 'm', window: '5m', warning: { above: 4 }, critical: { above: 4 } }, 'critical.above'],
    [{ metric: 'm', window: '5m', above: 4, warning: { above: 4 } }, 'put it into one of them'],
  ])('refuses %j and says how to mend it', async (spec, message) => {
    await expect(levelsOf(spec)).rejects.toThrow(message);
  });

  it('makes PromQL that can be parsed from every spec that its schema accepts', async () => {
    const number = fc.double({ min: 0, max: 1e9, noNaN: true });
    const bound = fc.record({ above: number, clear: number }, { requiredKeys: ['above'] });
    const spec = fc.record(
      {
        metric: fc.constant('m'),
        where,
        rate: fc.constantFrom('10s', '5m'),
        by: fc.uniqueArray(label, { minLength: 1 }),
        window: fc.constantFrom('1m', '2h'),
        method: fc.constantFrom('zscore', 'mad'),
        direction: fc.constantFrom('both', 'up', 'down'),
        min_samples: fc.integer({ min: 2, max: 1000 }),
        min_deviation: number,
        min_deviation_ratio: number,
        critical: bound,
        warning: bound,
      },
      { requiredKeys: ['metric', 'window', 'critical'] },
    );
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(spec, async (one) => {
        if (await parses(one)) accepted += 1;
      }),
      { numRuns: 300 },
    );
    expect(accepted).toBeGreaterThan(30);
  });
});
