import type { Labels } from './labels.js';

export type MetricType = 'counter' | 'gauge' | 'histogram';

/** One instrument, under both of its names. */
export interface MetricDescription {
  /** OpenTelemetry's name, with dots. */
  readonly otelName: string;
  /** Prometheus' base name: `_bucket`, `_sum`, `_count` of a histogram are not part of it. */
  readonly name: string;
  readonly type: MetricType;
  /** UCUM, as OpenTelemetry writes it; '' when there is none. */
  readonly unit: string;
  readonly description: string;
}

/** Where a value belongs. The same object stands for the same series in every tick, so that it can serve as a key. */
export interface Series {
  /** With `__name__`. */
  readonly labels: Labels;
  readonly metric: MetricDescription;
}

/** One collection of every meter, as Prometheus series; `series[i]` has the value `values[i]`. */
export interface Tick {
  /** Milliseconds since the epoch, a whole second. */
  readonly at: number;
  readonly series: readonly Series[];
  readonly values: ArrayLike<number>;
}

/** A stage that takes ticks. It must not throw and must not keep the arrays. */
export interface TickStage {
  accept(tick: Tick): void;
}

/** How the times of ticks stand to the clocks: they never go back, and follow a wall clock that is set forward at once. Read anew each time. */
export interface Timeline {
  /** All that ticks have jumped over so far because the wall clock was set forward, or the machine slept, in milliseconds: time that never passed. */
  readonly skippedMs: number;
  /** How far ticks are ahead of a wall clock that was set back, in milliseconds; 0 once the two agree again. */
  readonly aheadMs: number;
}

/** One that nobody sets a clock of. */
export const steadyTimeline: Timeline = { skippedMs: 0, aheadMs: 0 };

/** From here on a skip leaves a gap that rules notice: what lies before it is out of reach, as after a start. */
export const longSkipMs = 5_000;
