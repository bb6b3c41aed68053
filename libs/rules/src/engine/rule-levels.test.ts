import type { AlertInstance } from '@tapewatch/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { benchStart, EngineBench } from '../testing/engine-bench.js';

const levels = `
rules:
  - name: High
    type: levels
    for: 2s
    warning: { expr: m > 10 }
    critical: { expr: m > 20, for: 1 }
`;

/** The changes of each second that had any, `m` being a second's value. */
function told(bench: EngineBench, values: readonly (number | undefined)[], from = 0): Record<number, string> {
  const changes: Record<number, string> = {};
  values.forEach((value, i) => {
    if (value !== undefined) bench.sample(from + i, { m: value });
    const said = bench.at(from + i);
    if (said.length > 0) changes[from + i] = said.join(', ');
  });
  return changes;
}

/** The same rules as a restarted program has them. */
async function restarted(bench: EngineBench, rules: string, second: number): Promise<EngineBench> {
  const next = await EngineBench.of(rules);
  expect(next.engine.restore(bench.active, benchStart + second * 1000)).toEqual([]);
  return next;
}

describe('levels of a rule', () => {
  it('become rules that differ in their severity, the worst first, each with the PromQL it became', async () => {
    const bench = await EngineBench.of(levels);
    expect(
      bench.engine.views()[0]?.rules.map(({ name, query, labels, forMs }) => ({ name, query, labels, forMs })),
    ).toEqual([
      { name: 'High', query: 'm > 20', labels: { severity: 'critical' }, forMs: 1000 },
      { name: 'High', query: 'm > 10', labels: { severity: 'warning' }, forMs: 2000 },
    ]);
  });

  it('escalate without a gap, and step down without waiting again', async () => {
    const bench = await EngineBench.of(levels);
    expect(told(bench, [5, 15, 15, 15, 25, 25, 25, 15, 15, 5])).toEqual({
      1: 'High{severity="warning"} pending',
      3: 'High{severity="warning"} firing',
      4: 'High{severity="critical"} pending',
      5: 'High{severity="critical"} firing, High{severity="warning"} resolved',
      7: 'High{severity="critical"} resolved, High{severity="warning"} firing',
      9: 'High{severity="warning"} resolved',
    });
  });

  it('end a lesser one that still waits as one that was never told', async () => {
    const bench = await EngineBench.of(levels);
    expect(told(bench, [25, 25, 5])).toEqual({
      0: 'High{severity="critical"} pending, High{severity="warning"} pending',
      1: 'High{severity="critical"} firing, High{severity="warning"} inactive',
      2: 'High{severity="critical"} resolved',
    });
  });

  it('are judged for each element of its own', async () => {
    const bench = await EngineBench.of(levels.replaceAll('2s', '0s').replaceAll('for: 1', 'for: 0'));
    bench.sample(0, { 'm{a="x"}': 15, 'm{a="y"}': 25 });
    expect(bench.at(0)).toEqual(['High{a="y", severity="critical"} firing', 'High{a="x", severity="warning"} firing']);
  });

  it('are superseded also while only keep_firing_for holds a lesser one', async () => {
    const bench = await EngineBench.of(levels.replace('for: 2s', 'for: 0s\n    keep_firing_for: 10s'));
    expect(told(bench, [15, 5, 25, 25])).toEqual({
      0: 'High{severity="warning"} firing',
      2: 'High{severity="critical"} pending',
      3: 'High{severity="critical"} firing, High{severity="warning"} resolved',
    });
  });

  it('give every episode an id of its own', async () => {
    const bench = await EngineBench.of(levels);
    const starts: number[] = [];
    for (const [second, value] of [15, 25, 25, 15, 15, 25, 25, 15].entries()) {
      bench.sample(second, { m: value }).at(second);
      const warnings = bench.active.filter(({ labels }) => labels.get('severity') === 'warning');
      starts.push(...warnings.map(({ startsAt }) => startsAt));
    }
    expect(new Set(starts).size).toBe(3);
  });

  it('step down in the first evaluation after a restart, too, and are not made to wait by the next', async () => {
    const before = await EngineBench.of(levels);
    told(before, [25, 25]);
    const after = await restarted(before, levels, 5);
    expect(told(after, [15], 5)).toEqual({
      5: 'High{severity="critical"} resolved, High{severity="warning"} firing',
    });
    const again = await restarted(after, levels, 6);
    expect(told(again, [15, 15], 6)).toEqual({});
  });

  it('leave the severity to the levels', async () => {
    await expect(EngineBench.of(`${levels}    labels: { severity: info }\n`)).rejects.toThrow('severity');
  });

  it('never have two alerts that fire for one element, and never lose one that is above a level', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(5, 15, 25, undefined), { maxLength: 30 }), async (values) => {
        const bench = await EngineBench.of(levels);
        for (const [second, value] of values.entries()) {
          bench.sample(second, { m: value }).at(second);
          const firing = bench.active.filter(({ state }) => state === 'firing');
          expect(firing.length).toBeLessThanOrEqual(1);
          const stayed = [value, values[second - 1], values[second - 2]].every((one) => one !== undefined && one > 10);
          if (second >= 2 && stayed) expect(firing).toHaveLength(1);
        }
      }),
    );
  });
});

describe('another threshold to clear', () => {
  const rules = `
rules:
  - name: High
    type: levels
    for: 2s
    annotations: { summary: "{{ $value }}" }
    plain: { expr: m > 10, holds: m > 8 }
`;
  const summaryOf = ([alert]: readonly AlertInstance[]): string | undefined => alert?.annotations['summary'];

  it('keeps what fires, with fresh values, and does not help what only waits', async () => {
    const bench = await EngineBench.of(rules);
    expect(told(bench, [11, 9, 11, 11, 11, 9])).toEqual({
      0: 'High pending',
      1: 'High inactive',
      2: 'High pending',
      4: 'High firing',
    });
    expect(summaryOf(bench.active)).toBe('9');
    expect(told(bench, [8.5, 11, 8], 6)).toEqual({ 8: 'High resolved' });
  });

  it('is shown beside the query', async () => {
    const bench = await EngineBench.of(rules);
    expect(bench.rule('High')).toMatchObject({ query: 'm > 10', holds: 'm > 8' });
  });

  it('lets go of a series that ends', async () => {
    const bench = await EngineBench.of(rules);
    told(bench, [11, 11, 11, 9]);
    expect(bench.sample(4, { m: undefined }).at(4)).toEqual(['High resolved']);
  });

  it('holds through a restart', async () => {
    const before = await EngineBench.of(rules);
    told(before, [11, 11, 11, 9]);
    const after = await restarted(before, rules, 5);
    expect(told(after, [9, 9, 7], 5)).toEqual({ 7: 'High resolved' });
  });

  it('is asked only when something that fires has left the result', async () => {
    const asked: string[] = [];
    const bench: EngineBench = await EngineBench.of(rules, {
      query: (expression, at) => {
        asked.push(JSON.stringify(expression).includes('"value":8') ? 'holds' : 'expr');
        return bench.series.query(expression, at);
      },
    });
    told(bench, [5, 11, 11, 11]);
    expect(asked).not.toContain('holds');
    told(bench, [9], 4);
    expect(asked.at(-1)).toBe('holds');
  });
});
