import type { AlertInstance, Evaluation } from '@tapewatch/model';
import { Labels } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { describe, expect, it } from 'vitest';
import { loadRuleFiles } from '../rule-file/load-rule-files.js';
import { promqlKind } from '../testing/promql-kind.js';
import { RecordedSeries } from '../testing/recorded-series.js';
import { RecordingMeter } from '../testing/recording-meter.js';
import type { RuleEngine, RuleEngineOptions } from './rule-engine.js';
import { createRuleEngine } from './rule-engine.js';

const start = Date.UTC(2026, 0, 1);

/** An engine over series written by hand; time is in seconds since the start. */
class Bench {
  readonly series = new RecordedSeries();
  readonly meter = new RecordingMeter();
  readonly logger = new RecordingLogger();
  readonly evaluations: Evaluation[] = [];
  readonly engine: RuleEngine;

  private constructor(options: Pick<RuleEngineOptions, 'groups'> & Partial<RuleEngineOptions>) {
    this.engine = createRuleEngine({
      query: this.series.query,
      meter: this.meter.meter,
      clock: new FakeClock(start),
      logger: this.logger,
      externalUrl: () => 'http://localhost:8080',
      next: (evaluation) => this.evaluations.push(evaluation),
      alertId: ({ labels, startsAt }) => `${labels.get('alertname')}@${startsAt}`,
      ...options,
    });
  }

  static async of(
    rules: string,
    options: Partial<RuleEngineOptions> & { readonly group?: string } = {},
  ): Promise<Bench> {
    const { group = 'name: g', ...others } = options;
    const text = `groups:\n  - ${group}\n    rules:\n${rules.replace(/^/gm, '      ')}`;
    const groups = await loadRuleFiles(
      ['a.yaml'],
      () => promqlKind,
      () => Promise.resolve(text),
    );
    return new Bench({ groups, ...others });
  }

  sample(second: number, value: number, labels: Readonly<Record<string, string>> = {}): this {
    this.series.add({ __name__: 'm', ...labels }, start + second * 1000, value);
    return this;
  }

  /** Evaluates at a second and says what changed. */
  at(second: number): readonly string[] {
    const before = this.evaluations.length;
    this.engine.evaluate(start + second * 1000);
    return this.evaluations
      .slice(before)
      .flatMap(({ transitions }) =>
        transitions.map(({ kind, instance }) => `${instance.labels.get('alertname')} ${kind}`),
      );
  }

  get active(): readonly AlertInstance[] {
    return this.evaluations.at(-1)?.active ?? [];
  }
}

const high =
  '- { alert: High, expr: m > 5, labels: { severity: warning }, annotations: { summary: "{{ $labels.a }} is {{ $value }} at {{ $externalURL }}" } }';

describe('RuleEngine', () => {
  it('hands on what changed and what is active, with labels and annotations', async () => {
    const bench = await Bench.of(high);
    bench.sample(0, 7, { a: 'x' });
    expect(bench.at(0)).toEqual(['High firing']);
    expect(bench.active).toEqual([
      {
        rule: { group: 'a.yaml;g', name: 'High' },
        labels: Labels.of({ alertname: 'High', a: 'x', severity: 'warning' }),
        annotations: { summary: 'x is 7 at http://localhost:8080' },
        value: 7,
        state: 'firing',
        startsAt: start,
        firedAt: start,
      },
    ]);
    bench.sample(1, 8, { a: 'x' });
    expect(bench.at(1)).toEqual([]);
    expect(bench.active[0]?.annotations).toEqual({ summary: 'x is 8 at http://localhost:8080' });
    bench.sample(2, 1, { a: 'x' });
    expect(bench.at(2)).toEqual(['High resolved']);
    expect(bench.active).toEqual([]);
  });

  it('lets rule labels override, and removes those that expand to nothing', async () => {
    const bench = await Bench.of(
      '- { alert: A, expr: m > 5, labels: { a: "{{ $labels.b }}!", b: "", alertname: other } }',
    );
    bench.sample(0, 7, { a: 'x', b: 'y' }).at(0);
    expect(bench.active[0]?.labels.toObject()).toEqual({ alertname: 'A', a: 'y!' });
  });

  it('judges a scalar as one alert without labels', async () => {
    const bench = await Bench.of('- { alert: Watchdog, expr: 1 }');
    expect(bench.at(0)).toEqual(['Watchdog firing']);
    expect(bench.active[0]?.labels.toObject()).toEqual({ alertname: 'Watchdog' });
  });

  it('asks one query for a rule and evaluation, in the past by query_offset', async () => {
    const asked: number[] = [];
    const series = new RecordedSeries();
    const bench = await Bench.of(high, {
      group: 'name: g\n    query_offset: 2s',
      query: (expression, at) => {
        asked.push(at);
        return series.query(expression, at);
      },
    });
    bench.at(5);
    expect(asked).toEqual([start + 3000]);
  });

  it('runs a group when its interval has come, and counts what was missed', async () => {
    const bench = await Bench.of(high, { group: 'name: g\n    interval: 2s' });
    for (const second of [0, 1, 2, 3, 4, 12]) bench.at(second);
    expect(bench.meter.value('tapewatch.rule.evaluation.duration', { group: 'g' })).toBe(bench.evaluations.length);
    expect(bench.meter.value('tapewatch.rule.evaluation.missed', { group: 'g' })).toBe(3);
  });

  describe('when a rule fails', () => {
    const pair = `- { alert: Bad, expr: m * on() m > 0 }\n${high}`;

    it('evaluates the others, counts it and logs it once', async () => {
      const bench = await Bench.of(pair);
      expect(bench.meter.value('tapewatch.rule.evaluation.failures', { group: 'g' })).toBe(0);
      bench.sample(0, 7, { a: 'x' }).sample(0, 8, { a: 'y' });
      expect(bench.at(0)).toEqual(['High firing', 'High firing']);
      bench.at(1);
      expect(bench.meter.value('tapewatch.rule.evaluation.failures', { group: 'g' })).toBe(2);
      expect(bench.logger.lines.map(({ message }) => message)).toEqual(['rule evaluation failed']);
      const [bad, good] = bench.engine.views()[0]?.rules ?? [];
      expect([bad?.health, good?.health]).toEqual(['error', 'ok']);
      expect(bad?.lastError).not.toBe('');
    });

    it('keeps its alerts as they are', async () => {
      let broken = false;
      const series = new RecordedSeries();
      series.add({ __name__: 'm' }, start, 7);
      const bench = await Bench.of(high, {
        query: (expression, at) => {
          if (broken) throw new Error('the store is closed');
          return series.query(expression, at);
        },
      });
      bench.at(0);
      broken = true;
      expect(bench.at(1)).toEqual([]);
      expect(bench.active).toHaveLength(1);
      broken = false;
      expect(bench.at(2)).toEqual([]);
      expect(bench.logger.lines.map(({ message }) => message)).toEqual(['rule evaluation failed', 'rule works again']);
    });

    it('fails as a whole when two elements end up with the same labels', async () => {
      const bench = await Bench.of('- { alert: A, expr: m > 5, labels: { a: same } }');
      bench.sample(0, 7, { a: 'x' });
      bench.at(0);
      bench.sample(1, 7, { a: 'x' }).sample(1, 7, { a: 'y' });
      expect(bench.at(1)).toEqual([]);
      expect(bench.active).toHaveLength(1);
      expect(bench.engine.views()[0]?.rules[0]?.lastError).toContain('same labelset');
    });

    it('drops the alerts of a rule that has more than the limit', async () => {
      const bench = await Bench.of(high, { group: 'name: g\n    limit: 1' });
      bench.sample(0, 7, { a: 'x' }).at(0);
      bench.sample(1, 7, { a: 'x' }).sample(1, 7, { a: 'y' });
      expect(bench.at(1)).toEqual(['High resolved']);
      expect(bench.engine.views()[0]?.rules[0]).toMatchObject({
        health: 'error',
        lastError: 'exceeded limit of 1 with 2 alerts',
      });
    });

    it('survives a next stage that throws', async () => {
      const bench = await Bench.of(high, {
        next: () => {
          throw new Error('full');
        },
      });
      expect(() => bench.engine.evaluate(start)).not.toThrow();
      expect(bench.meter.value('tapewatch.rule.evaluation.failures', { group: 'g' })).toBe(1);
    });

    it('puts the failure of a template into the text', async () => {
      const bench = await Bench.of(
        '- { alert: A, expr: m > 5, annotations: { summary: "{{ if gt $value 1 }}x{{ end }}" } }',
      );
      bench.sample(0, 7).at(0);
      expect(bench.active[0]?.annotations['summary']).toMatch(/^<error expanding template: .*incompatible types/);
    });
  });

  it('answers queries of templates as of the evaluation', async () => {
    const bench = await Bench.of(
      '- { alert: A, expr: m > 5, annotations: { summary: "{{ range query \\"count(m)\\" }}{{ .Value }}{{ end }} of {{ now }}" } }',
    );
    bench.sample(0, 7).at(0);
    expect(bench.active[0]?.annotations).toEqual({ summary: '1 of 1.7672256e+09' });
    bench.sample(1, 7, { a: 'x' }).sample(1, 7).at(1);
    expect(bench.active[0]?.annotations['summary']).toMatch(/^2 of/);
  });

  describe('restore', () => {
    const firing: AlertInstance = {
      rule: { group: 'a.yaml;g', name: 'High' },
      labels: Labels.of({ alertname: 'High', a: 'x', severity: 'warning' }),
      annotations: {},
      value: 7,
      state: 'firing',
      startsAt: start - 60_000,
      firedAt: start - 60_000,
    };

    it('returns the alerts whose rule is gone', async () => {
      const bench = await Bench.of(high);
      const renamed = { ...firing, rule: { group: 'a.yaml;g', name: 'Old' } };
      const moved = { ...firing, rule: { group: 'a.yaml;other', name: 'High' } };
      const relabelled = { ...firing, labels: firing.labels.with({ severity: 'critical' }) };
      expect(bench.engine.restore([firing, renamed, moved, relabelled], start)).toEqual([renamed, moved, relabelled]);
    });

    it('tells rules of one name apart by their labels', async () => {
      const bench = await Bench.of(
        '- { alert: High, expr: m > 5, labels: { severity: warning } }\n- { alert: High, expr: m > 9, labels: { severity: critical } }',
      );
      bench.engine.restore([{ ...firing, labels: firing.labels.with({ severity: 'critical' }) }], start);
      bench.sample(0, 7, { a: 'x' });
      expect(bench.at(0)).toEqual(['High firing', 'High resolved']);
    });

    it('goes on with a pending timer to the millisecond', async () => {
      const bench = await Bench.of('- { alert: High, expr: m > 5, for: 10s, labels: { severity: warning } }');
      const { firedAt: _, ...rest } = firing;
      bench.engine.restore([{ ...rest, state: 'pending', startsAt: start - 4500 }], start);
      for (const second of [0, 5, 6]) bench.sample(second, 7, { a: 'x' });
      expect([bench.at(0), bench.at(5), bench.at(6)]).toEqual([[], [], ['High firing']]);
      expect(bench.active[0]?.startsAt).toBe(start - 4500);
    });

    it('holds what has no series yet, and lets it go when its series say otherwise', async () => {
      const bench = await Bench.of(high);
      bench.engine.restore([firing], start);
      expect([bench.at(1), bench.at(2)]).toEqual([[], []]);
      bench.sample(3, 1, { a: 'another' });
      expect(bench.at(3)).toEqual([]);
      bench.sample(4, 1, { a: 'x' });
      expect(bench.at(4)).toEqual(['High resolved']);
    });

    it('goes on firing without a change when its series come back firing', async () => {
      const bench = await Bench.of(high);
      bench.engine.restore([firing], start);
      bench.at(1);
      bench.sample(2, 9, { a: 'x' });
      expect(bench.at(2)).toEqual([]);
      expect(bench.active[0]).toMatchObject({ value: 9, startsAt: firing.startsAt, firedAt: firing.firedAt });
    });

    it('counts series that cannot tell alerts apart as those of every alert', async () => {
      const bench = await Bench.of(high.replace('m > 5', `'m{a=~".+"} > 5 unless on() m{b="off"} == 1'`));
      bench.engine.restore([firing], start);
      bench.sample(1, 1, { a: 'x' }).sample(1, 0, { b: 'off' });
      expect(bench.at(1)).toEqual(['High resolved']);
    });

    it('lets go after 70 seconds without series', async () => {
      const bench = await Bench.of(high);
      bench.engine.restore([firing], start);
      expect([bench.at(69), bench.at(70)]).toEqual([[], ['High resolved']]);
    });

    it('holds until the window of the expression is filled', async () => {
      const bench = await Bench.of(high.replace('m > 5', '"sum_over_time(m[2m]) > 500"'));
      bench.engine.restore([firing], start);
      bench.sample(1, 1, { a: 'x' });
      expect([bench.at(1), bench.at(90), bench.at(119), bench.at(120)]).toEqual([[], [], [], ['High resolved']]);
    });

    it('does not wait for a fixed time to come into the window', async () => {
      const bench = await Bench.of(high.replace('m > 5', 'm > 5 and m @ 0 > 0'));
      bench.engine.restore([firing], start);
      expect(bench.at(70)).toEqual(['High resolved']);
    });

    it('holds a pending alert with its timer', async () => {
      const bench = await Bench.of('- { alert: High, expr: m > 5, for: 10s, labels: { severity: warning } }');
      const { firedAt: _, ...rest } = firing;
      bench.engine.restore([{ ...rest, state: 'pending', startsAt: start - 4000 }], start);
      bench.at(1);
      bench.at(7);
      expect(bench.active).toMatchObject([{ state: 'pending', startsAt: start - 4000 }]);
      bench.sample(8, 7, { a: 'x' });
      expect(bench.at(8)).toEqual(['High firing']);
    });
  });

  it('shows its groups and rules', async () => {
    const bench = await Bench.of(`${high}\n- { alert: Gone, expr: absent_metric > 1, for: 5s }`);
    expect(bench.engine.views()[0]?.rules.map(({ health }) => health)).toEqual(['unknown', 'unknown']);
    bench.sample(0, 7, { a: 'x' }).sample(0, 1, { a: 'y' }).at(0);
    expect(bench.engine.views()).toMatchObject([
      {
        name: 'g',
        file: 'a.yaml',
        intervalMs: 1000,
        lastEvaluationAt: start,
        lastEvaluationMs: 0,
        rules: [
          {
            name: 'High',
            kind: 'promql',
            query: 'm > 5',
            state: 'firing',
            health: 'ok',
            matchedSeries: 2,
            alertIds: [`High@${start}`],
            labels: { severity: 'warning' },
          },
          { name: 'Gone', state: 'inactive', health: 'no_data', matchedSeries: 0, forMs: 5000 },
        ],
      },
    ]);
  });
});
