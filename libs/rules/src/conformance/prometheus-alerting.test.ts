import { describe, expect, it } from 'vitest';
import { benchStart, EngineBench, groupsOf } from '../testing/engine-bench.js';
import { alertsAt, group, load, minute } from '../testing/load-series.js';

/*
 * The scenarios of Prometheus' own rule tests (v3.14), each under the name of its origin, against the engine as a black box: rule files and series go
 * in, alerts and series come out. Written anew from what they describe. Where we differ by design the test says so; docs/differences.md has the list.
 */

describe('rules/alerting_test.go', () => {
  it('TestAlertingRuleState: the state of a rule is the worst of its alerts', async () => {
    const bench = await EngineBench.of(group('{ alert: A, expr: m > 0, for: 1m }'));
    bench.sample(0, { 'm{a="x"}': 0 }).at(0);
    expect(bench.rule('A').state).toBe('inactive');
    bench.sample(1, { 'm{a="x"}': 1 }).at(1);
    expect(bench.rule('A').state).toBe('pending');
    bench.sample(61, { 'm{a="x"}': 1, 'm{a="y"}': 1 }).at(61);
    expect(bench.rule('A').state).toBe('firing');
  });

  it('TestAlertingRuleLabelsUpdate: an alert whose labels change is another alert', async () => {
    const severity = '{{ if lt $value 80.0 }}critical{{ else }}warning{{ end }}';
    const rule = `{ alert: HTTPRequestRateLow, expr: http_requests < 100, for: 1m, labels: { severity: "${severity}" } }`;
    const bench = load(await EngineBench.of(group(rule)), minute, {
      'http_requests{job="app-server", instance="0"}': '75 85 70 70 stale',
    });
    const alert = (state: string, level: string): string =>
      `ALERTS{alertname="HTTPRequestRateLow", alertstate="${state}", instance="0", job="app-server", severity="${level}"} 1`;
    const expected = [
      alert('pending', 'critical'),
      alert('pending', 'warning'),
      alert('pending', 'critical'),
      alert('firing', 'critical'),
    ];
    for (const [i, line] of expected.entries()) expect(alertsAt(bench, i * minute)).toEqual([line]);
    expect(alertsAt(bench, 4 * minute)).toEqual([]);
  });

  it('TestAlertingRuleExternalLabelsInTemplate', async () => {
    const text = 'There are {{ len $externalLabels }} external Labels, of which foo is {{ $externalLabels.foo }}.';
    const rule = `{ alert: A, expr: m < 100, labels: { templated_label: "${text}" } }`;
    const bench = await EngineBench.of(group(rule), { externalLabels: { foo: 'bar', dings: 'bums' } });
    bench.sample(0, { m: 75 }).at(0);
    expect(bench.active[0]?.labels.get('templated_label')).toBe('There are 2 external Labels, of which foo is bar.');
    const none = await EngineBench.of(group(rule));
    none.sample(0, { m: 75 }).at(0);
    expect(none.active[0]?.labels.get('templated_label')).toBe('There are 0 external Labels, of which foo is .');
  });

  it('TestAlertingRuleExternalURLInTemplate', async () => {
    const rule = '{ alert: A, expr: m < 100, labels: { templated_label: "The external URL is {{ $externalURL }}." } }';
    for (const url of ['', 'http://localhost:1234']) {
      const bench = await EngineBench.of(group(rule), { externalUrl: () => url });
      bench.sample(0, { m: 75 }).at(0);
      expect(bench.active[0]?.labels.get('templated_label')).toBe(`The external URL is ${url}.`);
    }
  });

  it('TestAlertingRuleEmptyLabelFromTemplate: an empty label is none', async () => {
    const bench = await EngineBench.of(
      group('{ alert: EmptyLabel, expr: m < 100, for: 1m, labels: { empty_label: "" } }'),
    );
    bench.sample(0, { 'm{job="app-server"}': 75 }).at(0);
    expect(bench.activeTexts).toEqual(['EmptyLabel{job="app-server"} pending']);
  });

  it('TestAlertingRuleQueryInTemplate', async () => {
    const text =
      '{{- with \\"sort(sum(m) by (instance))\\" | query -}}{{- range $i,$v := . -}}instance: {{ $v.Labels.instance }}, ' +
      'value: {{ printf \\"%.0f\\" $v.Value }};{{- end -}}{{- end -}}';
    const bench = await EngineBench.of(
      group(`{ alert: A, expr: sum(m) < 100, annotations: { templated_label: "${text}" } }`),
    );
    bench.sample(0, { 'm{instance="0"}': 70, 'm{instance="1"}': 5 }).at(0);
    expect(bench.active[0]?.annotations['templated_label']).toBe('instance: 1, value: 5;instance: 0, value: 70;');
  });

  it('TestAlertingRuleDuplicate: two elements with the same labels make the rule fail', async () => {
    const expr = `'vector(0) or label_replace(vector(0), "test", "x", "", "")'`;
    const bench = await EngineBench.of(group(`{ alert: foo, expr: ${expr}, for: 1m, labels: { test: test } }`));
    expect(bench.at(0)).toEqual([]);
    expect(bench.rule('foo')).toMatchObject({
      health: 'error',
      lastError: expect.stringContaining(
        'vector contains metrics with the same labelset after applying alert labels',
      ) as string,
    });
  });

  it('TestAlertingRuleLimit: over it the rule fails', async () => {
    const reasons: (string | undefined)[] = [];
    for (const limit of [0, -1, 2, 1]) {
      const bench = await EngineBench.of(group('{ alert: foo, expr: metric > 0, for: 1m }', `, limit: ${limit}`));
      bench.sample(0, { 'metric{label="1"}': 1, 'metric{label="2"}': 1 }).at(0);
      reasons.push(bench.rule('foo').lastError);
      expect(bench.active).toHaveLength(limit === 1 ? 0 : 2);
    }
    expect(reasons).toEqual([undefined, undefined, undefined, 'exceeded limit of 1 with 2 alerts']);
  });

  it('TestQueryForStateSeries: ALERTS_FOR_STATE says since when, in seconds, for each of the alerts', async () => {
    const bench = await EngineBench.of(group('{ alert: A, expr: m > 0, for: 5m, labels: { t: "{{ $labels.a }}!" } }'));
    bench.sample(0, { 'm{a="x"}': 1 }).at(0);
    bench.sample(30, { 'm{a="x"}': 1, 'm{a="y"}': 1 }).at(30);
    const since = (seconds: number): number => benchStart / 1000 + seconds;
    expect(bench.query('sum by (a, t) (ALERTS_FOR_STATE)', 30)).toEqual([
      `{a="x", t="x!"} ${since(0)}`,
      `{a="y", t="y!"} ${since(30)}`,
    ]);
  });

  it('TestKeepFiringFor', async () => {
    const rule = '{ alert: HTTPRequestRateHigh, expr: http_requests > 50, for: 1m, keep_firing_for: 1m }';
    const bench = load(await EngineBench.of(group(rule)), minute, { http_requests: '75 85 70 70 10 10 10 10 10' });
    const states = [0, 1, 2, 3, 4, 5].map((i) => {
      bench.at(i * minute);
      return bench.active.map(({ state }) => state).join();
    });
    expect(states).toEqual(['pending', 'firing', 'firing', 'firing', 'firing', '']);
  });

  it('TestPendingAndKeepFiringFor: what only waits is not kept', async () => {
    const rule = '{ alert: A, expr: m > 50, for: 1m, keep_firing_for: 1m }';
    const bench = load(await EngineBench.of(group(rule)), minute, { m: '75 10 10' });
    expect([bench.at(0), bench.at(minute), bench.at(2 * minute)]).toEqual([['A pending'], ['A inactive'], []]);
  });

  it('TestFiringAlertResetToPendingOnHoldDurationIncrease', async () => {
    const rule = (duration: string): string => group(`{ alert: A, expr: foo, for: ${duration}, keep_firing_for: 1m }`);
    const bench = await EngineBench.of(rule('15s'));
    const told: string[][] = [];
    for (const second of [0, 15]) told.push([...bench.sample(second, { foo: 1 }).at(second)]);
    bench.engine.replaceGroups(await groupsOf({ 'a.yaml': rule('1h') }));
    for (const second of [30, 3600]) told.push([...bench.sample(second, { foo: 1 }).at(second)]);
    expect(told).toEqual([['A pending'], ['A firing'], ['A pending'], ['A firing']]);
  });
});
