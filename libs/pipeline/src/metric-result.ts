import type { Labels } from '@tapewatch/model';

/** At once, or later. */
export type Eventually<T> = T | Promise<T>;

export interface QueryOptions {
  /** How old the newest sample of a series may be; 5 minutes when absent. */
  readonly lookbackMs?: number;
  /** How long the evaluation may take, where that is less than the limit of every query. */
  readonly timeoutMs?: number;
}

export interface MetricResult {
  readonly kind: 'scalar' | 'string' | 'vector' | 'matrix';
  readonly at: number;
  readonly series: readonly MetricSeries[];
  /** Of a string result. */
  readonly text?: string;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

export interface MetricSeries {
  readonly labels: Labels;
  readonly times: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}
