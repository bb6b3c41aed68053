import { describe, expect, it } from 'vitest';
import { benchStart, EngineBench, groupsOf } from '../testing/engine-bench.js';
import { group, load, minute } from '../testing/load-series.js';

/*
 * The scenarios of Prometheus' own rule tests (v3.14), each under the name of its origin, against the engine as a black box: rule files and series go
 * in, alerts and series come out. Written anew from what they describe. Where we differ by design the test says so; docs/differences.md has the list.
 */

describe('rules/manager_test.go', () => {
  it('TestAlertingRule', async () => {
    const rule =
      '{ alert: HTTPRequestRateLow, expr: \'http_requests{group="canary", job="app-server"} < 100\', for: 1m, ' +
      'labels: { severity: \'{{"c"}}ritical\' } }';
    const bench = load(await EngineBench.of(group(rule)), 5 * minute, {
      'http_requests{job="app-server", instance="0", group="canary", severity="overwrite-me"}':
        '75 85 95 105 105 95 85',
      'http_requests{job="app-server", instance="1", group="canary", severity="overwrite-me"}':
        '80 90 100 110 120 130 140',
    });
    const states: Record<number, string> = {};
    for (const minutes of [0, 5, 10, 15, 20, 25, 30]) {
      bench.at(minutes * minute);
      states[minutes] = bench.active.map(({ labels, state }) => `${labels.get('instance')} ${state}`).join(', ');
      for (const { labels } of bench.active) {
        expect(labels.get('severity')).toBe('critical');
        expect(labels.has('__name__')).toBe(false);
      }
    }
    expect(states).toEqual({
      0: '0 pending, 1 pending',
      5: '0 firing, 1 firing',
      10: '0 firing',
      15: '',
      20: '',
      25: '0 pending',
      30: '0 firing',
    });
  });

  it('TestForStateAddSamples: the state series follow the alerts', async () => {
    const rule = '{ alert: A, expr: m < 100, for: 1m }';
    const bench = load(await EngineBench.of(group(rule)), 5 * minute, { m: '75 85 95 105 105 95 85' });
    const since: Record<number, string | undefined> = {};
    for (const minutes of [0, 5, 10, 15, 20, 25, 30]) {
      bench.at(minutes * minute);
      since[minutes] = bench.query(`ALERTS_FOR_STATE - ${benchStart / 1000}`, minutes * minute)[0]?.split('} ')[1];
    }
    expect(since).toEqual({ 0: '0', 5: '0', 10: '0', 15: undefined, 20: undefined, 25: '1500', 30: '1500' });
  });

  describe('TestForStateRestore', () => {
    const rule = group('{ alert: HTTPRequestRateLow, expr: m < 100, for: 25m, labels: { severity: critical } }');
    const series = {
      'm{instance="0"}': '75 85 50 0 0 25 0 0 40 0 120',
      'm{instance="1"}': '125 90 60 0 0 25 0 0 40 0 130',
    };

    /** Runs until a minute, then begins anew `down` minutes later with what is kept. */
    async function restarted(until: number, down: number): Promise<EngineBench> {
      const before = load(await EngineBench.of(rule), 5 * minute, series);
      for (let minutes = 0; minutes <= until; minutes += 5) before.at(minutes * minute);
      const after = load(await EngineBench.of(rule), 5 * minute, series);
      expect(after.engine.restore(before.active, benchStart + (until + down) * minute * 1000)).toEqual([]);
      after.at((until + down) * minute);
      return after;
    }

    it('differs: the time that passed while nothing was evaluated counts, to the millisecond', async () => {
      const bench = await restarted(5, 10);
      // Prometheus shifts activeAt by the downtime: 10 and 15 minutes.
      expect(bench.active.map(({ startsAt }) => (startsAt - benchStart) / minute / 1000)).toEqual([0, 5]);
    });

    it('differs: there is no outage tolerance, as what is kept is state and not a guess from series', async () => {
      const bench = await restarted(5, 35);
      expect(bench.active.map(({ state }) => state)).toEqual(['firing', 'firing']);
    });

    it('no active alerts', async () => {
      const bench = await restarted(5, 45);
      expect(bench.active).toEqual([]);
    });

    it('differs: there is no grace period, and an alert whose time is up fires at once', async () => {
      const bench = await restarted(20, 5);
      expect(bench.activeTexts).toEqual([
        'HTTPRequestRateLow{instance="0", severity="critical"} firing',
        'HTTPRequestRateLow{instance="1", severity="critical"} pending',
      ]);
      expect(bench.at(30 * minute)).toEqual(['HTTPRequestRateLow{instance="1", severity="critical"} firing']);
    });
  });

  it('TestStaleness: what a recording rule no longer gives ends, at the time that the query looked at', async () => {
    for (const offset of [0, 60]) {
      const bench = await EngineBench.of(group('{ record: a_plus_one, expr: a + 1 }', `, query_offset: ${offset}s`));
      load(bench, 1, { a: '1 2 stale' });
      for (const second of [0, 1, 2]) bench.at(second + offset);
      expect([0, 1, 2].map((second) => bench.query('a_plus_one', second))).toEqual([
        ['a_plus_one 2'],
        ['a_plus_one 3'],
        [],
      ]);
    }
  });

  it('TestGroup_QueryOffset: 2m, 0s, and none when nothing is written', async () => {
    const groups = await groupsOf({
      'a.yaml': 'groups: [{ name: group1, query_offset: 2m }, { name: group2, query_offset: 0s }, { name: group3 }]',
    });
    expect(groups.map(({ queryOffsetMs }) => queryOffsetMs)).toEqual([120_000, 0, 0]);
  });

  it('TestCopyState', async () => {
    const record = (name: string, label?: string): string =>
      `{ record: ${name}, expr: m${label === undefined ? '' : `, labels: { l1: ${label} }`} }`;
    const alert = (label: string): string => `{ alert: alert2, expr: m, for: 1m, labels: { l2: ${label} } }`;
    const old = ['{ alert: alert, expr: m, for: 1m }', record('rule1'), record('rule2')];
    old.push(record('rule3', 'v1'), record('rule3', 'v2'), record('rule3', 'v3'), alert('v1'));
    const bench = await EngineBench.of(group(old.join()));
    bench.sample(0, { m: 1 }).at(0);
    const fresh = [record('rule3', 'v0'), record('rule3', 'v1'), record('rule3', 'v2')];
    fresh.push('{ alert: alert, expr: m, for: 1m }', record('rule1'), alert('v0'), alert('v1'), record('rule4'));
    const { orphans } = bench.engine.replaceGroups(await groupsOf({ 'a.yaml': group(fresh.join()) }));
    expect(orphans).toEqual([]);
    expect(bench.sample(1, { m: 1 }).at(1)).toEqual(['alert2{l2="v0"} pending']);
    expect(bench.query('{__name__=~"rule.*"}', 1)).toEqual([
      'rule1 1',
      'rule3{l1="v0"} 1',
      'rule3{l1="v1"} 1',
      'rule3{l1="v2"} 1',
      'rule4 1',
    ]);
  });

  it('TestDeletedRuleMarkedStale, TestGroupStalenessOnRemoval: one marker for a rule that is gone, none for one that goes on elsewhere', async () => {
    const rule = group('{ record: r, expr: m }');
    const bench = await EngineBench.of({ 'rules2.yaml': rule });
    const there: boolean[] = [];
    const steps = [{ 'rules2.yaml': rule }, {}, { 'rules2_copy.yaml': rule }, {}, { 'rules2_copy.yaml': rule }];
    for (const [second, files] of steps.entries()) {
      bench.engine.replaceGroups(await groupsOf(files));
      bench.sample(second, { m: second }).at(second);
      there.push(bench.query('r', second).length === 1);
    }
    expect(there).toEqual([true, false, true, false, true]);
  });

  it('TestRuleMovedBetweenGroups: the series goes on', async () => {
    const at = (name: string): string => `groups: [{ name: ${name}, rules: [{ record: r, expr: m }] }]`;
    const bench = await EngineBench.of({ 'rules2.yaml': at('test_2') });
    for (let second = 0; second < 6; second++) {
      if (second === 3) bench.engine.replaceGroups(await groupsOf({ 'rules1.yaml': at('test_1') }));
      bench.sample(second, { m: second }).at(second);
      expect(bench.query('r', second)).toEqual([`r ${second}`]);
    }
  });

  it('TestRuleHealthUpdates: what cannot be written makes the rule fail', async () => {
    let refused = false;
    const bench = await EngineBench.of(group('{ record: a_plus_one, expr: a + 1 }'), {
      record: () => {
        if (refused) throw new Error('out of order sample');
      },
    });
    expect(bench.rule('a_plus_one').health).toBe('unknown');
    bench.sample(0, { a: 1 }).at(0);
    expect(bench.rule('a_plus_one').health).toBe('ok');
    refused = true;
    bench.sample(1, { a: 1 }).at(1);
    expect(bench.rule('a_plus_one')).toMatchObject({ health: 'error', lastError: 'out of order sample' });
  });

  it('TestDependencyMap: a rule sees what the rules before it have written in the same evaluation, also through another one', async () => {
    const bench = await EngineBench.of(
      group(
        '{ record: user:requests:rate1m, expr: m }, { record: twice, expr: user:requests:rate1m * 2 }, { alert: A, expr: twice > 10 }',
      ),
    );
    expect(bench.sample(0, { m: 6 }).at(0)).toEqual(['A firing']);
  });

  it('TestNotify, TestSendAlertsDontAffectActiveAlerts differ: there is no resend; a change is handed on once, what is active with every evaluation', async () => {
    const bench = await EngineBench.of(group('{ alert: aTooHigh, expr: a > 1 }'));
    load(bench, 1, { a: '1 2 3 3 3 1' });
    expect([0, 1, 2, 3, 4, 5].map((second) => bench.at(second))).toEqual([
      [],
      ['aTooHigh firing'],
      [],
      [],
      [],
      ['aTooHigh resolved'],
    ]);
    expect(bench.evaluations.map(({ active }) => active.map(({ value }) => value))).toEqual([
      [],
      [2],
      [3],
      [3],
      [3],
      [],
    ]);
  });

  it('TestGroup missed iterations: time that went by is counted, never made up for', async () => {
    const bench = await EngineBench.of(group('{ alert: A, expr: m > 0 }', ', interval: 5s'));
    for (const second of [0, 60]) bench.sample(second, { m: 1 }).at(second);
    expect(bench.evaluations).toHaveLength(2);
    expect(bench.meter.value('tapewatch.rule.evaluation.missed', { group: 'g' })).toBe(11);
  });
});
