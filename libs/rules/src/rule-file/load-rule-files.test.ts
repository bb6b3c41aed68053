import type { Problem } from '@tapewatch/model';
import { ConfigError } from '@tapewatch/model';
import type { RuleDefinition } from '@tapewatch/plugin-sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RuleGroup } from '../rule-group.js';
import { aboveKind, promqlKind } from '../testing/promql-kind.js';
import { loadRuleFiles } from './load-rule-files.js';

const kinds = (type: string): RuleDefinition | undefined =>
  ({ promql: promqlKind as RuleDefinition, above: aboveKind as RuleDefinition })[type];

function load(files: Readonly<Record<string, string>>): Promise<readonly RuleGroup[]> {
  const readFile = (file: string): Promise<string> =>
    files[file] === undefined ? Promise.reject(new Error('no such file')) : Promise.resolve(files[file]);
  return loadRuleFiles(Object.keys(files), kinds, readFile, { knownTypes: ['promql', 'above'] });
}

function problemsOf(text: string): Promise<readonly Problem[]> {
  return problemsIn({ 'a.yaml': text });
}

async function problemsIn(files: Readonly<Record<string, string>>): Promise<readonly Problem[]> {
  try {
    await load(files);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

const whole = `
groups:
  - name: venues
    interval: 5s
    limit: 10
    query_offset: 2s
    labels: { team: desk, severity: info }
    rules:
      - alert: Down
        expr: up == 0
        for: 1m30s
        keep_firing_for: 2m
        labels:
          severity: critical
          level: 3
        annotations: { summary: '{{ $labels.job }} is down' }
`;

describe('loadRuleFiles', () => {
  it('reads a Prometheus file whole', async () => {
    const [group] = await load({ 'a.yaml': whole });
    expect(group).toMatchObject({ name: 'venues', file: 'a.yaml', intervalMs: 5000, limit: 10, queryOffsetMs: 2000 });
    const [rule] = group?.rules ?? [];
    expect(rule).toMatchObject({
      name: 'Down',
      kind: 'promql',
      query: 'up == 0',
      forMs: 90_000,
      keepFiringForMs: 120_000,
    });
    if (rule?.makes !== 'alerts') throw new Error('no alerting rule');
    expect(rule.expression.type).toBe('vector');
    expect(rule.labels.map(({ name, template }) => [name, template.text])).toEqual([
      ['team', 'desk'],
      ['severity', 'critical'],
      ['level', '3'],
    ]);
    expect(rule.annotations.map(({ name, template }) => [name, template.text])).toEqual([
      ['summary', '{{ $labels.job }} is down'],
    ]);
  });

  it('reads recording rules, with labels of the group and without templates', async () => {
    const [group] = await load({
      'a.yaml': `
groups:
  - name: g
    labels: { team: desk, severity: info }
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
        labels: { severity: '{{ not a template', empty: '' }
`,
    });
    expect(group?.rules).toMatchObject([
      {
        makes: 'series',
        name: 'job:up:sum',
        kind: 'promql',
        query: 'sum by (job) (up)',
        labels: { team: 'desk', severity: '{{ not a template', empty: '' },
      },
    ]);
  });

  it('takes a limit below zero for none, as Prometheus does', async () => {
    const [group] = await load({ 'a.yaml': 'groups: [{ name: g, limit: -1 }]' });
    expect(group?.limit).toBe(0);
  });

  it('takes an empty file', async () => {
    expect(await load({ 'a.yaml': '' })).toEqual([]);
  });

  describe('with groups of one name', () => {
    const group = (rules: string, name = 'g'): string => `groups:\n  - name: ${name}\n    rules:\n${rules}`;
    const rule = (labels: string, name = 'A'): string =>
      `      - { alert: ${name}, expr: up == 0, labels: { ${labels} } }\n`;

    it.each([
      ['a group', group(rule('')), group(rule('', 'B')), '/y/a.yaml:2:11'],
      [
        'a group named after its file',
        'rules: [{ name: A, type: promql, expr: up }]',
        group('', 'a'),
        '/y/a.yaml:2:11',
      ],
      [
        'a group of our form, once for all its rules',
        group(''),
        'rules:\n  - { name: A, type: promql, expr: up, group: g }\n  - { name: B, type: promql, expr: up, group: g }\n',
        '/y/a.yaml:2:47',
      ],
    ])('refuses %s in a file of the same name, with both places', async (_, first, second, at) => {
      const problems = await problemsIn({ '/x/a.yaml': first, '/y/a.yaml': second });
      expect(problems).toMatchObject([{ code: 'RULE_INVALID' }]);
      expect(problems.map(({ file, line, column }) => `${file}:${line}:${column}`)).toEqual([at]);
      expect(problems[0]?.message).toMatch(/another file of this name, at \/x\/a\.yaml:\d+:\d+\.$/);
    });

    it.each([
      ['a group of the name in another file', { 'a.yaml': group(rule('')), 'b.yaml': group(rule('')) }],
      ['two rules that are alike', { 'a.yaml': group(rule('a: x') + rule('a: x')) }],
    ])('takes %s, as Prometheus does', async (_, files) => {
      expect(await problemsIn(files)).toEqual([]);
    });
  });

  it('follows anchors and merge keys', async () => {
    const [group] = await load({
      'a.yaml': `groups:\n  - name: g\n    rules:\n      - &base\n        alert: A\n        expr: up == 0\n        labels: &l { a: b }\n      - <<: *base\n        alert: B\n        labels: *l\n`,
    });
    expect(group?.rules.map(({ name, query, labels }) => [name, query, Object.keys(labels).length])).toEqual([
      ['A', 'up == 0', 1],
      ['B', 'up == 0', 1],
    ]);
  });

  it('tells all problems of all files at once', async () => {
    const bad = 'groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: up ==\n';
    const loaded = load({ 'a.yaml': bad, 'b.yaml': bad.replace('name: g', 'name: h'), 'c.yaml': 'groups: [' });
    await expect(loaded).rejects.toSatisfy(
      (error: ConfigError) => error.problems.map(({ file }) => file).join() === 'a.yaml,b.yaml,c.yaml',
    );
  });

  it.each<[string, string, Partial<Problem>]>([
    [
      'an unknown field',
      'groups:\n  - name: g\n    rules:\n      - alert: A\n        exprr: up\n        expr: up',
      {
        code: 'CONFIG_UNKNOWN_KEY',
        line: 5,
        column: 9,
        path: 'groups[0].rules[0].exprr',
        hint: 'Did you mean "expr"?',
      },
    ],
    [
      'an unknown field of a group',
      'groups:\n  - name: g\n    intervall: 1s\n    rules: []',
      { code: 'CONFIG_UNKNOWN_KEY', line: 3, column: 5, hint: 'Did you mean "interval"?' },
    ],
    [
      'a missing expr',
      'groups:\n  - name: g\n    rules:\n      - alert: A',
      { code: 'CONFIG_MISSING', line: 4, column: 9, path: 'groups[0].rules[0]' },
    ],
    ['a missing name', 'groups:\n  - rules: []', { code: 'CONFIG_MISSING', path: 'groups[0]' }],
    [
      'a rule without alert',
      'groups:\n  - name: g\n    rules:\n      - expr: up',
      { code: 'CONFIG_MISSING', path: 'groups[0].rules[0]' },
    ],
    [
      'a second group of the name',
      'groups:\n  - name: g\n    rules: []\n  - name: g\n    rules: []',
      { code: 'CONFIG_INVALID_VALUE', line: 4, column: 11, found: '"g"' },
    ],
    [
      'a bad duration',
      'groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: up\n        for: 5',
      { code: 'CONFIG_INVALID_VALUE', line: 6, column: 14, path: 'groups[0].rules[0].for', found: '"5"' },
    ],
    [
      'a limit that is no count',
      'groups:\n  - name: g\n    limit: 1.5\n    rules: []',
      { code: 'CONFIG_INVALID_VALUE', line: 3, found: '"1.5"' },
    ],
    [
      'a bad label name',
      'groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: up\n        labels: { __name__: x }',
      { code: 'CONFIG_INVALID_VALUE', line: 6, found: '"__name__"' },
    ],
    [
      'a list where a mapping belongs',
      'groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: up\n        labels: [a]',
      { code: 'CONFIG_INVALID_VALUE', line: 6, column: 17, found: 'a list', allowed: 'a mapping' },
    ],
    [
      'a recording rule with labels in its name',
      'groups:\n  - name: g\n    rules:\n      - record: a{b="c"}\n        expr: up',
      { code: 'RULE_INVALID', line: 4, column: 17, message: 'This is not a name for a series.' },
    ],
    [
      'a recording rule without a name',
      'groups:\n  - name: g\n    rules:\n      - record: ""\n        expr: up',
      { code: 'CONFIG_MISSING', line: 4 },
    ],
    [
      'a recording rule that waits',
      'groups:\n  - name: g\n    rules:\n      - record: a\n        expr: up\n        for: 5m',
      { code: 'RULE_INVALID', line: 6, message: 'A recording rule has no for.' },
    ],
    [
      'annotations of a recording rule',
      'groups:\n  - name: g\n    rules:\n      - record: a\n        expr: up\n        annotations: { a: b }',
      { code: 'RULE_INVALID', line: 6, message: 'A recording rule has no annotations.' },
    ],
    [
      'a bad label name of a recording rule',
      'groups:\n  - name: g\n    rules:\n      - record: a\n        expr: up\n        labels: { __name__: x }',
      { code: 'CONFIG_INVALID_VALUE', line: 6, found: '"__name__"' },
    ],
    [
      'a recording rule whose result is text',
      'groups:\n  - name: g\n    rules:\n      - record: a\n        expr: "`x`"',
      { code: 'RULE_INVALID', line: 5, found: 'a string' },
    ],
    [
      'a misspelt field of a rule',
      'groups:\n  - name: g\n    rules:\n      - record: a\n        expr: up\n        labls: {}',
      { code: 'CONFIG_UNKNOWN_KEY', line: 6, hint: 'Did you mean "labels"?' },
    ],
    [
      'both alert and record',
      'groups:\n  - name: g\n    rules:\n      - record: a\n        alert: A\n        expr: up',
      { code: 'RULE_INVALID', line: 4 },
    ],
    [
      'a range vector',
      'groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: up[5m]',
      { code: 'RULE_INVALID', line: 5, found: 'a range vector' },
    ],
    ['two forms in one file', 'groups: []\nrules: []', { code: 'CONFIG_INVALID_VALUE', line: 2 }],
    ['an unknown top key', 'group: []', { code: 'CONFIG_UNKNOWN_KEY', line: 1, hint: 'Did you mean "groups"?' }],
    ['a duplicate key', 'groups: []\ngroups: []', { code: 'CONFIG_SYNTAX', line: 2 }],
    ['text that is no YAML', 'groups: [', { code: 'CONFIG_SYNTAX' }],
  ])('refuses %s', async (_, text, expected) => {
    expect(await problemsOf(text)).toEqual([expect.objectContaining({ file: 'a.yaml', ...expected })]);
  });

  it.each([
    ['plain', 'expr: up == == 1', 5, 21],
    ['single quotes', "expr: 'up{a=''b''} == == 1'", 5, 31],
    ['double quotes', 'expr: "up{a=\\"b\\"} == == 1"', 5, 31],
    ['a literal block', 'expr: |\n          up\n            == == 1', 7, 16],
    ['a folded block', 'expr: >-\n          up\n          == == 1', 7, 14],
    ['plain text over two lines', 'expr: up\n          == == 1', 6, 14],
  ])('points into PromQL in %s', async (_, expr, line, column) => {
    const [problem] = await problemsOf(`groups:\n  - name: g\n    rules:\n      - alert: A\n        ${expr}\n`);
    expect(problem).toMatchObject({ code: 'RULE_INVALID', line, column, path: 'groups[0].rules[0].expr' });
  });

  it('points into templates', async () => {
    const [problem] = await problemsOf(
      `groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: up\n        annotations:\n          summary: '{{ $lables.job }} is down'\n`,
    );
    expect(problem).toMatchObject({ line: 7, column: 24, path: 'groups[0].rules[0].annotations.summary' });
    expect(problem?.message).toContain('undefined variable "$lables"');
  });

  it('says which file cannot be read', async () => {
    await expect(loadRuleFiles(['gone.yaml'], kinds, () => Promise.reject(new Error('ENOENT')))).rejects.toThrow(
      'gone.yaml',
    );
  });

  describe('with rules of our own form', () => {
    it('compiles them and groups them by name, else by file', async () => {
      const groups = await load({
        'dir/venues.yaml': `rules:
  - { name: A, type: above, metric: m, limit: 3, for: 10s, labels: { severity: info } }
  - { name: B, type: promql, expr: up == 0, group: slow, interval: 30s }
  - { name: C, type: promql, expr: up == 1, group: slow }
`,
      });
      expect(
        groups.map(({ name, intervalMs, rules }) => [
          name,
          intervalMs,
          rules.map((rule) => [rule.name, rule.kind, rule.query, rule.makes === 'alerts' ? rule.forMs : 0]),
        ]),
      ).toEqual([
        ['venues', 1000, [['A', 'above', 'm > 3', 10_000]]],
        [
          'slow',
          30_000,
          [
            ['B', 'promql', 'up == 0', 0],
            ['C', 'promql', 'up == 1', 0],
          ],
        ],
      ]);
    });

    it('reads what becomes of alerts without data and on failure; files of Prometheus have its way', async () => {
      const choices = (groups: readonly RuleGroup[]): unknown =>
        groups.flatMap(({ rules }) =>
          rules.map((rule) => (rule.makes === 'alerts' ? [rule.name, rule.noData, rule.onError] : [])),
        );
      const own = `rules:
  - { name: A, type: promql, expr: up, no_data: alert, error: ok }
  - { name: B, type: promql, expr: up }
`;
      expect(choices(await load({ 'a.yaml': own }))).toEqual([
        ['A', 'alert', 'ok'],
        ['B', 'ok', 'keep'],
      ]);
      expect(choices(await load({ 'a.yaml': 'groups: [{ name: g, rules: [{ alert: A, expr: up }] }]' }))).toEqual([
        ['A', 'ok', 'keep'],
      ]);
    });

    it.each<[string, string, Partial<Problem>]>([
      [
        'a choice that there is not',
        '{ name: A, type: promql, expr: up, no_data: keeps }',
        { code: 'CONFIG_INVALID_VALUE', found: '"keeps"', allowed: 'alert, keep, ok', hint: 'Did you mean "keep"?' },
      ],
      [
        'an unknown type',
        '{ name: A, type: abov, metric: m }',
        { code: 'CONFIG_REFERENCE', line: 2, column: 22, hint: 'Did you mean "above"?' },
      ],
      ['a missing type', '{ name: A, metric: m }', { code: 'CONFIG_MISSING' }],
      ['a missing name', '{ type: promql, expr: up }', { code: 'CONFIG_MISSING' }],
      [
        'a spec that its schema refuses, at its place',
        '{ name: A, type: above, metric: m, limit: many }',
        { code: 'RULE_INVALID', line: 2, column: 47, path: 'rules[0].limit' },
      ],
      [
        'a spec that its kind refuses',
        '{ name: A, type: above, metric: m, limit: -1 }',
        { code: 'RULE_INVALID', message: 'The limit is below zero: make it positive.' },
      ],
      [
        'PromQL made by a kind that is none',
        '{ name: A, type: above, metric: "{", limit: 1 }',
        { code: 'RULE_INVALID', path: 'rules[0]' },
      ],
      [
        'an interval that differs in the group',
        '{ name: A, type: promql, expr: up, interval: 1s }\n  - { name: B, type: promql, expr: up, interval: 2s }',
        { code: 'CONFIG_INVALID_VALUE', line: 3, found: '2s', allowed: '1s' },
      ],
    ])('refuses %s', async (_, rule, expected) => {
      expect(await problemsOf(`rules:\n  - ${rule}\n`)).toEqual([expect.objectContaining(expected)]);
    });
  });

  it('never throws anything but a ConfigError with places, however a file is damaged', async () => {
    const damage = fc.tuple(
      fc.nat(whole.length),
      fc.nat(8),
      fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('\n', '  ', ': ', '- ', '{', '*a', '&a ', '!!int ')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
        const text = damages.reduce(
          (whole, [at, length, piece]) => whole.slice(0, at) + piece + whole.slice(at + length),
          whole,
        );
        for (const problem of await problemsOf(text)) expect(problem.line).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});
