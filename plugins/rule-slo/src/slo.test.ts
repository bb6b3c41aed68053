import type { CompiledLevel } from '@tapewatch/plugin-sdk';
import { parse } from '@tapewatch/promql';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import plugin from './index.js';
import { slo } from './slo.js';

async function levelsOf(spec: unknown): Promise<readonly Partial<CompiledLevel>[]> {
  const result = await slo.spec['~standard'].validate(spec);
  if (result.issues !== undefined)
    throw new Error(
      result.issues.map(({ message, path = [] }) => `${path.map(String).join('.')}: ${message}`).join('\n'),
    );
  const compiled = slo.compile(result.value, { intervalMs: 1000 });
  return 'levels' in compiled ? compiled.levels : [compiled];
}

/** Whether it was accepted. */
async function parses(spec: unknown): Promise<boolean> {
  if ((await slo.spec['~standard'].validate(spec)).issues !== undefined) return false;
  for (const { promql = '', holds = 'up' } of await levelsOf(spec))
    expect([parse(promql).type, parse(holds).type]).toEqual(['vector', 'vector']);
  return true;
}

const label = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);

describe('slo', () => {
  it('is the one thing the plugin provides', () => {
    expect(plugin.provides).toEqual([slo]);
  });

  it('has the windows and burn rates of the SRE workbook', async () => {
    const spec = {
      objective: 99.9,
      errors: 'sum(rate(errors_total[$window]))',
      total: 'sum(rate(all_total[$window]))',
    };
    const burn = (window: string): string =>
      `((sum(rate(errors_total[${window}]))) / (sum(rate(all_total[${window}])))) / 0.001`;
    expect(await levelsOf(spec)).toEqual([
      {
        severity: 'critical',
        promql: `(${burn('1h')} > 14.4 and ${burn('5m')} > 14.4)` + ` or (${burn('6h')} > 6 and ${burn('30m')} > 6)`,
      },
      {
        severity: 'warning',
        promql: `(${burn('1d')} > 3 and ${burn('2h')} > 3) or (${burn('3d')} > 1 and ${burn('6h')} > 1)`,
      },
    ]);
  });

  it('shrinks the windows with the period, and counts good events', async () => {
    const spec = { objective: 95, good: 'rate(g[$window])', total: 'rate(t[$window])', period: '12h', ticket: false };
    const burn = (window: string): string =>
      `(1 - ((rate(g[${window}])) or (rate(t[${window}])) * 0) / (rate(t[${window}]))) / 0.05`;
    expect(await levelsOf(spec)).toEqual([
      {
        severity: 'critical',
        promql: `(${burn('1m')} > 14.4 and ${burn('5s')} > 14.4) or (${burn('6m')} > 6 and ${burn('30s')} > 6)`,
      },
    ]);
  });

  it('takes a ratio, and comments in it', async () => {
    const [page] = await levelsOf({ objective: 99, error_ratio: '1 - avg_over_time(up[$window]) # seen from here' });
    expect(parse(page?.promql ?? '').type).toBe('vector');
  });

  it.each([
    [{ objective: 99 }, 'good and total'],
    [{ objective: 99, good: 'rate(a[$window])' }, 'good and total'],
    [{ objective: 99, error_ratio: 'rate(a[$window])', total: 'rate(a[$window])' }, 'error_ratio alone'],
    [{ objective: 100, error_ratio: 'rate(a[$window])' }, 'objective'],
    [{ objective: 99, error_ratio: 'rate(a[5m])' }, 'error_ratio: There is no $window'],
    [{ objective: 99, error_ratio: 'rate(a[$window]' }, 'error_ratio: It is not PromQL'],
    [{ objective: 99, error_ratio: 'a[$window]' }, 'must be an instant vector, not a matrix'],
    [{ objective: 99, error_ratio: 'rate(a[$window]) or vector(1)) + (1' }, 'not PromQL'],
    [{ objective: 99, error_ratio: 'rate(a[$window])', period: '1h' }, 'period'],
    [{ objective: 99, error_ratio: 'rate(a[$window])', page: false, ticket: false }, 'nothing is left'],
  ])('refuses %j and says how to mend it', async (spec, message) => {
    await expect(levelsOf(spec)).rejects.toThrow(message);
  });

  it('makes PromQL that can be parsed from every spec that its schema accepts', async () => {
    const query = label.map((name) => `sum by (${name}) (rate(${name}_total[$window]))`);
    const ratio = fc.oneof(
      fc.record({ good: query, total: query }),
      fc.record({ errors: query, total: query }),
      fc.record({ error_ratio: query }),
    );
    const rest = fc.record(
      {
        objective: fc.double({ min: 0.001, max: 99.999999, noNaN: true }),
        period: fc.constantFrom('12h', '1d', '13d', '30d', '365d'),
        page: fc.boolean(),
        ticket: fc.boolean(),
      },
      { requiredKeys: ['objective'] },
    );
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(ratio, rest, async (events, others) => {
        if (await parses({ ...events, ...others })) accepted += 1;
      }),
    );
    expect(accepted).toBeGreaterThan(30);
  });
});
