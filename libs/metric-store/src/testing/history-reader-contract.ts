import { Labels, type Matcher, type MetricDescription, type Series, type Tick } from '@tapewatch/model';
import { createMatcher, QueryLimitError, SampleBuffer, type SeriesReader } from '@tapewatch/promql';
import { describe, expect, it } from 'vitest';
import type { HistoryReader, TotalsReader } from '../index.js';

/** Gives a reader over exactly these ticks, oldest first. */
export type HistoryOf = (ticks: readonly Tick[]) => Promise<HistoryReader>;

const start = Date.UTC(2026, 0, 5, 11, 58);
const metric: MetricDescription = {
  otelName: 'a.price',
  name: 'a_price',
  type: 'gauge',
  unit: '{quote}',
  description: 'A price.',
};
const one: Series = { metric, labels: Labels.of({ __name__: 'a_price', venue: 'one' }) };
const two: Series = { metric, labels: Labels.of({ __name__: 'a_price', venue: 'two' }) };
const prices = [createMatcher('__name__', '=', 'a_price')];
const second = (i: number): number => start + i * 1000;

/** Five minutes over noon: `one` in every second but [100, 130), `two` in the first 90 seconds. */
const ticks: readonly Tick[] = Array.from({ length: 300 }, (_, i) => i)
  .filter((i) => i < 100 || i >= 130)
  .map((i) => {
    const series = i < 90 ? [one, two] : [one];
    return { at: second(i), series, values: series.map((each) => (each === one ? 100 + i / 100 : -i)) };
  });

export interface HistoryReaderTraits {
  /** False for a source from which stale markers do not come: there a series that has ended looks alive for the lookback. */
  readonly marksEnds?: boolean;
  /** False for a source that knows metrics by their Prometheus names alone. */
  readonly knowsOtelNames?: boolean;
  /** False where memory is all there is. */
  readonly reachesBeyondMemory?: boolean;
}

/** What every implementation of HistoryReader keeps; a test file of each runs it in one line. */
export function describeHistoryReader(
  name: string,
  historyOf: HistoryOf,
  { marksEnds = true, knowsOtelNames = true, reachesBeyondMemory = true }: HistoryReaderTraits = {},
): void {
  const read = async (
    matchers: readonly Matcher[],
    fromMs: number,
    toMs: number,
    resolution: 'raw' | 'minute' = 'raw',
  ): Promise<readonly SeriesReader[]> => {
    const reader = await historyOf(ticks);
    return [...(await reader.source([matchers], fromMs, toMs, resolution)).select(matchers, fromMs, toMs)];
  };
  const venue = (readers: readonly SeriesReader[], wanted: string): SeriesReader =>
    readers.find(({ labels }) => labels.get('venue') === wanted) as SeriesReader;

  describe(`HistoryReader of ${name}`, () => {
    it('gives every sample of (from, to], and none more', async () => {
      const readers = await read(prices, second(10), second(140));
      const buffer = new SampleBuffer();
      venue(readers, 'one').window(second(10), second(140), buffer);
      const wanted = ticks.filter(({ at }) => at > second(10) && at <= second(140)).map(({ at }) => at);
      expect([...buffer.times.subarray(0, buffer.length)]).toEqual(wanted);
      expect([...buffer.values.subarray(0, buffer.length)]).toEqual(
        wanted.map((at) => 100 + (at - start) / 1000 / 100),
      );
    });

    it('ends a series at the first tick that lacks it, and only there', async () => {
      const readers = await read(prices, second(0) - 1, second(299));
      const sample = { timeMs: 0, value: 0 };
      expect(venue(readers, 'two').latest(second(89), 300_000, sample)).toBe(true);
      expect(sample).toEqual({ timeMs: second(89), value: -89 });
      expect(venue(readers, 'two').latest(second(90), 300_000, sample)).toBe(!marksEnds);
      expect(venue(readers, 'one').latest(second(299), 300_000, sample)).toBe(true);
    });

    it('selects by every matcher at once', async () => {
      const readers = await read([...prices, createMatcher('venue', '=~', 't.*')], second(0), second(299));
      expect(readers.map(({ labels }) => labels.get('venue'))).toEqual(['two']);
      expect(await read([createMatcher('venue', '=', 'three')], second(0), second(299))).toEqual([]);
    });

    it('gives the last sample of each minute, on its last second', async () => {
      const [reader] = await read([createMatcher('venue', '=', 'one')], second(-1), second(299), 'minute');
      const buffer = new SampleBuffer();
      reader?.window(second(-1), second(299), buffer);
      expect([...buffer.times.subarray(0, buffer.length)]).toEqual([59, 119, 179, 239, 299].map(second));
      expect([...buffer.values.subarray(0, buffer.length)]).toEqual([100.59, 100.99, 101.79, 102.39, 102.99]);
    });

    it('summarizes minutes as the samples say', async () => {
      const reader = await historyOf(ticks);
      const minutes = await reader.minutes([createMatcher('venue', '=', 'two')], second(0), second(300));
      expect(minutes).toHaveLength(1);
      expect(minutes[0]).toMatchObject({ labels: two.labels, metric: { name: 'a_price', type: 'gauge' } });
      if (knowsOtelNames) expect(minutes[0]).toMatchObject({ metric: { otelName: 'a.price', unit: '{quote}' } });
      expect([...(minutes[0]?.startMs ?? [])]).toEqual([second(0), second(60)]);
      expect([...(minutes[0]?.count ?? [])]).toEqual([60, 30]);
      expect([...(minutes[0]?.min ?? [])]).toEqual([-59, -89]);
      expect([...(minutes[0]?.max ?? [])]).toEqual([-0, -60]);
      expect([...(minutes[0]?.last ?? [])]).toEqual([-59, -89]);
      expect([...(minutes[0]?.sum ?? [])]).toEqual([-1770, -2235]);
    });

    it('gives only the minutes that begin in [from, to)', async () => {
      const reader = await historyOf(ticks);
      const [minutes] = await reader.minutes([createMatcher('venue', '=', 'one')], second(60), second(180));
      expect([...(minutes?.startMs ?? [])]).toEqual([second(60), second(120)]);
    });

    it('says how many of the seconds were stored', async () => {
      const reader = await historyOf(ticks);
      expect(await reader.completeness(second(0), second(300))).toBeCloseTo(0.9, 9);
      expect(await reader.completeness(second(0), second(100))).toBe(1);
      expect(await reader.completeness(second(100), second(130))).toBe(0);
      expect(await reader.completeness(second(-300), second(0))).toBe(0);
    });

    it('names the series of a time beyond memory, and none of another', async () => {
      const reader = await historyOf(ticks);
      const regex = [createMatcher('venue', '=~', 'one|two'), createMatcher('__name__', '=', 'a_price')];
      for (const selector of [prices, regex]) {
        const found = await reader.labels([selector], second(0), second(60));
        if (reachesBeyondMemory) expect(found.map((each) => each.get('venue')).sort()).toEqual(['one', 'two']);
        else expect(found).toEqual([]);
      }
      expect(await reader.labels([prices], second(-7200), second(-3600))).toEqual([]);
      expect(await reader.labels([[createMatcher('venue', '=', 'three')]], second(0), second(60))).toEqual([]);
      if (!reachesBeyondMemory) return;
      await expect(reader.labels([prices], second(0), second(60), { maxSeries: 1 })).rejects.toBeInstanceOf(
        QueryLimitError,
      );
    });

    it('refuses to read more than its limits', async () => {
      const reader = await historyOf(ticks);
      await expect(reader.minutes(prices, second(0), second(300), { maxSeries: 1 })).rejects.toBeInstanceOf(
        QueryLimitError,
      );
    });
  });
}

/** What every implementation of TotalsReader keeps. */
export function describeTotalsReader(name: string, historyOf: (ticks: readonly Tick[]) => Promise<TotalsReader>): void {
  describe(`TotalsReader of ${name}`, () => {
    it('says what all minutes come to', async () => {
      const reader = await historyOf(ticks);
      const totals = await reader.totals([createMatcher('venue', '=', 'two')], second(0), second(300));
      expect(totals).toMatchObject([{ labels: two.labels, min: -89, max: -0, sum: -4005, count: 90, last: -89 }]);
      const [later] = await reader.totals([createMatcher('venue', '=', 'one')], second(180), second(300));
      expect(later).toMatchObject({ min: 101.8, max: 102.99, count: 120, last: 102.99 });
      expect(await reader.totals(prices, second(300), second(400))).toEqual([]);
    });
  });
}
