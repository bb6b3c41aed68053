import type { SampleBuffer } from '../series-source.js';
import { notedRange } from '../syntax/noted-range.js';
import { quoteString } from '../syntax/string-literal.js';
import type { FunctionPlan } from './function-plan.js';
import { ExactSum } from './numbers.js';
import { planWindowFunction } from './windows.js';
import type { Window, WindowFunction } from './windows.js';

const counterName = /_(?:total|sum|count|bucket)$/;

/** A function that makes sense for counters only; it says so when the name is not one of a counter. */
function ofCounter(compute: WindowFunction): FunctionPlan {
  return (call, planner) => {
    const arg = call.args[0] as (typeof call.args)[number];
    const range = notedRange(arg);
    return planWindowFunction(planner.window(arg), compute, {
      onResult(run, metric) {
        if (metric === '' || counterName.test(metric)) return;
        const text = 'metric might not be a counter, name does not end in _total/_sum/_count/_bucket:';
        run.inform(`${text} ${quoteString(metric)}`, range);
      },
    });
  };
}

function ofGauge(compute: WindowFunction): FunctionPlan {
  return (call, planner) => planWindowFunction(planner.window(call.args[0]), compute);
}

/** How much a counter rose from the first to the last sample; what it had before each reset counts, too. */
function rise({ values, length }: SampleBuffer): number {
  let before = values[0] as number;
  let risen = (values[length - 1] as number) - before;
  for (let i = 1; i < length; i++) {
    const value = values[i] as number;
    if (value < before) risen += before;
    before = value;
  }
  return risen;
}

/**
 * By how much a change between the first and the last sample is stretched to the whole window: up to the edge when the edge is not
 * further away than samples usually are from one another (and a tenth more), otherwise by half such a distance.
 */
function extrapolation(samples: SampleBuffer, { fromMs, toMs }: Window, change: number, isCounter: boolean): number {
  const { times, values, length } = samples;
  const firstMs = times[0] as number;
  const lastMs = times[length - 1] as number;
  const sampled = (lastMs - firstMs) / 1000;
  const between = sampled / (length - 1);
  const threshold = between * 1.1;
  let toStart = (firstMs - fromMs) / 1000;
  let toEnd = (toMs - lastMs) / 1000;
  if (toStart >= threshold) toStart = between / 2;
  if (toEnd >= threshold) toEnd = between / 2;
  const first = values[0] as number;
  // A counter never was below zero, so it cannot have started before the line through its samples meets zero.
  if (isCounter && change > 0 && first >= 0) toStart = Math.min(toStart, sampled * (first / change));
  return (sampled + toStart + toEnd) / sampled;
}

function seconds({ fromMs, toMs }: Window): number {
  return (toMs - fromMs) / 1000;
}

const increase: WindowFunction = (samples, window) => {
  if (samples.length < 2) return undefined;
  const risen = rise(samples);
  return risen * extrapolation(samples, window, risen, true);
};

const rate: WindowFunction = (samples, window) => {
  if (samples.length < 2) return undefined;
  const risen = rise(samples);
  return risen * (extrapolation(samples, window, risen, true) / seconds(window));
};

const delta: WindowFunction = (samples, window) => {
  const { values, length } = samples;
  if (length < 2) return undefined;
  const change = (values[length - 1] as number) - (values[0] as number);
  return change * extrapolation(samples, window, change, false);
};

const instantDelta: WindowFunction = ({ values, length }) =>
  length < 2 ? undefined : (values[length - 1] as number) - (values[length - 2] as number);

const instantRate: WindowFunction = ({ times, values, length }) => {
  if (length < 2) return undefined;
  const before = values[length - 2] as number;
  const last = values[length - 1] as number;
  const elapsed = ((times[length - 1] as number) - (times[length - 2] as number)) / 1000;
  return (last < before ? last : last - before) / elapsed;
};

/** Least squares; the intercept is at `originMs`. */
function regression({ times, values, length }: SampleBuffer, originMs: number): { slope: number; intercept: number } {
  const first = values[0] as number;
  let constant = true;
  const [sumX, sumY, sumXY, sumXX] = [new ExactSum(), new ExactSum(), new ExactSum(), new ExactSum()];
  for (let i = 0; i < length; i++) {
    const x = ((times[i] as number) - originMs) / 1000;
    const y = values[i] as number;
    if (y !== first) constant = false;
    sumX.add(x);
    sumY.add(y);
    sumXY.add(x * y);
    sumXX.add(x * x);
  }
  if (constant) {
    return Number.isFinite(first) ? { slope: 0, intercept: first } : { slope: NaN, intercept: NaN };
  }
  const covariance = sumXY.value - (sumX.value * sumY.value) / length;
  const spread = sumXX.value - (sumX.value * sumX.value) / length;
  const slope = covariance / spread;
  return { slope, intercept: sumY.value / length - (slope * sumX.value) / length };
}

const derivative: WindowFunction = (samples) =>
  samples.length < 2 ? undefined : regression(samples, samples.times[0] as number).slope;

const predictLinear: FunctionPlan = ({ args }, planner) => {
  const ahead = planner.scalar(args[1]);
  const predict: WindowFunction = (samples, { timeMs }, aheadSeconds) => {
    if (samples.length < 2) return undefined;
    const { slope, intercept } = regression(samples, timeMs);
    return slope * aheadSeconds + intercept;
  };
  return planWindowFunction(planner.window(args[0]), predict, { parameter: (run, timeMs) => ahead.at(run, timeMs) });
};

export const ratePlans: Readonly<Record<string, FunctionPlan>> = {
  rate: ofCounter(rate),
  increase: ofCounter(increase),
  irate: ofGauge(instantRate),
  delta: ofGauge(delta),
  idelta: ofGauge(instantDelta),
  deriv: ofGauge(derivative),
  predict_linear: predictLinear,
};
