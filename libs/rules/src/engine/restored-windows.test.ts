import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { benchStart, EngineBench } from '../testing/engine-bench.js';

const rule = (expr: string): string => `groups: [{ name: g, rules: [{ alert: A, expr: '${expr}' }] }]`;

type Second = Readonly<Record<string, number | undefined>>;

/** Two runs over the same seconds: one that never ends, and one that begins anew at `restart` with an empty memory and the alerts there were. */
async function runs(
  expr: string,
  seconds: readonly Second[],
  restart: number,
): Promise<{ readonly whole: readonly string[][]; readonly restarted: readonly string[][] }> {
  const before = await EngineBench.of(rule(expr));
  const after = await EngineBench.of(rule(expr));
  const [whole, restarted]: [string[][], string[][]] = [[], []];
  for (const [second, values] of seconds.entries()) {
    if (second === restart) after.engine.restore(before.active, benchStart + second * 1000);
    before.sample(second, values).at(second);
    whole.push([...before.activeTexts]);
    if (second >= restart) after.sample(second, values).at(second);
    restarted.push(second < restart ? [...before.activeTexts] : [...after.activeTexts]);
  }
  return { whole, restarted };
}

function steady(from: number, to: number, values: Second): readonly Second[] {
  return Array.from({ length: to - from }, () => values);
}

describe('after a restart', () => {
  const absence = 'present_over_time(m[10m]) unless present_over_time(m[20s])';

  it('a series that is back ends its alert at once, not when the window is filled', async () => {
    const seconds = [
      ...steady(0, 10, { 'm{a="x"}': 1, 'm{a="y"}': 1 }),
      ...steady(10, 160, { 'm{a="y"}': 1 }),
      ...steady(160, 200, { 'm{a="x"}': 1, 'm{a="y"}': 1 }),
    ];
    const { restarted } = await runs(absence, seconds, 60);
    expect([restarted[60], restarted[159], restarted[160]]).toEqual([['A{a="x"} firing'], ['A{a="x"} firing'], []]);
  });

  it('a series that stays away keeps its alert for as long as it would have been remembered', async () => {
    const seconds = [...steady(0, 10, { 'm{a="x"}': 1, 'm{a="y"}': 1 }), ...steady(10, 700, { 'm{a="y"}': 1 })];
    const { restarted } = await runs(absence, seconds, 60);
    expect([restarted[609], restarted[660]]).toEqual([['A{a="x"} firing'], []]);
  });

  it('an objective that burns no more ends its alert when the short windows are filled', async () => {
    const burn = (window: string): string => `avg_over_time(m[${window}]) > 0.5`;
    const expr = `(${burn('5m')} and ${burn('30s')}) or (${burn('10m')} and ${burn('2m')})`;
    const seconds = [...steady(0, 100, { m: 1 }), ...steady(100, 400, { m: 0 })];
    const { restarted } = await runs(expr, seconds, 100);
    expect([restarted[150], restarted[219], restarted[220]]).toEqual([['A firing'], ['A firing'], []]);
  });

  it('what cannot be read refutes nothing', async () => {
    const before = await EngineBench.of(rule(absence));
    before.sample(0, { 'm{a="x"}': 1 }).at(0);
    before.at(30);
    expect(before.activeTexts).toEqual(['A{a="x"} firing']);
    let asked = 0;
    const after: EngineBench = await EngineBench.of(rule(absence), {
      query: (expression, at) => {
        // The rule itself can be asked, its parts cannot.
        if (expression.kind !== 'binary') {
          asked += 1;
          throw new Error('too much at once');
        }
        return after.series.query(expression, at);
      },
    });
    after.engine.restore(before.active, benchStart + 31_000);
    for (const second of [31, 120]) after.sample(second, { 'm{a="x"}': 1 }).at(second);
    expect(after.activeTexts).toEqual(['A{a="x"} firing']);
    expect(asked).toBeGreaterThan(0);
  });

  it('never ends an alert that would still be there without the restart, and is right when the window is filled', async () => {
    const value = fc.constantFrom(0, 0, 1, 2);
    const second = fc.record({ 'm{a="x"}': value, 'm{a="y"}': value, 'n{a="x"}': value, 'n{a="y"}': value });
    const leaf = fc
      .tuple(fc.constantFrom('m', 'n'), fc.integer({ min: 1, max: 12 }), fc.constantFrom('> 0.7', '< 0.4'))
      .map(([name, window, limit]) => `(avg_over_time(${name}[${window}s]) ${limit})`);
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc
          .tuple(tie('expression'), fc.constantFrom('and', 'or', 'unless'), tie('expression'))
          .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(expression, fc.array(second, { minLength: 30, maxLength: 30 }), async (expr, seconds) => {
        const restart = 14;
        const { whole, restarted } = await runs(expr, seconds, restart);
        const there = new Set(whole[restart - 1]);
        for (let i = restart; i < restart + 12; i++) {
          // Until it ends for the first time it is the alert that was restored.
          for (const alert of [...there]) if (whole[i]?.includes(alert) !== true) there.delete(alert);
          for (const alert of there) expect(restarted[i], `${expr} at ${i}`).toContain(alert);
        }
        for (let i = restart + 12; i < 30; i++) expect(restarted[i]?.toSorted()).toEqual(whole[i]?.toSorted());
      }),
      { numRuns: 200 },
    );
  });
});
