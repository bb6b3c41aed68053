import { parse } from '@tapewatch/promql';
import { describe, expect, it } from 'vitest';
import { benchStart, EngineBench } from '../testing/engine-bench.js';

const rule = (fields: string): string => `
rules:
  - name: High
    type: promql
    expr: m > 10
    labels: { team: desk, who: "{{ $labels.a }}" }
    annotations: { summary: "{{ $labels.a }} is high", runbook_url: "{{ $externalURL }}/high" }
${fields}
`;

/** One that can be made to fail. */
async function failing(fields: string): Promise<EngineBench & { broken?: boolean }> {
  const bench: EngineBench & { broken?: boolean } = await EngineBench.of(rule(fields), {
    query: (expression, at) => {
      if (bench.broken === true) throw new Error('no memory');
      return bench.series.query(expression, at);
    },
  });
  return bench;
}

const gone = { 'm{a="x"}': undefined };

describe('a rule without data', () => {
  it('resolves what it has when nothing else is said, and with ok', async () => {
    for (const fields of ['', '    no_data: ok']) {
      const bench = await EngineBench.of(rule(fields));
      bench.sample(0, { 'm{a="x"}': 11 }).at(0);
      expect(bench.sample(1, gone).at(1)).toEqual(['High{a="x", team="desk", who="x"} resolved']);
      expect(bench.rule('High').health).toBe('no_data');
    }
  });

  it('keeps what it has with keep, also what waits', async () => {
    const bench = await EngineBench.of(rule('    no_data: keep\n    for: 3s'));
    bench.sample(0, { 'm{a="x"}': 11 }).at(0);
    expect(bench.sample(1, gone).at(1)).toEqual([]);
    expect(bench.at(5)).toEqual([]);
    expect(bench.sample(6, { 'm{a="x"}': 11 }).at(6)).toEqual(['High{a="x", team="desk", who="x"} firing']);
    expect(bench.sample(7, gone).at(7)).toEqual([]);
    expect(bench.sample(8, { 'm{a="x"}': 1 }).at(8)).toEqual(['High{a="x", team="desk", who="x"} resolved']);
  });

  it('tells of it with alert, under its own name and fixed labels, and keeps what it has', async () => {
    const bench = await EngineBench.of(rule('    no_data: alert\n    for: 2s'));
    for (const second of [0, 1, 2]) bench.sample(second, { 'm{a="x"}': 11 }).at(second);
    expect(bench.sample(3, gone).at(3)).toEqual(['High{rule_health="no_data", team="desk"} pending']);
    bench.at(4);
    expect(bench.at(5)).toEqual(['High{rule_health="no_data", team="desk"} firing']);
    expect(bench.active.map(({ state, annotations }) => [state, annotations])).toEqual([
      ['firing', { summary: 'x is high', runbook_url: 'http://localhost:8080/high' }],
      [
        'firing',
        {
          summary: 'High has no data and cannot be judged',
          description:
            'No series matches what the rule asks for: m > 10. Its alerts stay as they were until there is data again.',
          runbook_url: 'http://localhost:8080/high',
        },
      ],
    ]);
    expect(bench.query('ALERTS{rule_health="no_data"}', 5)).toHaveLength(1);
    expect(bench.rule('High')).toMatchObject({ health: 'no_data', state: 'firing', matchedSeries: 0 });
    expect(bench.rule('High').alertIds).toHaveLength(2);
    expect(bench.sample(6, { 'm{a="x"}': 1 }).at(6)).toEqual([
      'High{a="x", team="desk", who="x"} resolved',
      'High{rule_health="no_data", team="desk"} resolved',
    ]);
    expect(bench.rule('High').health).toBe('no_data'); // as looked at a second ago
  });

  it('says so in the language of the program', async () => {
    const bench = await EngineBench.of(rule('    no_data: alert\n    error: alert'), { language: 'ko' });
    bench.at(0);
    expect(bench.active[0]?.annotations).toMatchObject({
      summary: 'High: 데이터가 없어 판정할 수 없습니다',
      description: expect.stringContaining(': m > 10. ') as string,
    });
  });

  it('has data as long as one series is there', async () => {
    const bench = await EngineBench.of(rule('    no_data: alert'));
    bench.sample(0, { 'm{a="x"}': 11, 'm{a="y"}': 1 }).at(0);
    expect(bench.sample(1, gone).at(1)).toEqual(['High{a="x", team="desk", who="x"} resolved']);
  });

  it('says nothing while sources may not have reported since the start, and keeps what was there', async () => {
    const before = await EngineBench.of(rule('    no_data: alert'));
    before.at(0);
    expect(before.activeTexts).toEqual(['High{rule_health="no_data", team="desk"} firing']);
    const after = await EngineBench.of(rule('    no_data: alert'));
    expect(after.engine.restore(before.active, benchStart + 10_000)).toEqual([]);
    expect(after.at(20)).toEqual([]);
    expect(after.activeTexts).toEqual(['High{rule_health="no_data", team="desk"} firing']);
    expect(after.sample(30, { 'm{a="x"}': 1 }).at(30)).toEqual(['High{rule_health="no_data", team="desk"} resolved']);
    const fresh = await EngineBench.of(rule('    no_data: alert'));
    fresh.engine.restore([], benchStart);
    expect([...fresh.at(0), ...fresh.at(69)]).toEqual([]);
    expect(fresh.at(70)).toEqual(['High{rule_health="no_data", team="desk"} firing']);
  });

  it('tells once for all of its levels', async () => {
    const bench = await EngineBench.of(`
rules:
  - name: High
    type: levels
    no_data: alert
    warning: { expr: m > 10 }
    critical: { expr: m > 20 }
`);
    bench.sample(0, { m: 15 }).at(0);
    expect(bench.sample(1, { m: undefined }).at(1)).toEqual([
      'High{rule_health="no_data", severity="critical"} firing',
    ]);
    expect(bench.activeTexts).toContain('High{severity="warning"} firing');
  });
});

describe('a rule that fails', () => {
  it('keeps what it has when nothing else is said, and with keep', async () => {
    for (const fields of ['', '    error: keep']) {
      const bench = await failing(fields);
      bench.sample(0, { 'm{a="x"}': 11 }).at(0);
      bench.broken = true;
      expect(bench.at(1)).toEqual([]);
      expect(bench.activeTexts).toEqual(['High{a="x", team="desk", who="x"} firing']);
      expect(bench.rule('High')).toMatchObject({ health: 'error', lastError: 'no memory' });
    }
  });

  it('resolves what it has with ok, and still counts as failing', async () => {
    const bench = await failing('    error: ok');
    bench.sample(0, { 'm{a="x"}': 11 }).at(0);
    bench.broken = true;
    expect(bench.at(1)).toEqual(['High{a="x", team="desk", who="x"} resolved']);
    expect(bench.rule('High').health).toBe('error');
    expect(bench.meter.value('tapewatch.rule.evaluation.failures', { group: 'a' })).toBe(1);
    expect(bench.logger.lines.map(({ message }) => message)).toEqual(['rule evaluation failed']);
  });

  it('tells of it with alert, and why', async () => {
    const bench = await failing('    error: alert');
    bench.sample(0, { 'm{a="x"}': 11 }).at(0);
    bench.broken = true;
    expect(bench.at(1)).toEqual(['High{rule_health="error", team="desk"} firing']);
    expect(bench.active.at(-1)?.annotations['description']).toContain('no memory');
    expect(bench.activeTexts).toContain('High{a="x", team="desk", who="x"} firing');
    bench.broken = false;
    expect(bench.sample(2, { 'm{a="x"}': 11 }).at(2)).toEqual(['High{rule_health="error", team="desk"} resolved']);
    expect(bench.rule('High').health).toBe('ok');
  });
});

describe('rules that match no series', () => {
  const rules = `
groups:
  - name: g
    rules:
      - { alert: Misspelt, expr: mm > 10 }
      - { alert: OneSided, expr: m > on () nowhere }
      - { alert: Quiet, expr: m > 10 }
      - { alert: Absent, expr: absent(m) }
      - { record: r, expr: sum(nowhere) }
`;

  it('are told in the log once, when that has been so for a while, and counted', async () => {
    const bench = await EngineBench.of(rules);
    for (let second = 0; second <= 900; second += 10) bench.sample(second, { m: 1 }).at(second);
    const lines = bench.logger.lines.filter(({ message }) => message.startsWith('rules match no series'));
    expect(lines).toHaveLength(1);
    expect(lines[0]?.fields).toEqual({ rules: ['g/Misspelt', 'g/OneSided', 'g/r'] });
    expect(bench.meter.observed('tapewatch.rule.unmatched', { group: 'g' })).toBe(3);
    expect(['Misspelt', 'OneSided', 'Quiet', 'Absent', 'r'].map((name) => bench.rule(name).health)).toEqual([
      'no_data',
      'no_data',
      'ok',
      'ok',
      'no_data',
    ]);
    expect(bench.rule('OneSided').matchedSeries).toBe(1);
  });

  it('are looked for once a minute only', async () => {
    let probes = 0;
    const expressions = new Set(['mm > 10', 'absent(m)'].map((text) => JSON.stringify(parse(text))));
    const bench: EngineBench = await EngineBench.of(
      'groups: [{ name: g, rules: [{ alert: A, expr: mm > 10 }, { alert: B, expr: absent(m) }] }]',
      {
        query: (expression, at) => {
          if (!expressions.has(JSON.stringify(expression))) probes += 1;
          return bench.series.query(expression, at);
        },
      },
    );
    for (let second = 0; second < 180; second++) bench.sample(second, { m: 1 }).at(second);
    expect(probes).toBe(2);
  });
});
