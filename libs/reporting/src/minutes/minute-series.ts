import type { Labels } from '@tapewatch/model';

/** One-minute summaries of one series; `startMs[i]` is the start of the minute that the other arrays tell of at `i`. Minutes without a sample are left out. */
export interface MinuteSeries {
  readonly labels: Labels;
  /** Ascending, whole minutes, milliseconds since the epoch. */
  readonly startMs: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly sum: Float64Array;
  readonly count: Float64Array;
  readonly last: Float64Array;
}

/** Where a report reads what was measured; declared here by the one who calls it. */
export interface ReportMetrics {
  /** Every series that the PromQL selector matches, with the minutes that begin in [fromMs, toMs). */
  minutes(selector: string, fromMs: number, toMs: number): Promise<readonly MinuteSeries[]>;
  /** Ticks that were kept over ticks that were due, 0 to 1. */
  completeness(fromMs: number, toMs: number): Promise<number>;
}
