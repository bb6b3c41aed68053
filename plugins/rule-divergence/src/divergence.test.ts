import type { CompiledLevel } from '@tapewatch/plugin-sdk';
import { parse } from '@tapewatch/promql';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import plugin from './index.js';
import { divergence } from './divergence.js';

async function levelsOf(spec: unknown): Promise<readonly Partial<CompiledLevel>[]> {
  const result = await divergence.spec['~standard'].validate(spec);
  if (result.issues !== undefined)
    throw new Error(
      result.issues.map(({ message, path = [] }) => `${path.map(String).join('.')}: ${message}`).join('\n'),
    );
  const compiled = divergence.compile(result.value, { intervalMs: 1000 });
  return 'levels' in compiled ? compiled.levels : [compiled];
}

/** Whether it was accepted. */
async function parses(spec: unknown): Promise<boolean> {
  if ((await divergence.spec['~standard'].validate(spec)).issues !== undefined) return false;
  for (const { promql = '', holds = 'up' } of await levelsOf(spec))
    expect([parse(promql).type, parse(holds).type]).toEqual(['vector', 'vector']);
  return true;
}

const label = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
const where = fc.dictionary(label, fc.string({ unit: 'grapheme' }), { maxKeys: 3 });

describe('divergence', () => {
  it('is the one thing the plugin provides', () => {
    expect(plugin.provides).toEqual([divergence]);
  });

  const fresh = '(exchange_ticker_last > 0 and on (symbol, exchange) (exchange_ticker_age_seconds <= 10))';

  it.each([
    [
      { above: 0.02 },
      `(max by (symbol) (${fresh}) - min by (symbol) (${fresh})) / min by (symbol) (${fresh}) > 0.02` +
        ` and count by (symbol) (group by (symbol, exchange) (${fresh})) >= 2`,
    ],
    [
      { above: 0.01, compare: 'median' },
      `abs(${fresh} / on (symbol) group_left () quantile by (symbol) (0.5, ${fresh}) - 1) > 0.01` +
        ` and on (symbol) count by (symbol) (group by (symbol, exchange) (${fresh})) >= 3`,
    ],
  ])('compiles %j', async (spec, promql) => {
    expect(await levelsOf(spec)).toEqual([{ promql }]);
  });

  it('takes other metrics, venues by name, and the time of the samples for their age', async () => {
    const spec = {
      metric: 'funding',
      where: { kind: 'perp' },
      across: 'venue',
      venues: ['okx', 'a.b'],
      by: ['base', 'quote'],
      fresh_within: '1m',
      difference: 'absolute',
      above: 3,
      clear: 2,
    };
    const series = 'funding{kind="perp", venue=~"okx|a\\\\.b"}';
    const prices = `(${series} and (time() - timestamp(${series}) <= 60))`;
    const apart = `(max by (base, quote) (${prices}) - min by (base, quote) (${prices}))`;
    const enough = `and count by (base, quote) (group by (base, quote, venue) (${prices})) >= 2`;
    expect(await levelsOf(spec)).toEqual([{ promql: `${apart} > 3 ${enough}`, holds: `${apart} > 2 ${enough}` }]);
  });

  it('has levels', async () => {
    const [critical, warning] = await levelsOf({ warning: { above: 0.01 }, critical: { above: 0.05, for: '5s' } });
    expect([critical?.severity, critical?.forMs, warning?.severity]).toEqual(['critical', 5000, 'warning']);
  });

  it.each([
    [{}, 'add above'],
    [{ above: 0.02, clear: 0.03 }, 'clear: The threshold to clear must be lower'],
    [{ above: 1, warning: { above: 2 } }, 'put it into one of them'],
    [{ warning: { above: 2 }, critical: { above: 1 } }, 'critical.above'],
    [{ warning: {} }, 'warning: A threshold is missing'],
    [{ above: 1, by: ['base'] }, 'USD, USDT, USDC and KRW are not the same thing: add quote'],
    [{ above: 1, by: ['exchange'] }, 'tells the venues apart'],
    [{ above: 1, venues: ['okx'] }, 'venues'],
    [{ above: 1, compare: 'mean' }, 'compare'],
    [{ above: -1 }, 'above'],
  ])('refuses %j and says how to mend it', async (spec, message) => {
    await expect(levelsOf(spec)).rejects.toThrow(message);
  });

  it('makes PromQL that can be parsed from every spec that its schema accepts', async () => {
    const bound = fc.record({ above: fc.double({ min: 0, max: 1, noNaN: true }) });
    const spec = fc.record(
      {
        metric: fc.constantFrom('m', 'exchange_ticker_bid'),
        where,
        across: label,
        venues: fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 2, maxLength: 3 }),
        by: fc.uniqueArray(label, { minLength: 1 }),
        fresh_within: fc.constantFrom('500ms', '1m'),
        age: fc.constantFrom('age_seconds', false as const),
        difference: fc.constantFrom('relative', 'absolute'),
        compare: fc.constantFrom('extremes', 'median'),
        warning: bound,
      },
      { requiredKeys: ['warning'] },
    );
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(spec, async (one) => {
        if (await parses(one)) accepted += 1;
      }),
    );
    expect(accepted).toBeGreaterThan(50);
  });
});
