import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMetricStore, summarizeMetrics, type MetricStore } from '@tapewatch/metric-store';
import { Labels, type CommandResult, type Series, type Tick } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MetricResult } from './metric-result.js';
import { Queries } from './queries.js';
import { findSeries } from './series-queries.js';

const startMs = Date.UTC(2026, 0, 5, 10);
const stepMs = 10_000;
const ticks = 420;
const lastMs = startMs + (ticks - 1) * stepMs;
const price: Series = {
  metric: { otelName: 'price', name: 'price', type: 'gauge', unit: '', description: '' },
  labels: Labels.of({ __name__: 'price' }),
};
const total: Series = {
  metric: { otelName: 'total', name: 'total', type: 'counter', unit: '', description: '' },
  labels: Labels.of({ __name__: 'total' }),
};

/** Only in the first 100 ticks. */
const gone: Series = {
  metric: { otelName: 'gone', name: 'gone', type: 'gauge', unit: '', description: '' },
  labels: Labels.of({ __name__: 'gone', venue: 'old' }),
};
const tickAt = (i: number): Tick => ({
  at: startMs + i * stepMs,
  series: i < 100 ? [price, total, gone] : [price, total],
  values: i < 100 ? [100 + (i % 50), i * 5, i] : [100 + (i % 50), i * 5],
});

/** An hour and ten minutes of which memory holds the last two. */
describe('Queries beyond memory', { timeout: 60_000 }, () => {
  let folder: string;
  let metrics: MetricStore;
  let clock: FakeClock;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tapewatch-queries-'));
    clock = new FakeClock(startMs);
    metrics = await openMetricStore({
      ...{ retentionMs: 120_000, budgetBytes: 2 ** 27, clock, logger: new RecordingLogger() },
      history: { folder, rawMs: 7 * 86_400_000, rollupMs: 90 * 86_400_000 },
    });
    for (let i = 0; i < ticks; i++) {
      metrics.memory.accept(tickAt(i));
      metrics.flush();
      if (i % 50 === 49) await metrics.settled();
    }
    await metrics.settled();
  });
  afterAll(async () => {
    await metrics.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const valuesOf = (result: CommandResult<MetricResult>): number[] => {
    if (!result.ok) throw new Error(result.refusal.message);
    return result.value.series.flatMap(({ values }) => [...(values as ArrayLike<number> & Iterable<number>)]);
  };
  const sorted = (result: CommandResult<MetricResult>): unknown => {
    if (!result.ok) return result;
    const { series, warnings, infos } = result.value;
    const ordered = [...series].sort((a, b) => (a.labels.key < b.labels.key ? -1 : 1));
    const plain = ordered.map(({ labels, times, values }) => [
      labels.toObject(),
      Array.from(times),
      Array.from(values),
    ]);
    return { plain, warnings, infos };
  };
  const queries = (rawMs = 7 * 86_400_000): Queries => new Queries(metrics, clock, rawMs);

  it('answers at once where memory reaches far enough back', () => {
    expect(queries().instant('max_over_time(price[1m])', lastMs)).toMatchObject({ ok: true });
    expect(queries().range('price', lastMs - 60_000, lastMs, stepMs)).toBeInstanceOf(Promise);
    expect(queries().range('max_over_time(price[30s])', lastMs - 60_000, lastMs, stepMs)).toMatchObject({ ok: true });
  });

  it('gives the same values from the disk as from memory', async () => {
    const found = await queries().range('price', startMs, lastMs, stepMs);
    expect(found).toMatchObject({ ok: true, value: { infos: [], warnings: [] } });
    expect(valuesOf(found)).toEqual(Array.from({ length: ticks }, (_, i) => 100 + (i % 50)));
    expect(valuesOf(await queries().instant('max_over_time(price[1h])', lastMs))).toEqual([149]);
    expect(valuesOf(await queries().instant('price @ 1767607200', lastMs))).toEqual([100]);
    expect(valuesOf(await queries().instant('rate(total[1h])', lastMs))[0]).toBeCloseTo(0.5, 6);
  });

  it('gives for every step what memory gives, whatever is left out on the way', async () => {
    const [logger, retentionMs] = [new RecordingLogger(), 7_200_000];
    const all = await openMetricStore({ retentionMs, budgetBytes: 2 ** 27, clock, logger });
    for (let i = 0; i < ticks; i++) all.memory.accept(tickAt(i));
    const fromMemory = new Queries(all, clock, 7 * 86_400_000);
    const expressions = fc.constantFrom(
      ...[
        'price',
        'price offset 7m',
        'price + total',
        'price - (total offset 3m)',
        'timestamp(gone)',
        'sum(total) > 9',
      ],
      ...['rate(total[2m])', 'gone or price', '{venue=~"o.*"}', 'price @ 1767608000', 'max_over_time(price[3m:7s])'],
    );
    const steps = fc.integer({ min: 500, max: 400_000 });
    await fc.assert(
      fc.asyncProperty(expressions, fc.nat(4_200), fc.nat(4_200), steps, async (text, from, length, step) => {
        const range = [text, startMs + from * 1000 + 137, startMs + (from + length) * 1000 + 137, step] as const;
        const [there, here] = [await queries().range(...range), await fromMemory.range(...range)];
        expect(sorted(there)).toEqual(sorted(here));
      }),
      { numRuns: 80 },
    );
  });

  it('names the series that were there in a time, in memory or not', async () => {
    const names = async (from?: number, to?: number, selectors: readonly string[] = []): Promise<unknown> => {
      const found = await findSeries(metrics, selectors, from, to);
      return found.ok ? found.value.map((labels) => labels.get('__name__')).sort() : found;
    };
    expect(await names()).toEqual(['gone', 'price', 'total']);
    expect(await names(startMs, startMs + 60_000)).toEqual(['gone', 'price', 'total']);
    expect(await names(startMs, startMs + 60_000, ['{venue=~"o.+"}', 'total'])).toEqual(['gone', 'total']);
    // In the next hour it has none.
    expect(await names(startMs + 3_700_000, startMs + 3_800_000)).toEqual(['price', 'total']);
    expect(await names(lastMs - 30_000, lastMs)).toEqual(['price', 'total']);
    expect(await names(startMs - 86_400_000, startMs - 80_000_000)).toEqual([]);
    expect(await findSeries(metrics, ['{'])).toMatchObject({ ok: false, refusal: { code: 'QUERY_INVALID' } });
  });

  it('says when it answers from minutes, and gives what a sample a minute gives', async () => {
    const oneMinuteKept = queries(60_000);
    const found = await oneMinuteKept.range('price', startMs + 59_000, lastMs, 60_000);
    expect(found).toMatchObject({
      ok: true,
      value: { warnings: [], infos: [expect.stringContaining('one-minute values') as unknown] },
    });
    // The last sample of a minute is that of its 50th second.
    expect(valuesOf(found).slice(0, 3)).toEqual([105, 111, 117]);
    const rates = await oneMinuteKept.range('rate(total[5m])', startMs + 600_000, lastMs, 60_000);
    for (const rate of valuesOf(rates)) expect(rate).toBeCloseTo(0.5, 6);
  });

  it('warns, and takes the samples there are, where minutes would mean something else', async () => {
    const found = await queries(60_000).range('max_over_time(price[5m])', startMs, lastMs, 60_000);
    expect(found).toMatchObject({
      ok: true,
      value: { infos: [], warnings: [expect.stringContaining('every sample is kept only since') as unknown] },
    });
  });

  it('sums up what lies beyond memory, and says how complete it is', async () => {
    const summary = await summarizeMetrics(metrics, 3_600_000, 'total');
    expect(summary).toMatchObject({
      ok: true,
      value: { completeness: 0.1, series: [{ name: 'total', count: 360, max: 2095, last: 2095 }] },
    });
    const everything = await summarizeMetrics(metrics, 86_400_000, 'price');
    expect(everything).toMatchObject({
      ok: true,
      value: { series: [{ count: ticks, min: 100, max: 149 }] },
    });
  });

  it('refuses what is no PromQL, and what finds two values for one label set', async () => {
    expect(await queries().range('price +', startMs, lastMs, stepMs)).toMatchObject({
      ok: false,
      refusal: { code: 'QUERY_INVALID' },
    });
    expect(
      await queries().range(
        'label_replace({__name__=~"price|total"}, "__name__", "x", "", "")',
        startMs,
        lastMs,
        stepMs,
      ),
    ).toMatchObject({
      ok: false,
      refusal: { code: 'QUERY_FAILED' },
    });
  });
});
