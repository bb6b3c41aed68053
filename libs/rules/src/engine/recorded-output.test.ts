import type { Series } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { describe, expect, it } from 'vitest';
import { loadRuleFiles } from '../rule-file/load-rule-files.js';
import { promqlKind } from '../testing/promql-kind.js';
import { RecordedSeries } from '../testing/recorded-series.js';
import { RecordingMeter } from '../testing/recording-meter.js';
import { createRuleEngine } from './rule-engine.js';
import type { RuleEngine } from './rule-engine.js';

const start = Date.UTC(2026, 0, 1);

/** An engine that records into the very series it reads; time is in seconds since the start. */
class Bench {
  readonly series = new RecordedSeries();
  readonly meter = new RecordingMeter();
  readonly logger = new RecordingLogger();
  readonly written: string[] = [];
  readonly keys: Series[] = [];
  readonly engine: RuleEngine;
  refusal: string | undefined;

  private constructor(groups: Parameters<typeof createRuleEngine>[0]['groups']) {
    this.engine = createRuleEngine({
      groups,
      query: this.series.query,
      record: (at, samples) => {
        if (this.refusal !== undefined) throw new Error(this.refusal);
        for (const { series, value } of samples) {
          this.keys.push(series);
          this.written.push(`${(at - start) / 1000} ${series.labels.toString()} ${value ?? 'stale'}`);
          if (value !== undefined) this.series.add(series.labels.toObject(), at, value);
          else this.series.end(series.labels.toObject(), at);
        }
      },
      meter: this.meter.meter,
      clock: new FakeClock(start),
      logger: this.logger,
      externalUrl: () => '',
      next: () => undefined,
    });
  }

  static async of(text: string): Promise<Bench> {
    return new Bench(
      await loadRuleFiles(
        ['a.yaml'],
        () => promqlKind,
        () => Promise.resolve(text),
      ),
    );
  }

  sample(second: number, value: number, labels: Readonly<Record<string, string>> = {}): this {
    this.series.add({ __name__: 'm', ...labels }, start + second * 1000, value);
    return this;
  }

  /** What an evaluation wrote. */
  at(second: number): readonly string[] {
    const before = this.written.length;
    this.engine.evaluate(start + second * 1000);
    return this.written.slice(before);
  }

  get failures(): number {
    return this.meter.value('tapewatch.rule.evaluation.failures', { group: 'g' }) ?? 0;
  }
}

const group = (rules: string, more = ''): string =>
  `groups:\n  - name: g\n${more}    rules:\n${rules.replace(/^/gm, '      ')}`;

describe('What rules write down', () => {
  it('is the result of a recording rule, with its labels laid over, where later rules of the group find it at once', async () => {
    const bench = await Bench.of(
      group(
        `- { record: 'm:sum', expr: sum by (job) (m), labels: { level: desk, job: all } }
- { record: 'm:twice', expr: 'm:sum * 2' }
- { alert: High, expr: 'm:twice > 10' }`,
      ),
    );
    bench.sample(0, 3, { job: 'a', i: '1' }).sample(0, 4, { job: 'a', i: '2' });
    expect(bench.at(0)).toEqual([
      '0 m:sum{job="all", level="desk"} 7',
      '0 m:twice{job="all", level="desk"} 14',
      '0 ALERTS{alertname="High", alertstate="firing", job="all", level="desk"} 1',
      `0 ALERTS_FOR_STATE{alertname="High", job="all", level="desk"} ${start / 1000}`,
    ]);
  });

  it('ends with a stale marker when it vanishes', async () => {
    const bench = await Bench.of(group(`- { record: big, expr: m > 5 }\n- { record: again, expr: big }`));
    bench.sample(0, 7, { a: 'x' }).sample(0, 8, { a: 'y' }).at(0);
    bench.sample(1, 1, { a: 'x' }).sample(1, 9, { a: 'y' });
    expect(bench.at(1)).toEqual(['1 big{a="y"} 9', '1 big{a="x"} stale', '1 again{a="y"} 9', '1 again{a="x"} stale']);
    bench.sample(2, 1, { a: 'y' });
    expect(bench.at(2)).toEqual(['2 big{a="y"} stale', '2 again{a="y"} stale']);
    expect(bench.at(3)).toEqual([]);
  });

  it('is every alert with its state and since when it holds', async () => {
    const bench = await Bench.of(group('- { alert: A, expr: m > 5, for: 2s, keep_firing_for: 2s, labels: { s: w } }'));
    const alerts = (state: string): string => `ALERTS{alertname="A", alertstate="${state}", s="w"}`;
    const since = `ALERTS_FOR_STATE{alertname="A", s="w"} ${start / 1000}`;
    bench.sample(0, 7).sample(1, 7).sample(2, 7).sample(3, 1).sample(5, 1);
    expect(bench.at(0)).toEqual([`0 ${alerts('pending')} 1`, `0 ${since}`]);
    expect(bench.at(1)).toEqual([`1 ${alerts('pending')} 1`, `1 ${since}`]);
    expect(bench.at(2)).toEqual([`2 ${alerts('firing')} 1`, `2 ${since}`, `2 ${alerts('pending')} stale`]);
    expect(bench.at(3)).toEqual([`3 ${alerts('firing')} 1`, `3 ${since}`]);
    expect(bench.at(5)).toEqual([`5 ${alerts('firing')} stale`, '5 ALERTS_FOR_STATE{alertname="A", s="w"} stale']);
  });

  it('says since when in whole seconds', async () => {
    const bench = await Bench.of(group('- { alert: A, expr: vector(1) }'));
    expect(bench.at(0.7)[1]).toBe(`0.7 ALERTS_FOR_STATE{alertname="A"} ${start / 1000}`);
  });

  it('comes as the same series each time, so that it can serve as a key', async () => {
    const bench = await Bench.of(group('- { record: r, expr: m }\n- { alert: A, expr: m > 0 }'));
    bench.sample(0, 7, { a: 'x' }).at(0);
    bench.sample(1, 8, { a: 'x' }).at(1);
    expect(bench.written).toHaveLength(6);
    expect(new Set(bench.keys).size).toBe(3);
  });

  it('has the time that the query looked at', async () => {
    const bench = await Bench.of(group('- { record: r, expr: m }', '    query_offset: 3s\n'));
    bench.sample(0, 7);
    expect([bench.at(2), bench.at(4)]).toEqual([[], ['1 r 7']]);
  });

  it('stays as it is when the rule fails', async () => {
    const bench = await Bench.of(group('- { record: r, expr: m * on (a) group_left () n }'));
    bench.series.add({ __name__: 'n', a: 'x' }, start, 1);
    bench.sample(0, 7, { a: 'x' });
    expect(bench.at(0)).toEqual(['0 r{a="x"} 7']);
    bench.series.add({ __name__: 'n', a: 'x', b: '1' }, start + 1000, 1);
    expect(bench.at(1)).toEqual([]);
    expect(bench.failures).toBe(1);
    expect(bench.engine.views()[0]?.rules[0]).toMatchObject({ name: 'r', kind: 'recording', health: 'error' });
    expect(bench.engine.views()[0]?.rules[0]?.state).toBeUndefined();
  });

  it('is nothing when two series end up with the same labels, or are more than the limit', async () => {
    const same = await Bench.of(group('- { record: r, expr: m, labels: { a: z } }'));
    same.sample(0, 7, { a: 'x' }).sample(0, 7, { a: 'y' });
    expect(same.at(0)).toEqual([]);
    expect(same.engine.views()[0]?.rules[0]?.lastError).toBe(
      'vector contains metrics with the same labelset after applying rule labels: r{a="z"}',
    );
    const many = await Bench.of(group('- { record: r, expr: m }', '    limit: 1\n'));
    many.sample(0, 7, { a: 'x' }).sample(0, 7, { a: 'y' });
    expect(many.at(0)).toEqual([]);
    expect(many.engine.views()[0]?.rules[0]?.lastError).toBe('exceeded limit of 1 with 2 series');
  });

  it('makes the rule fail when it cannot be taken', async () => {
    const bench = await Bench.of(group('- { record: r, expr: m }'));
    bench.refusal = 'r has a value of this time already';
    bench.sample(0, 7).at(0);
    expect(bench.engine.views()[0]?.rules[0]).toMatchObject({ health: 'error', lastError: bench.refusal });
    expect([bench.failures, bench.logger.lines.length]).toEqual([1, 1]);
    bench.refusal = undefined;
    bench.sample(1, 7).at(1);
    expect(bench.engine.views()[0]?.rules[0]?.health).toBe('ok');
  });
});
