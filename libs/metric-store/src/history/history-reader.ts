import type { Labels, Matcher, MetricDescription } from '@tapewatch/model';
import type { SeriesSource } from '@tapewatch/promql';
import type { Grid } from '../disk/grid.js';

/** How much one answer may read. Going over a limit throws promql's QueryLimitError. */
export interface HistoryLimits {
  readonly maxSeries?: number;
  readonly maxSamples?: number;
}

/** `minute`: the last sample of each minute, placed at the last second of its minute. */
export type HistoryResolution = 'raw' | 'minute';

/** What was measured, however long ago; all its times are milliseconds. Rejects with QueryLimitError, or with what keeps it from reading. */
export interface HistoryReader {
  /**
   * Loads what the selectors need in (fromMs, toMs], and gives a source over memory and disk for the (synchronous) evaluator. It answers
   * for these selectors and this stretch alone. With a grid it is asked for the newest sample at times of the grid alone, and need not
   * have any others.
   */
  source(
    selectors: readonly (readonly Matcher[])[],
    fromMs: number,
    toMs: number,
    resolution: HistoryResolution,
    limits?: HistoryLimits,
    grid?: Grid,
  ): Promise<SeriesSource>;
  /** One-minute summaries of every series that all matchers accept, of the whole minutes that begin in [fromMs, toMs); series in no order. */
  minutes(
    matchers: readonly Matcher[],
    fromMs: number,
    toMs: number,
    limits?: HistoryLimits,
  ): Promise<readonly MinuteSeries[]>;
  /** Share of the seconds of [fromMs, toMs) in which a tick was stored, 0 to 1. */
  completeness(fromMs: number, toMs: number): Promise<number>;
}

/** One series, minute by minute, oldest first; index i of every array is one minute that has samples. */
export interface MinuteSeries {
  /** With `__name__`. */
  readonly labels: Labels;
  readonly metric: MetricDescription;
  readonly startMs: Float64Array;
  /** Of the samples that are numbers; NaN where none is. */
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly sum: Float64Array;
  /** Samples that are numbers, so that sum over count is the mean. */
  readonly count: Float64Array;
  /** The newest sample, NaN included. */
  readonly last: Float64Array;
}

/** What all samples of one series come to over some time; the figures as in MinuteSeries. */
export interface SeriesTotals {
  readonly labels: Labels;
  readonly metric: MetricDescription;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly count: number;
  readonly last: number;
}

/** For summaries over months, which minutes would be too many for. */
export interface TotalsReader {
  /** Of the whole minutes that begin in [fromMs, toMs), of every series that all matchers accept. Rejects as HistoryReader. */
  totals(
    matchers: readonly Matcher[],
    fromMs: number,
    toMs: number,
    limits?: HistoryLimits,
  ): Promise<readonly SeriesTotals[]>;
}
