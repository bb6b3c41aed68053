import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedGroups } from '../changed-groups.js';
import { EngineBench, groupsOf, said } from '../testing/engine-bench.js';

const high = (fields = ''): string =>
  `groups: [{ name: g, rules: [{ alert: High, expr: m > 10, for: 3s, labels: { team: a }${fields} }] }]`;

async function replace(bench: EngineBench, files: string | Readonly<Record<string, string>>): Promise<string[]> {
  const groups = await groupsOf(typeof files === 'string' ? { 'a.yaml': files } : files);
  const { orphans } = bench.engine.replaceGroups(groups);
  return orphans.map((instance) => said({ at: 0, kind: instance.state, instance }));
}

describe('replaceGroups', () => {
  it('goes on with the timers of rules that have the same name and labels, whatever else of them changed', async () => {
    const bench = await EngineBench.of(high());
    bench.sample(0, { m: 11 }).at(0);
    expect(
      await replace(bench, high(', annotations: { summary: "{{ $value }}!" }').replace('m > 10', 'm > 9')),
    ).toEqual([]);
    expect(bench.sample(2, { m: 11 }).at(2)).toEqual([]);
    expect(bench.sample(3, { m: 10 }).at(3)).toEqual(['High{team="a"} firing']);
    expect(bench.active[0]?.annotations).toEqual({ summary: '10!' });
  });

  it('makes what fires wait again when for is raised, and lets it fire sooner when it is lowered', async () => {
    const bench = await EngineBench.of(high());
    for (const second of [0, 3]) bench.sample(second, { m: 11 }).at(second);
    await replace(bench, high().replace('3s', '10s'));
    expect(bench.sample(4, { m: 11 }).at(4)).toEqual(['High{team="a"} pending']);
    await replace(bench, high().replace('3s', '5s'));
    expect(bench.sample(5, { m: 11 }).at(5)).toEqual(['High{team="a"} firing']);
    await replace(bench, high().replace('3s', '4s'));
    expect(bench.sample(6, { m: 11 }).at(6)).toEqual([]);
  });

  it('names the alerts of rules that are gone, and of those whose labels changed', async () => {
    const bench = await EngineBench.of(high());
    bench.sample(0, { m: 11 }).at(0);
    expect(await replace(bench, high().replace('team: a', 'team: b'))).toEqual(['High{team="a"} pending']);
    expect(bench.at(1)).toEqual(['High{team="b"} pending']);
    expect(await replace(bench, {})).toEqual(['High{team="b"} pending']);
    expect(bench.at(2)).toEqual([]);
  });

  it('pairs rules that share name and labels in their order', async () => {
    const rule = (limit: number): string => `{ alert: A, expr: m > ${limit} }`;
    const rules = (...limits: number[]): string => `groups: [{ name: g, rules: [${limits.map(rule).join()}] }]`;
    const bench = await EngineBench.of(rules(10, 20));
    expect(bench.sample(0, { m: 30 }).at(0)).toEqual(['A firing', 'A firing']);
    expect(bench.active.map(({ rule: { name } }) => name)).toEqual(['A', 'A#2']);
    await replace(bench, rules(11, 21, 31));
    expect(bench.at(1)).toEqual([]);
    expect(await replace(bench, rules(11))).toEqual(['A firing']);
    expect(bench.at(2)).toEqual([]);
  });

  it('ends the series of what is gone at the next evaluation', async () => {
    const bench = await EngineBench.of(`groups:
  - name: g
    rules: [{ record: r, expr: m }, { alert: A, expr: m > 10 }]
  - name: h
    query_offset: 1s
    rules: [{ record: s, expr: m }]
`);
    bench.sample(0, { m: 11 }).at(0);
    bench.sample(1, { m: 11 }).at(1);
    await replace(bench, 'groups: [{ name: g, rules: [{ record: t, expr: m }] }]');
    expect(bench.query('{__name__=~"r|s|ALERTS.*"}', 1)).toHaveLength(4);
    bench.at(2);
    expect(bench.query('{__name__=~"r|s|t|ALERTS.*"}', 2)).toEqual(['t 11']);
  });

  it('does not end a series that another rule goes on with, also one that is not due yet', async () => {
    const slow = (rules: string): string => `  - name: slow\n    interval: 30s\n    rules: [${rules}]\n`;
    const record = '{ record: r, expr: m }';
    const bench = await EngineBench.of(
      `groups:\n  - name: g\n    rules: [${record}]\n${slow('{ record: s, expr: m }')}`,
    );
    for (let second = 0; second < 5; second++) bench.sample(second, { m: second }).at(second);
    await replace(bench, `groups:\n${slow(`{ record: s, expr: m }, ${record}`)}`);
    for (let second = 5; second < 40; second++) {
      bench.sample(second, { m: second }).at(second);
      expect(bench.query('r', second)).toHaveLength(1);
    }
    await replace(bench, 'groups: []');
    bench.at(40);
    expect(bench.query('r', 40)).toEqual([]);
  });

  it('evaluates a new group at once, and one that stays when it is due', async () => {
    const group = (name: string): string =>
      `{ name: ${name}, interval: 10s, rules: [{ alert: ${name}, expr: m > 10 }] }`;
    const bench = await EngineBench.of(`groups: [${group('old')}]`);
    bench.sample(0, { m: 1 }).at(0);
    await replace(bench, `groups: [${group('old')}, ${group('new')}]`);
    const before = bench.evaluations.length;
    bench.at(1);
    expect(bench.evaluations.slice(before).map(({ group: name }) => name)).toEqual(['new']);
    expect(bench.meter.value('tapewatch.rule.evaluation.failures', { group: 'new' })).toBe(0);
  });

  it('keeps what a rule knows of its health', async () => {
    const rules = 'groups: [{ name: g, interval: 60s, rules: [{ alert: A, expr: m * on () m > 0 }] }]';
    const bench = await EngineBench.of(rules);
    bench.sample(0, { 'm{a="x"}': 1, 'm{a="y"}': 1 }).at(0);
    expect(bench.rule('A').health).toBe('error');
    await replace(bench, rules);
    expect(bench.rule('A').health).toBe('error');
    await replace(bench, rules.replace('m * on () m', 'm'));
    expect(bench.rule('A').health).toBe('unknown');
  });

  it('changes nothing when the files are the same, at any moment', async () => {
    const files = {
      'a.yaml': `groups:
  - name: g
    rules:
      - { record: sum, expr: sum(m) }
      - { alert: Sum, expr: sum > 15, for: 2s, keep_firing_for: 3s, annotations: { summary: "{{ $value }}" } }
      - { alert: Each, expr: m > 10, labels: { v: "{{ $value }}" } }
      - { alert: Each, expr: m > 12, labels: { v: "{{ $value }}" } }
  - name: slow
    interval: 3s
    limit: 1
    rules:
      - { alert: Slow, expr: m > 5, for: 3s }
      - { alert: Told, expr: 'ALERTS{alertname="Sum"}' }
`,
      'b.yaml': `rules:
  - name: Levels
    type: levels
    for: 2s
    no_data: alert
    warning: { expr: m > 8, holds: m > 4 }
    critical: { expr: m > 12, for: 1 }
`,
    };
    const value = fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(value, value, fc.boolean()), { minLength: 1, maxLength: 25 }),
        async (seconds) => {
          const [still, reloaded] = [await EngineBench.of(files), await EngineBench.of(files)];
          for (const [second, [x, y, reload]] of seconds.entries()) {
            if (reload) expect(await replace(reloaded, files)).toEqual([]);
            for (const bench of [still, reloaded]) bench.sample(second, { 'm{a="x"}': x, 'm{a="y"}': y }).at(second);
            const all = '{__name__=~".+"}';
            expect(reloaded.query(all, second)).toEqual(still.query(all, second));
          }
          expect(reloaded.evaluations).toEqual(still.evaluations);
          const health = (bench: EngineBench): unknown =>
            bench.engine.views().map(({ lastEvaluationAt, rules }) => [lastEvaluationAt, rules]);
          expect(health(reloaded)).toEqual(health(still));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('changedGroups', () => {
  const base =
    'groups: [{ name: g, rules: [{ alert: A, expr: m > 1 }] }, { name: h, rules: [{ record: r, expr: m }] }]';

  it('is empty for the same groups, in any order and any folder', async () => {
    const one = await groupsOf({ '/x/a.yaml': base });
    const other = await groupsOf({ '/y/a.yaml': base });
    expect(changedGroups(one, other.toReversed())).toEqual([]);
  });

  it.each([
    ['alert: A', 'alert: B', ['a.yaml;g']],
    ['m > 1', 'm > 2', ['a.yaml;g']],
    ['m > 1', 'm > 1, for: 1s', ['a.yaml;g']],
    ['m > 1', 'm > 1, labels: { a: b }', ['a.yaml;g']],
    ['m > 1', 'm > 1, annotations: { a: b }', ['a.yaml;g']],
    ['name: h', 'name: h, interval: 5s', ['a.yaml;h']],
    ['name: h', 'name: i', ['a.yaml;h', 'a.yaml;i']],
    ['record: r', 'record: r, labels: { a: b }', ['a.yaml;h']],
  ])('sees that %s became %s', async (from, to, changed) => {
    const [before, after] = [await groupsOf({ 'a.yaml': base }), await groupsOf({ 'a.yaml': base.replace(from, to) })];
    expect(changedGroups(before, after)).toEqual(changed);
  });

  it('sees groups that come and go', async () => {
    const groups = await groupsOf({ 'a.yaml': base });
    expect(changedGroups(groups, [])).toEqual(['a.yaml;g', 'a.yaml;h']);
    expect(changedGroups([], groups)).toEqual(['a.yaml;g', 'a.yaml;h']);
  });
});
