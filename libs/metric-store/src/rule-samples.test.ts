import { Labels, type MetricDescription, type Series } from '@tapewatch/model';
import { RecordingLogger } from '@tapewatch/model/testing';
import { evaluateInstant, parse } from '@tapewatch/promql';
import { describe, expect, it } from 'vitest';
import { MemoryStore } from './index.js';

const metric: MetricDescription = { otelName: 'm', name: 'm', type: 'gauge', unit: '', description: '' };
const series = (name: string): Series => ({ metric, labels: Labels.of({ __name__: name }) });

function ask(store: MemoryStore, text: string, at: number): readonly number[] {
  const result = evaluateInstant(parse(text), store, at);
  return result.kind === 'vector' ? result.series.map(({ value }) => value) : [];
}

describe('MemoryStore.appendRuleSamples', () => {
  const store = (): MemoryStore =>
    new MemoryStore({ retentionMs: 120_000, budgetBytes: 2 ** 27, logger: new RecordingLogger() });
  const recorded = series('job:m:sum');

  it('keeps what rules record after the tick, and later ticks do not end it', () => {
    const target = store();
    target.accept({ at: 1000, series: [series('m')], values: [5] });
    expect(target.appendRuleSamples(1000, [{ series: recorded, value: 7 }])).toBeUndefined();
    target.accept({ at: 2000, series: [series('m')], values: [5] });
    expect(ask(target, 'job:m:sum', 2000)).toEqual([7]);
    expect(target.appendRuleSamples(2000, [{ series: recorded, value: 8 }])).toBeUndefined();
    expect(ask(target, 'sum_over_time(job:m:sum[1m])', 2000)).toEqual([15]);
  });

  it('ends a series, and takes it up again', () => {
    const target = store();
    target.appendRuleSamples(1000, [{ series: recorded, value: 7 }]);
    target.appendRuleSamples(2000, [{ series: recorded, value: undefined }]);
    expect(ask(target, 'job:m:sum', 2000)).toEqual([]);
    target.appendRuleSamples(5000, [{ series: recorded, value: 9 }]);
    expect(ask(target, 'job:m:sum', 5000)).toEqual([9]);
    expect(target.appendRuleSamples(6000, [{ series: series('never:seen'), value: undefined }])).toBeUndefined();
    expect(ask(target, '{__name__="never:seen"}', 6000)).toEqual([]);
  });

  it('names what another one has written, and takes the same value twice', () => {
    const target = store();
    target.accept({ at: 1000, series: [series('m')], values: [5] });
    const mine = series('m');
    expect(target.appendRuleSamples(1000, [{ series: mine, value: 5 }])).toBeUndefined();
    expect(
      target.appendRuleSamples(1000, [
        { series: mine, value: 6 },
        { series: recorded, value: 1 },
      ]),
    ).toBe(mine);
    expect([ask(target, 'm', 1000), ask(target, 'job:m:sum', 1000)]).toEqual([[5], [1]]);
    expect(target.appendRuleSamples(500, [{ series: mine, value: 5 }])).toBe(mine);
  });

  it('leaves alone what another program pushes', () => {
    const target = store();
    const pushed = series('pushed');
    target.accept({ at: 1000, series: [series('m')], values: [5] });
    expect(target.append(pushed, 900, 3)).toBeUndefined();
    const mine = series('pushed');
    expect(target.appendRuleSamples(1000, [{ series: mine, value: 4 }])).toBe(mine);
    target.appendRuleSamples(1000, [{ series: mine, value: undefined }]);
    expect(ask(target, 'pushed', 1000)).toEqual([3]);
  });

  it('forgets with the rest what nobody writes any more', () => {
    const target = store();
    target.appendRuleSamples(1000, [{ series: recorded, value: 7 }]);
    for (let at = 1000; at <= 200_000; at += 1000) target.accept({ at, series: [series('m')], values: [1] });
    expect(target.select([]).map(({ labels }) => labels.get('__name__'))).toEqual(['m']);
  });
});
