import type { MinuteSeries } from './minute-series.js';

export const minuteMs = 60_000;
/** Minutes before the range that are read along: the value that held when the range began. PromQL looks back as far. */
export const leadMinutes = 5;

/** The minutes of a range, after a few minutes' lead. */
export interface MinuteGrid {
  readonly fromMs: number;
  readonly toMs: number;
  /** Of the first minute of the lead. */
  readonly startMs: number;
  /** Where the range itself begins. */
  readonly lead: number;
  /** Lead included. */
  readonly length: number;
}

/** What a series did in each minute; `count` is 0, and the others NaN, where it has no sample. */
export interface MinuteValues {
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly sum: Float64Array;
  readonly count: Float64Array;
  readonly last: Float64Array;
}

/** The minutes that begin in the range; a first minute that has begun before belongs to it. */
export function minuteGrid(fromMs: number, toMs: number): MinuteGrid {
  const first = Math.floor(fromMs / minuteMs) * minuteMs;
  const minutes = Math.max(1, Math.ceil((toMs - first) / minuteMs));
  return {
    fromMs,
    toMs,
    startMs: first - leadMinutes * minuteMs,
    lead: leadMinutes,
    length: leadMinutes + minutes,
  };
}

/** The start of minute `i`. */
export function minuteAt(grid: MinuteGrid, i: number): number {
  return grid.startMs + i * minuteMs;
}

/** Lays series of one thing (the same labels, or those of a program that has changed its name) over each other. */
export function onGrid(series: readonly MinuteSeries[], grid: MinuteGrid): MinuteValues {
  const empty = (): Float64Array => new Float64Array(grid.length).fill(Number.NaN);
  const values = { min: empty(), max: empty(), sum: empty(), count: new Float64Array(grid.length), last: empty() };
  for (const one of series) {
    for (let j = 0; j < one.startMs.length; j++) {
      const i = ((one.startMs[j] as number) - grid.startMs) / minuteMs;
      if (!Number.isInteger(i) || i < 0 || i >= grid.length || (one.count[j] as number) <= 0) continue;
      if (values.count[i] === 0) {
        values.min[i] = one.min[j] as number;
        values.max[i] = one.max[j] as number;
        values.sum[i] = one.sum[j] as number;
      } else {
        values.min[i] = Math.min(values.min[i] as number, one.min[j] as number);
        values.max[i] = Math.max(values.max[i] as number, one.max[j] as number);
        values.sum[i] = (values.sum[i] as number) + (one.sum[j] as number);
      }
      values.count[i] = (values.count[i] as number) + (one.count[j] as number);
      values.last[i] = one.last[j] as number;
    }
  }
  return values;
}
