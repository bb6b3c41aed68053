import { InstantVector } from '../evaluate/instant-vector.js';
import type { VectorPlan, WindowPlan } from '../evaluate/plan.js';
import type { QueryRun } from '../evaluate/query-run.js';
import type { SampleBuffer } from '../series-source.js';

/** The stretch of time that the samples of one call come from, and when the call is evaluated. */
export interface Window {
  fromMs: number;
  toMs: number;
  timeMs: number;
}

/** One number for the samples of one series, at least one; undefined when they are too few for an answer. */
export type WindowFunction = (samples: SampleBuffer, window: Window, parameter: number) => number | undefined;

export interface WindowFunctionOptions {
  /** The result is a sample of the series itself, so it keeps its name. */
  readonly keepsName?: boolean;
  /** The scalar argument, worked out before the series are visited. */
  readonly parameter?: (run: QueryRun, timeMs: number) => number;
  /** Told the metric name of each series that has a result, and the scalar argument. */
  readonly onResult?: (run: QueryRun, metric: string, parameter: number) => void;
}

/** Applies a function to the window of every series. */
export function planWindowFunction(
  windows: WindowPlan,
  compute: WindowFunction,
  { keepsName = false, parameter, onResult }: WindowFunctionOptions = {},
): VectorPlan {
  const window: Window = { fromMs: 0, toMs: 0, timeMs: 0 };
  return {
    kind: 'vector',
    at(run, timeMs) {
      const argument = parameter === undefined ? NaN : parameter(run, timeMs);
      window.toMs = windows.endOf(run, timeMs);
      window.fromMs = window.toMs - windows.rangeMs;
      window.timeMs = timeMs;
      const result = new InstantVector();
      windows.visit(run, timeMs, (labels, samples, dropName) => {
        const value = compute(samples, window, argument);
        if (value === undefined) return;
        onResult?.(run, labels.get('__name__'), argument);
        result.push(labels, value, keepsName ? dropName : true);
      });
      return result;
    },
  };
}
