import { describe, expect, it } from 'vitest';
import { EngineBench } from '../testing/engine-bench.js';
import { group } from '../testing/load-series.js';

/*
 * The scenarios of Prometheus' own rule tests (v3.14), each under the name of its origin, against the engine as a black box: rule files and series go
 * in, alerts and series come out. Written anew from what they describe. Where we differ by design the test says so; docs/differences.md has the list.
 */

describe('rules/recording_test.go', () => {
  it.each([
    [
      'no labels in recording rule, metric name in query result',
      'metric',
      '',
      ['test_rule{label_a="1", label_b="3"} 1'],
    ],
    [
      'only new labels',
      'metric',
      ', labels: { extra_from_rule: foo }',
      ['test_rule{extra_from_rule="foo", label_a="1", label_b="3"} 1'],
    ],
    [
      'some replacement labels',
      'metric',
      ', labels: { label_a: from_rule }',
      ['test_rule{label_a="from_rule", label_b="3"} 1'],
    ],
    ['no metric name in query result', 'sum by (label_a) (metric)', '', ['test_rule{label_a="1"} 1']],
  ])('TestRuleEval: %s', async (_name, expr, labels, expected) => {
    const bench = await EngineBench.of(group(`{ record: test_rule, expr: ${expr}${labels} }`));
    bench.sample(0, { 'metric{label_a="1", label_b="3"}': 1 }).at(0);
    expect(bench.query('test_rule', 0)).toEqual(expected);
  });

  it('TestRuleEvalDuplicate', async () => {
    const expr = `'vector(0) or label_replace(vector(0), "test", "x", "", "")'`;
    const bench = await EngineBench.of(group(`{ record: foo, expr: ${expr}, labels: { test: test } }`));
    bench.at(0);
    expect(bench.rule('foo').lastError).toContain(
      'vector contains metrics with the same labelset after applying rule labels',
    );
    expect(bench.query('foo', 0)).toEqual([]);
  });

  it('TestRecordingRuleLimit', async () => {
    const reasons: (string | undefined)[] = [];
    for (const limit of [0, -1, 2, 1]) {
      const bench = await EngineBench.of(group('{ record: foo, expr: metric > 0 }', `, limit: ${limit}`));
      bench.sample(0, { 'metric{label="1"}': 1, 'metric{label="2"}': 1 }).at(0);
      reasons.push(bench.rule('foo').lastError);
    }
    expect(reasons).toEqual([undefined, undefined, undefined, 'exceeded limit of 1 with 2 series']);
  });
});
