import type { CompiledLevel } from '@tapewatch/plugin-sdk';
import { parse } from '@tapewatch/promql';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import plugin from './index.js';
import { absence } from './absence.js';

async function levelsOf(spec: unknown): Promise<readonly Partial<CompiledLevel>[]> {
  const result = await absence.spec['~standard'].validate(spec);
  if (result.issues !== undefined)
    throw new Error(
      result.issues.map(({ message, path = [] }) => `${path.map(String).join('.')}: ${message}`).join('\n'),
    );
  const compiled = absence.compile(result.value, { intervalMs: 1000 });
  return 'levels' in compiled ? compiled.levels : [compiled];
}

/** Whether it was accepted. */
async function parses(spec: unknown): Promise<boolean> {
  if ((await absence.spec['~standard'].validate(spec)).issues !== undefined) return false;
  for (const { promql = '', holds = 'up' } of await levelsOf(spec))
    expect([parse(promql).type, parse(holds).type]).toEqual(['vector', 'vector']);
  return true;
}

const label = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
const where = fc.dictionary(label, fc.string({ unit: 'grapheme' }), { maxKeys: 3 });

describe('absence', () => {
  it('is the one thing the plugin provides', () => {
    expect(plugin.provides).toEqual([absence]);
  });

  it.each([
    [{ metric: 'm', within: '1m' }, 'present_over_time(m[1h]) unless present_over_time(m[1m])'],
    [
      { metric: 'm', where: { a: 'x' }, by: ['b', 'c'], within: '10s', remembered: '5m' },
      'group by (b, c) (present_over_time(m{a="x"}[5m])) unless group by (b, c) (present_over_time(m{a="x"}[10s]))',
    ],
    [
      { metric: 'm', where: { a: 'x' }, within: '10s', expected: [{ b: 'y' }, { b: 'z', c: 1 }] },
      'present_over_time(m{a="x"}[1h]) unless present_over_time(m{a="x"}[10s])' +
        ' or absent_over_time(m{a="x", b="y"}[1h]) or absent_over_time(m{a="x", b="z", c="1"}[1h])',
    ],
  ])('compiles %j', async (spec, promql) => {
    expect(await levelsOf(spec)).toEqual([{ promql }]);
  });

  it.each([
    [{ metric: 'm' }, 'within'],
    [{ metric: 'm', within: '1h' }, 'raise remembered'],
    [{ metric: 'm', within: '5m', remembered: '1m' }, 'raise remembered'],
    [{ metric: 'm', within: '1m', expected: [] }, 'expected'],
    [{ metric: 'm', within: '1m', expected: [{}] }, 'at least one label'],
    [{ metric: 'm', within: '1m', where: { a: 1 }, expected: [{ a: 2 }] }, 'expected.0.a: The label a is fixed'],
    [{ metric: 'm', within: '1m', above: 1 }, 'above'],
  ])('refuses %j and says how to mend it', async (spec, message) => {
    await expect(levelsOf(spec)).rejects.toThrow(message);
  });

  it('makes PromQL that can be parsed from every spec that its schema accepts', async () => {
    const spec = fc.record(
      {
        metric: fc.constant('m'),
        where,
        by: fc.uniqueArray(label, { minLength: 1 }),
        within: fc.constantFrom('1s', '5m'),
        remembered: fc.constantFrom('10m', '1d'),
        expected: fc.array(where, { maxLength: 2 }),
      },
      { requiredKeys: ['metric', 'within'] },
    );
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(spec, async (one) => {
        if (await parses(one)) accepted += 1;
      }),
    );
    expect(accepted).toBeGreaterThan(20);
  });
});
