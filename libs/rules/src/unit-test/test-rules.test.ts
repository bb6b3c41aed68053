import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FakeClock } from '@tapewatch/model/testing';
import type { RuleDefinition } from '@tapewatch/plugin-sdk';
import { describe, expect, it } from 'vitest';
import { aboveKind, promqlKind } from '../testing/promql-kind.js';
import type { RuleTestFailure, RuleTestFileResult } from './rule-test-result.js';
import { testRules } from './test-rules.js';

const testdata = join(import.meta.dirname, 'testdata');
const kinds = (type: string): RuleDefinition | undefined =>
  ({ promql: promqlKind as RuleDefinition, above: aboveKind as RuleDefinition })[type];

function run(name: string, isWanted?: (test: string) => boolean): Promise<RuleTestFileResult> {
  return testRules(join(testdata, name), {
    kinds,
    readFile: (file) => readFile(file, 'utf8'),
    findFiles: async (pattern) => globSync(pattern).sort(),
    clock: new FakeClock(0),
    load: { knownTypes: ['promql', 'above'] },
    ...(isWanted === undefined ? {} : { isWanted }),
  });
}

/** Files by text instead; a pattern names one file. */
function runTexts(files: Readonly<Record<string, string>>): Promise<RuleTestFileResult> {
  return testRules('/t/a.test.yaml', {
    kinds,
    readFile: (file) => Promise.resolve(files[file] ?? ''),
    findFiles: (pattern) => Promise.resolve(pattern in files ? [pattern] : []),
    clock: new FakeClock(0),
  });
}

function failuresOf({ tests }: RuleTestFileResult): Readonly<Record<string, readonly RuleTestFailure[]>> {
  return Object.fromEntries(tests.map(({ name, failures }) => [name, failures]));
}

describe('testRules', () => {
  it.each(['alerts', 'series', 'reach', 'start', 'templates'])('finds that %s.test.yaml holds', async (name) => {
    const result = await run(`${name}.test.yaml`);
    expect(result).toMatchObject({ problems: [], unmatched: [] });
    expect(result.tests.length).toBeGreaterThan(0);
    for (const [test, failures] of Object.entries(failuresOf(result))) expect(failures, test).toEqual([]);
  });

  it('tells what fails, with both sides', async () => {
    const failures = failuresOf(await run('failing.test.yaml'));
    expect(Object.entries(failures).map(([name, list]) => `${name}: ${list.map(({ kind }) => kind).join()}`)).toEqual([
      'an alert that says something else: alerts',
      'an alert that is not there: alerts',
      'an alert that nobody expects: alerts',
      'another value: expression',
      'other labels: expression',
      'a query without an answer: expression_error',
      'neighbours among numbers, compared strictly: expression',
      'this one holds: ',
    ]);
    const [first] = failures['an alert that says something else'] ?? [];
    if (first?.kind !== 'alerts') throw new Error('no failure about alerts');
    const said = (alerts: typeof first.got): readonly string[] =>
      alerts.map(({ labels, annotations }) => `${labels.toString()} ${annotations['summary']}`);
    expect(said(first.expected)).toEqual([
      '{alertname="VenueDown", severity="warning", venue="kraken"} kraken is down',
    ]);
    expect(said(first.got)).toEqual([
      '{alertname="VenueDown", severity="critical", venue="kraken"} kraken is down, says  of ',
    ]);
  });

  it('ends a test at the first evaluation in which a rule fails', async () => {
    const [failure, ...others] = (await run('rule-error.test.yaml')).tests[0]?.failures ?? [];
    expect(failure).toMatchObject({ kind: 'rule_error', rule: 'clash', timeMs: 120_000 });
    expect(others).toEqual([]);
  });

  it('runs only the tests that are wanted', async () => {
    const { tests } = await run('failing.test.yaml', (name) => name.startsWith('this one'));
    expect(tests.map(({ name }) => name)).toEqual(['this one holds']);
  });

  it('takes rule files of our own form', async () => {
    const result = await runTexts({
      '/t/a.test.yaml': `rule_files: [own.yaml]
tests:
  - input_series: [{ series: 'm{a="1"}', values: '1 9' }]
    alert_rule_test: [{ eval_time: 1m, alertname: High, exp_alerts: [{ exp_labels: { a: '1' } }] }]`,
      '/t/own.yaml': 'rules: [{ name: High, type: above, metric: m, limit: 5 }]',
    });
    expect(result).toMatchObject({ problems: [], tests: [{ place: '/t/a.test.yaml:3:5', failures: [] }] });
  });

  it('tells of patterns that name no file', async () => {
    const result = await runTexts({ '/t/a.test.yaml': 'rule_files: [none*.yaml, /abs.yaml]\ntests: []' });
    expect(result).toMatchObject({ problems: [], unmatched: ['none*.yaml', '/abs.yaml'], tests: [] });
  });

  it('refuses a rule that records an input series', async () => {
    const files = (values: string): Readonly<Record<string, string>> => ({
      '/t/a.test.yaml': `rule_files: [r.yaml]
tests: [{ input_series: [{ series: m, values: '${values}' }], promql_expr_test: [{ expr: m, eval_time: 3m }] }]`,
      '/t/r.yaml': 'groups: [{ name: g, rules: [{ record: m, expr: vector(7) }] }]',
    });
    expect((await runTexts(files('1 2 3'))).tests[0]?.failures).toMatchObject([{ kind: 'rule_error', timeMs: 0 }]);
  });

  it.each([
    ['an unknown field', 'test: []', { code: 'CONFIG_UNKNOWN_KEY', line: 1, hint: 'Did you mean "tests"?' }],
    [
      'an unknown field of a test',
      'tests:\n  - intervall: 1m',
      { code: 'CONFIG_UNKNOWN_KEY', line: 2, column: 5, hint: 'Did you mean "interval"?' },
    ],
    [
      'values that are none',
      'tests:\n  - input_series:\n      - { series: up, values: "1 two" }',
      { code: 'CONFIG_INVALID_VALUE', line: 3, column: 34, path: 'tests[0].input_series[0].values' },
    ],
    [
      'native histograms',
      'tests:\n  - input_series:\n      - { series: up, values: "{{schema:0 sum:1}}" }',
      { message: expect.stringContaining('native histograms are not supported') as string },
    ],
    [
      'expected native histograms',
      'tests: [{ promql_expr_test: [{ expr: m, exp_samples: [{ labels: m, histogram: "{{sum:1}}" }] }] }]',
      { message: 'Native histograms are not supported.' },
    ],
    [
      'a series that is none',
      'tests: [{ input_series: [{ series: "up{a=~\\"x\\"}", values: 1 }] }]',
      { code: 'CONFIG_INVALID_VALUE', path: 'tests[0].input_series[0].series' },
    ],
    ['input without a series', 'tests: [{ input_series: [{ values: 1 }] }]', { code: 'CONFIG_MISSING' }],
    ['no alertname', 'tests: [{ alert_rule_test: [{ eval_time: 1m }] }]', { code: 'CONFIG_MISSING' }],
    ['no expression', 'tests: [{ promql_expr_test: [{ eval_time: 1m }] }]', { code: 'CONFIG_MISSING' }],
    [
      'an expression that is no PromQL',
      'tests:\n  - promql_expr_test:\n      - expr: up == == 1',
      { code: 'CONFIG_INVALID_VALUE', line: 3, column: 21 },
    ],
    [
      'expected labels that are none',
      'tests: [{ promql_expr_test: [{ expr: up, exp_samples: [{ labels: "up{", value: 1 }] }] }]',
      { code: 'CONFIG_INVALID_VALUE' },
    ],
    [
      'a value that is no number',
      'tests: [{ promql_expr_test: [{ expr: up, exp_samples: [{ labels: up, value: much }] }] }]',
      { code: 'CONFIG_INVALID_VALUE', found: '"much"' },
    ],
    ['a group twice in the order', 'group_eval_order: [a, b, a]', { code: 'CONFIG_INVALID_VALUE', found: '"a"' }],
    ['a bad duration', 'evaluation_interval: often', { code: 'CONFIG_INVALID_VALUE', found: '"often"' }],
    ['a bad start', 'tests: [{ start_timestamp: soon }]', { code: 'CONFIG_INVALID_VALUE', found: '"soon"' }],
    ['a bad flag', 'fuzzy_compare: maybe', { code: 'CONFIG_INVALID_VALUE', found: '"maybe"' }],
    ['what is no YAML', 'tests: [', { code: 'CONFIG_SYNTAX' }],
  ])('refuses %s', async (_, text, problem) => {
    const result = await runTexts({ '/t/a.test.yaml': text });
    expect(result.tests).toEqual([]);
    expect(result.problems).toEqual([expect.objectContaining({ file: '/t/a.test.yaml', ...problem })]);
  });

  it('refuses broken rule files with their place', async () => {
    const result = await runTexts({
      '/t/a.test.yaml': 'rule_files: [r.yaml]\ntests: []',
      '/t/r.yaml': 'groups: [{ name: g, rules: [{ alert: A, expr: up == }] }]',
    });
    expect(result.problems).toMatchObject([{ code: 'RULE_INVALID', file: '/t/r.yaml', line: 1 }]);
  });

  it('says of a file that is not there that it cannot be read', async () => {
    expect((await run('none.test.yaml')).problems).toMatchObject([{ code: 'CONFIG_NOT_FOUND' }]);
  });
});
