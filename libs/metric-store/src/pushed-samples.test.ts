import { Labels, type MetricDescription, type Series } from '@tapewatch/model';
import { RecordingLogger } from '@tapewatch/model/testing';
import { createMatcher, SampleBuffer, type Sample } from '@tapewatch/promql';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryStore } from './index.js';

const metric: MetricDescription = { otelName: 'p', name: 'p', type: 'gauge', unit: '', description: '' };
const pushed: Series = { metric, labels: Labels.of({ __name__: 'p' }) };
const named = [createMatcher('__name__', '=', 'p')];
const store = (): MemoryStore =>
  new MemoryStore({ retentionMs: 3_600_000, budgetBytes: 2 ** 27, logger: new RecordingLogger() });

describe('pushed samples', () => {
  it('come back at their own times', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 90_000 }), fc.option(fc.double(), { nil: undefined })), {
          minLength: 1,
          maxLength: 300,
        }),
        fc.nat(9_000_000),
        fc.nat(9_000_000),
        (steps, a, b) => {
          const target = store();
          let at = 0;
          const kept: [number, number | undefined][] = [];
          for (const [step, value] of steps) {
            at += step;
            if (value === undefined) target.end(pushed, at);
            else expect(target.append(pushed, at, value)).toBeUndefined();
            if (value !== undefined || kept.length > 0) kept.push([at, value]);
          }
          const [from, to] = [Math.min(a, b), Math.max(a, b)];
          const buffer = new SampleBuffer(1);
          const readers = target.select(named);
          for (const reader of readers) reader.window(from, to, buffer);
          const expected = kept.filter(([time, value]) => time > from && time <= to && value !== undefined);
          expect(Array.from({ length: buffer.length }, (_, i) => [buffer.times[i], buffer.values[i]])).toEqual(
            expected,
          );
          const newest = kept.filter(([time]) => time <= to).at(-1);
          const out: Sample = { timeMs: 0, value: 0 };
          const found = readers[0]?.latest(to, 300_000, out) ?? false;
          expect(found ? [out.timeMs, out.value] : undefined).toEqual(
            newest?.[1] === undefined || newest[0] <= to - 300_000 ? undefined : newest,
          );
        },
      ),
    );
  });

  it('are refused when they come late, or for a series that is measured here', () => {
    const target = store();
    const own: Series = { metric, labels: Labels.of({ __name__: 'own' }) };
    target.accept({ at: 4_000_000, series: [own], values: [1] });
    expect(target.append(own, 4_000_500, 2)).toBe('not_pushed');
    expect(target.append(pushed, 400_000, 1)).toBe('too_old');
    expect(target.append(pushed, 4_000_500, 1)).toBeUndefined();
    expect(target.append(pushed, 4_000_500, 1)).toBe('out_of_order');
  });

  it('do not end with the tick, and are no part of it', () => {
    const target = store();
    target.append(pushed, 500, 1);
    target.accept({ at: 1000, series: [], values: [] });
    target.accept({ at: 2000, series: [pushed], values: [7] });
    const out: Sample = { timeMs: 0, value: 0 };
    expect(target.select(named)[0]?.latest(2000, 300_000, out)).toBe(true);
    expect(out).toEqual({ timeMs: 500, value: 1 });
  });
});
