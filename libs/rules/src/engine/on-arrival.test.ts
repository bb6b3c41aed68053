import type { AlertInstance, Evaluation, Series } from '@tapewatch/model';
import { Labels } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RuleGroup } from '../rule-group.js';
import { benchStart, EngineBench, groupsOf } from '../testing/engine-bench.js';
import { RecordedSeries } from '../testing/recorded-series.js';
import { RecordingMeter } from '../testing/recording-meter.js';
import { createRuleEngine } from './rule-engine.js';
import type { RuleEngine } from './rule-engine.js';

const metric = { otelName: 'm', name: 'm', type: 'gauge', unit: '', description: '' } as const;
const seriesOf = (name: string, s: string): Series => ({ labels: Labels.of({ __name__: name, s }), metric });
const all = [seriesOf('p', 'a'), seriesOf('p', 'b'), seriesOf('q', 'a'), seriesOf('q', 'b')];

const file = `groups:
  - name: g
    interval: 1s
    rules:
      - { alert: Over, expr: p > 5 }
      - { alert: Slow, expr: p > 5, for: 3s, keep_firing_for: 2s }
      - { alert: Pair, expr: p - on(s) q > 2, for: 1s }
      - { alert: Moving, expr: 'max_over_time(p{s="a"}[3s]) > 7' }
      - { record: doubled, expr: p * 2 }
      - { alert: Recorded, expr: doubled > 10 }
      - { alert: Wide, expr: '{__name__=~"p|q"} > 8' }
      - { alert: Told, expr: 'ALERTS{alertname="Over"} > 0' }
  - name: late
    interval: 1s
    query_offset: 1s
    rules: [{ alert: Late, expr: p > 5 }]
  - name: rare
    interval: 5s
    rules: [{ alert: Rare, expr: p > 5 }]
`;
/** Which rules an arrival of a series is for; the others wait for the tick. */
const arrivesAt: Readonly<Record<string, (series: Series) => boolean>> = {
  Over: ({ labels }) => labels.get('__name__') === 'p',
  Slow: ({ labels }) => labels.get('__name__') === 'p',
  Pair: () => true,
  Moving: ({ labels }) => labels.get('__name__') === 'p' && labels.get('s') === 'a',
};

function bench(groups: readonly RuleGroup[], fewest?: number): EngineBench {
  const series = new RecordedSeries();
  const countSeries = (matchers: Parameters<RecordedSeries['select']>[0]): number =>
    fewest ?? [...series.select(matchers)].length;
  return new EngineBench(groups, { countSeries }, series);
}

describe('RuleEngine, on arrival', () => {
  it('fires at once, with the time of the arrival, and begins a `for` then', async () => {
    const own = bench(await groupsOf({ 'a.yaml': file }));
    own.sample(1, { 'p{s="a"}': 1, 'q{s="a"}': 1 });
    expect(own.at(1)).toEqual([]);
    own.sample(1.4, { 'p{s="a"}': 6 });
    expect(arrived(own, 1.4, [seriesOf('p', 'a')])).toEqual([
      'Over{s="a"} firing',
      'Slow{s="a"} pending',
      'Pair{s="a"} pending',
    ]);
    expect(own.active.map(({ startsAt }) => startsAt - benchStart)).toEqual([1400, 1400, 1400]);
    expect(own.query('ALERTS', 1.5)).toEqual([]);
    own.sample(2, { 'p{s="a"}': 6, 'q{s="a"}': 1 });
    expect(own.at(2).map((text) => text.replace(/[ {].*/, ''))).toEqual(['Recorded', 'Told']);
    expect(own.query('ALERTS{alertname="Over"}', 2)).toHaveLength(1);
    own.sample(2.4, { 'p{s="a"}': 6.5 });
    expect(arrived(own, 2.4, [seriesOf('p', 'a')])).toEqual(['Pair{s="a"} firing']);
    own.sample(2.5, { 'p{s="a"}': 4 });
    expect(arrived(own, 2.5, [seriesOf('p', 'a')])).toContain('Over{s="a"} resolved');
  });

  it('awaits only what rules select by name, at the present, with every tick', async () => {
    const { engine } = bench(await groupsOf({ 'a.yaml': file }));
    expect(all.map((series) => engine.awaits(series))).toEqual([true, true, true, true]);
    expect(engine.awaits(seriesOf('doubled', 'a'))).toBe(false);
    expect(engine.awaits(seriesOf('ALERTS', 'a'))).toBe(false);
    const moved = `groups: [{ name: g, interval: 1s, rules: [{ alert: Other, expr: other > 1 }] }]`;
    engine.replaceGroups(await groupsOf({ 'a.yaml': moved }));
    expect(engine.awaits(seriesOf('p', 'a'))).toBe(false);
    expect(engine.awaits(seriesOf('other', 'a'))).toBe(true);
  });

  it('leaves to the tick what selects many series, and what there is no time for, and counts both', async () => {
    const wide = bench(await groupsOf({ 'a.yaml': file }), 1000);
    wide.sample(1, { 'p{s="a"}': 9 });
    expect(arrived(wide, 1.1, [seriesOf('p', 'a')])).toEqual([]);
    expect(wide.meter.value('tapewatch.rule.arrival.skipped', { reason: 'many_series' })).toBe(4);
    const busy = bench(await groupsOf({ 'a.yaml': file }));
    busy.sample(1, { 'p{s="a"}': 9 });
    busy.engine.arrive([seriesOf('p', 'a')], benchStart + 1100, () => true);
    expect(busy.evaluations).toEqual([]);
    expect(busy.meter.value('tapewatch.rule.arrival.skipped', { reason: 'busy' })).toBe(4);
    expect(busy.meter.value('tapewatch.rule.arrival.evaluations', {})).toBe(0);
    busy.engine.arrive([seriesOf('q', 'a')], benchStart + 1100);
    expect(busy.meter.value('tapewatch.rule.arrival.evaluations', {})).toBe(1);
  });

  it('has, after any ticks and arrivals, the alerts that a full evaluation at the times of each rule gives', async () => {
    const groups = await groupsOf({ 'a.yaml': file });
    const value = fc.integer({ min: 0, max: 10 });
    const step = fc.oneof(
      fc.record({ kind: fc.constant('tick' as const), values: fc.array(value, { minLength: 4, maxLength: 4 }) }),
      fc.record({
        kind: fc.constant('arrival' as const),
        values: fc.array(fc.option(value, { nil: undefined }), { minLength: 4, maxLength: 4 }),
        afterMs: fc.integer({ min: 1, max: 90 }),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const own = bench(groups);
        const references = Object.keys(arrivesAt).map((name) => new Reference(groups, name, own.series));
        let second = 1;
        let afterMs = 0;
        for (const each of steps) {
          const isTick = each.kind === 'tick';
          if (!isTick && afterMs + each.afterMs > 900) continue;
          if (isTick) second++;
          afterMs = isTick ? 0 : afterMs + each.afterMs;
          const at = benchStart + second * 1000 + afterMs;
          const came = all.filter((_, i) => each.values[i] !== undefined);
          all.forEach(({ labels }, i) => {
            const given = each.values[i];
            if (given !== undefined) own.series.add(labels.toObject(), at, given);
          });
          if (isTick) own.engine.evaluate(at);
          else own.engine.arrive(came, at);
          for (const reference of references) {
            if (isTick || came.some((series) => arrivesAt[reference.name]?.(series))) reference.evaluate(at);
            expect(shown(own.active.filter(({ rule }) => rule.name === reference.name))).toEqual(
              shown(reference.active),
            );
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** One rule alone, due whenever it is asked. */
class Reference {
  readonly name: string;
  readonly #engine: RuleEngine;
  #last: Evaluation | undefined;

  constructor(groups: readonly RuleGroup[], name: string, series: RecordedSeries) {
    this.name = name;
    const group = groups.find(({ rules }) => rules.some((rule) => rule.name === name)) as RuleGroup;
    this.#engine = createRuleEngine({
      groups: [{ ...group, intervalMs: 1, rules: group.rules.filter((rule) => rule.name === name) }],
      query: series.query,
      meter: new RecordingMeter().meter,
      clock: new FakeClock(benchStart),
      logger: new RecordingLogger(),
      externalUrl: () => '',
      next: (evaluation) => {
        this.#last = evaluation;
      },
    });
  }

  get active(): readonly AlertInstance[] {
    return this.#last?.active ?? [];
  }

  evaluate(at: number): void {
    this.#engine.evaluate(at);
  }
}

function shown(instances: readonly AlertInstance[]): readonly unknown[] {
  return instances
    .map(({ labels, state, startsAt, firedAt, keepFiringSince, value }) => {
      return { labels: labels.toString(), state, startsAt, firedAt, keepFiringSince, value };
    })
    .sort((a, b) => (a.labels < b.labels ? -1 : 1));
}

function arrived(own: EngineBench, second: number, series: readonly Series[]): readonly string[] {
  const before = own.evaluations.length;
  own.engine.arrive(series, benchStart + Math.round(second * 1000));
  return own.evaluations
    .slice(before)
    .flatMap(({ transitions }) => transitions)
    .map(({ kind, instance }) => {
      const labels = instance.labels.without('alertname');
      return `${instance.labels.get('alertname')}${labels.toString()} ${kind}`;
    });
}
