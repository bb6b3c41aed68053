import { createNoopMeter } from '@opentelemetry/api';
import { Labels, type MetricDescription, type Series } from '@tapewatch/model';
import { RecordingLogger } from '@tapewatch/model/testing';
import { createMatcher, SampleBuffer, type Sample } from '@tapewatch/promql';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryHistory, MemoryStore, summarizeMetrics } from './index.js';

const metric: MetricDescription = { otelName: 'a.b', name: 'a_b', type: 'gauge', unit: 's', description: '' };
const series = (labels: Record<string, string>): Series => ({
  metric,
  labels: Labels.of({ __name__: 'a_b', ...labels }),
});

function store(options: { retentionMs?: number; budgetBytes?: number; logger?: RecordingLogger } = {}): MemoryStore {
  return new MemoryStore({
    retentionMs: options.retentionMs ?? 3_600_000,
    budgetBytes: options.budgetBytes ?? 2 ** 27,
    logger: options.logger ?? new RecordingLogger(),
  });
}

function samplesOf(target: MemoryStore, matcher: [string, string], fromMs: number, toMs: number): [number, number][] {
  const buffer = new SampleBuffer(1);
  for (const reader of target.select([createMatcher(matcher[0], '=', matcher[1])])) reader.window(fromMs, toMs, buffer);
  return Array.from({ length: buffer.length }, (_, i) => [buffer.times[i] as number, buffer.values[i] as number]);
}

describe('MemoryStore', () => {
  it('gives back what it was given, for any value, gap and range', () => {
    const value = fc.oneof(fc.double(), fc.constantFrom(0, -0, 1, 1, 1, NaN, Infinity, -Infinity, 2 ** 53));
    const second = fc.option(value, { nil: undefined, freq: 6 });
    fc.assert(
      fc.property(
        fc.array(second, { minLength: 1, maxLength: 400 }),
        fc.nat(420),
        fc.nat(420),
        fc.integer({ min: 1, max: 30 }),
        (seconds, from, to, lookback) => {
          const target = store();
          const one = series({ x: '1' });
          const kept: [number, number][] = [];
          seconds.forEach((sample, i) => {
            const at = i * 1000;
            target.accept({
              at,
              series: sample === undefined ? [] : [one],
              values: sample === undefined ? [] : [sample],
            });
            if (sample !== undefined) kept.push([at, sample]);
          });
          const expected = kept.filter(([at]) => at > from * 1000 && at <= to * 1000);
          expect(samplesOf(target, ['x', '1'], from * 1000, to * 1000)).toEqual(expected);

          // The newest sample within the lookback, unless the series has ended since.
          const newest = kept.filter(([at]) => at <= to * 1000).at(-1);
          const ended = newest !== undefined && newest[0] + 1000 <= Math.min(to, seconds.length - 1) * 1000;
          const wanted = newest === undefined || ended || newest[0] <= (to - lookback) * 1000 ? undefined : newest;
          const out: Sample = { timeMs: 0, value: 0 };
          const found = target
            .select([createMatcher('x', '=', '1')])
            .some((reader) => reader.latest(to * 1000, lookback * 1000, out));
          expect(found ? [out.timeMs, out.value] : undefined).toEqual(wanted);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('marks a series as ended at the first tick that lacks it', () => {
    const target = store();
    const out: Sample = { timeMs: 0, value: 0 };
    const one = series({ x: '1' });
    target.accept({ at: 1000, series: [one], values: [5] });
    const [reader] = target.select([createMatcher('x', '=', '1')]);
    expect(reader?.latest(1000, 300_000, out)).toBe(true);
    target.accept({ at: 2000, series: [], values: [] });
    expect(reader?.latest(2000, 300_000, out)).toBe(false);
    expect(reader?.latest(1999, 300_000, out)).toBe(true);
    expect(target.seriesActive).toBe(0);
  });

  it('finds series by every kind of matcher', () => {
    const target = store();
    const all = [series({ venue: 'binance', s: '1' }), series({ venue: 'kraken', s: '2' }), series({ s: '3' })];
    target.accept({ at: 1000, series: all, values: [1, 2, 3] });
    const found = (...matchers: Parameters<typeof createMatcher>[]): string[] =>
      target
        .select(matchers.map((matcher) => createMatcher(...matcher)))
        .map(({ labels }) => labels.get('s'))
        .sort();
    expect(found(['venue', '=', 'binance'])).toEqual(['1']);
    expect(found(['venue', '!=', 'binance'])).toEqual(['2', '3']);
    expect(found(['venue', '=', ''])).toEqual(['3']);
    expect(found(['venue', '=~', 'b.*|kraken'])).toEqual(['1', '2']);
    expect(found(['venue', '!~', 'b.*'], ['__name__', '=', 'a_b'])).toEqual(['2', '3']);
    expect(found(['nothing', '=', 'x'])).toEqual([]);
  });

  it('answers a remembered question anew when a series has come', () => {
    const target = store();
    const matchers = [createMatcher('__name__', '=', 'a_b')];
    target.accept({ at: 1000, series: [series({ x: '1' })], values: [1] });
    expect(target.select(matchers)).toHaveLength(1);
    target.accept({ at: 2000, series: [series({ x: '2' })], values: [1] });
    expect(target.select(matchers)).toHaveLength(2);
  });

  it('forgets what is older than its retention, and series of which nothing is left', () => {
    const target = store({ retentionMs: 60_000 });
    const gone = series({ x: 'gone' });
    const stays = series({ x: 'stays' });
    for (let second = 0; second < 600; second++) {
      const both = second < 10;
      target.accept({
        at: second * 1000,
        series: both ? [gone, stays] : [stays],
        values: both ? [second, second] : [second],
      });
    }
    expect(target.select([createMatcher('x', '=', 'gone')])).toHaveLength(0);
    const [first] = samplesOf(target, ['x', 'stays'], -1, 600_000);
    expect((first as [number, number])[0]).toBeGreaterThan(300_000);
    target.accept({ at: 600_000, series: [gone, stays], values: [1, 2] });
    expect(samplesOf(target, ['x', 'gone'], 0, 600_000)).toEqual([[600_000, 1]]);
  });

  it('does not grow with series that come and go', () => {
    const target = store({ retentionMs: 60_000 });
    for (let second = 0; second < 2_000; second++)
      target.accept({ at: second * 1000, series: [series({ x: String(second) })], values: [1] });
    expect(target.select([createMatcher('__name__', '=', 'a_b')]).length).toBeLessThan(120);
  });

  it('gives up time, and says so, when the budget is too small', () => {
    const logger = new RecordingLogger();
    const target = store({ budgetBytes: 300_000, logger });
    const many = Array.from({ length: 100 }, (_, i) => series({ x: String(i) }));
    for (let second = 0; second < 900; second++)
      target.accept({ at: second * 1000, series: many, values: many.map((_, i) => second * i + Math.random()) });
    expect(target.shortened).toBe(true);
    expect(target.retentionMs).toBeLessThan(600_000);
    expect(logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
      expect.stringContaining('metrics.memory'),
    ]);
  });

  it('refuses new series rather than grow past the budget', () => {
    const target = store({ budgetBytes: 20_000 });
    for (let second = 0; second < 200; second++) {
      const many = Array.from({ length: second + 1 }, (_, i) => series({ x: String(i) }));
      target.accept({ at: second * 1000, series: many, values: many.map(() => Math.random()) });
    }
    expect(target.seriesActive).toBeLessThan(100);
    expect(target.seriesActive).toBeGreaterThan(10);
  });

  it('counts a series that it refuses once, however often it comes', () => {
    const counted: number[] = [];
    const meter = createNoopMeter();
    meter.createCounter = () => ({ add: (value: number) => void counted.push(value) });
    const target = store({ budgetBytes: 1 });
    target.measure(meter);
    const [kept, refused] = [series({ x: '1' }), series({ x: '2' })];
    for (let second = 0; second < 100; second++) {
      const both = second >= 40;
      target.accept({ at: second * 1000, series: both ? [kept, refused] : [kept], values: both ? [1, 2] : [1] });
    }
    expect(counted.reduce((a, b) => a + b)).toBe(1);
  });

  it('ignores a tick that is not newer than the last', () => {
    const target = store();
    const one = series({ x: '1' });
    target.accept({ at: 2000, series: [one], values: [1] });
    target.accept({ at: 2000, series: [one], values: [9] });
    target.accept({ at: 1000, series: [one], values: [9] });
    expect(samplesOf(target, ['x', '1'], 0, 9000)).toEqual([[2000, 1]]);
  });
});

/** Memory with nothing behind it. */
function alone(memory: MemoryStore): Parameters<typeof summarizeMetrics>[0] {
  return { memory, history: new MemoryHistory(memory), oldestMs: memory.firstTickAt };
}

describe('summarizeMetrics', () => {
  it('says how complete the data is, and the figures of every series', () => {
    const target = store();
    const one = series({ x: '1' });
    for (const second of [1, 2, 4, 5]) target.accept({ at: second * 1000, series: [one], values: [second] });
    expect(summarizeMetrics(alone(target), 5000)).toEqual({
      ok: true,
      value: {
        rangeMs: 5000,
        completeness: 0.8,
        samplesTotal: 4,
        lastTickAt: 5000,
        series: [
          {
            name: 'a_b',
            otelName: 'a.b',
            unit: 's',
            labels: Labels.of({ x: '1' }),
            count: 4,
            min: 1,
            max: 5,
            avg: 3,
            last: 5,
          },
        ],
      },
    });
  });

  it('counts the samples of the series that match, in the range alone', () => {
    const target = store();
    const [one, two] = [series({ x: '1' }), series({ x: '2' })];
    for (const second of [1, 2, 3, 4]) target.accept({ at: second * 1000, series: [one, two], values: [1, 2] });
    expect(summarizeMetrics(alone(target), 2000, '{x="1"}')).toMatchObject({ value: { samplesTotal: 2 } });
  });

  it('refuses what is no selector, with its place', () => {
    expect(summarizeMetrics(alone(store()), 5000, 'sum(x)')).toMatchObject({
      ok: false,
      refusal: { code: 'QUERY_INVALID' },
    });
    expect(summarizeMetrics(alone(store()), 5000, 'x{')).toMatchObject({
      ok: false,
      refusal: { code: 'QUERY_INVALID', path: expect.stringMatching(/^1:\d+$/) as string },
    });
  });
});
