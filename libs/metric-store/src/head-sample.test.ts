import { Labels, type Series } from '@tapewatch/model';
import { RecordingLogger } from '@tapewatch/model/testing';
import { SampleBuffer, type Sample } from '@tapewatch/promql';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryStore } from './memory-store.js';

const metric = { otelName: 'p', name: 'p', type: 'gauge', unit: '', description: '' } as const;
const series: Series = { metric, labels: Labels.of({ __name__: 'p', s: 'a' }) };
const other: Series = { metric, labels: Labels.of({ __name__: 'p', s: 'b' }) };
const startMs = 1_000_000;

function store(journal: string[] = []): MemoryStore {
  const options = { retentionMs: 600_000, budgetBytes: 2 ** 24, logger: new RecordingLogger() };
  return new MemoryStore(options, {
    open: () => undefined,
    add: (_, atMs, value) => void journal.push(`${atMs} ${value}`),
    late: () => undefined,
  });
}

function latest(own: MemoryStore, atMs: number, lookbackMs = 300_000): Sample | undefined {
  const into = { timeMs: 0, value: 0 };
  return own.select([])[0]?.latest(atMs, lookbackMs, into) === true ? into : undefined;
}

function samples(own: MemoryStore, fromMs: number, toMs: number): readonly (readonly [number, number])[] {
  const into = new SampleBuffer(8);
  own.select([])[0]?.window(fromMs, toMs, into);
  return Array.from({ length: into.length }, (_, i) => [into.times[i] as number, into.values[i] as number] as const);
}

describe('MemoryStore between ticks', () => {
  it('has a value that came from its time on, until the next tick, and keeps the grid', () => {
    const journal: string[] = [];
    const own = store(journal);
    own.accept({ at: startMs, series: [series], values: [1] });
    expect(own.observe(series, startMs + 400, 2)).toBe(true);
    expect(latest(own, startMs + 399)).toEqual({ timeMs: startMs, value: 1 });
    expect(latest(own, startMs + 400)).toEqual({ timeMs: startMs + 400, value: 2 });
    expect(latest(own, startMs + 900, 400)).toBeUndefined();
    expect(samples(own, 0, startMs + 399)).toEqual([[startMs, 1]]);
    expect(samples(own, 0, startMs + 999)).toEqual([
      [startMs, 1],
      [startMs + 400, 2],
    ]);
    own.accept({ at: startMs + 1000, series: [series], values: [3] });
    expect(samples(own, 0, startMs + 1999)).toEqual([
      [startMs, 1],
      [startMs + 1000, 3],
    ]);
    expect(journal).toEqual([`${startMs} 1`, `${startMs + 1000} 3`]);
    expect(own.samplesTotal).toBe(2);
  });

  it('takes none that says nothing new, of no live series of ours, or of a time that is past', () => {
    const own = store();
    expect(own.observe(series, startMs, 1)).toBe(false);
    own.accept({ at: startMs, series: [series], values: [1] });
    expect(own.observe(series, startMs + 1, 1)).toBe(false);
    expect(own.observe(series, startMs + 2, 2)).toBe(true);
    expect(own.observe(series, startMs + 3, 2)).toBe(false);
    expect(own.observe(series, startMs + 4, 1)).toBe(true);
    expect(own.observe(series, startMs, 5)).toBe(false);
    own.append(other, startMs, 7);
    expect(own.observe(other, startMs + 5, 8)).toBe(false);
    own.accept({ at: startMs + 1000, series: [], values: [] });
    expect(own.observe(series, startMs + 1500, 9)).toBe(false);
    expect(latest(own, startMs + 1999)).toBeUndefined();
  });

  it('holds after each tick what it would hold if nothing had come between', () => {
    const value = fc.double();
    const second = fc.record({
      value: fc.option(value, { nil: undefined, freq: 6 }),
      between: fc.array(fc.tuple(fc.integer({ min: 1, max: 999 }), value), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(second, { maxLength: 300 }), (seconds) => {
        const [own, plain] = [store(), store()];
        seconds.forEach(({ value: ticked, between }, i) => {
          const at = startMs + i * 1000;
          const tick = {
            at,
            series: ticked === undefined ? [] : [series],
            values: ticked === undefined ? [] : [ticked],
          };
          own.accept(tick);
          plain.accept(tick);
          expect(latest(own, at)).toEqual(latest(plain, at));
          for (const [afterMs, came] of between.sort(([a], [b]) => a - b)) {
            own.observe(series, at + afterMs, came);
            expect(latest(own, at + afterMs)?.value).toEqual(ticked === undefined ? undefined : came);
          }
        });
        const end = startMs + seconds.length * 1000;
        own.accept({ at: end, series: [], values: [] });
        plain.accept({ at: end, series: [], values: [] });
        expect(samples(own, 0, end)).toEqual(samples(plain, 0, end));
      }),
    );
  });
});
