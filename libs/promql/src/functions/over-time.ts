import { warnOfQuantile } from '../evaluate/quantile-parameter.js';
import type { SampleBuffer } from '../series-source.js';
import type { Expression } from '../syntax/ast.js';
import { notedRange } from '../syntax/noted-range.js';
import type { FunctionPlan } from './function-plan.js';
import { exactMean, exactSum, quantileOf, variance } from './numbers.js';
import { planWindowFunction } from './windows.js';
import type { WindowFunction, WindowFunctionOptions } from './windows.js';

function ofWindow(compute: WindowFunction, options?: WindowFunctionOptions): FunctionPlan {
  return (call, planner) => planWindowFunction(planner.window(call.args[0]), compute, options);
}

function smallest({ values, length }: SampleBuffer): number {
  let found = values[0] as number;
  for (let i = 1; i < length; i++) {
    const value = values[i] as number;
    if (value < found || Number.isNaN(found)) found = value;
  }
  return found;
}

function largest({ values, length }: SampleBuffer): number {
  let found = values[0] as number;
  for (let i = 1; i < length; i++) {
    const value = values[i] as number;
    if (value > found || Number.isNaN(found)) found = value;
  }
  return found;
}

function changes({ values, length }: SampleBuffer): number {
  let count = 0;
  for (let i = 1; i < length; i++) {
    const before = values[i - 1] as number;
    const value = values[i] as number;
    if (value !== before && !(Number.isNaN(value) && Number.isNaN(before))) count++;
  }
  return count;
}

function resets({ values, length }: SampleBuffer): number {
  let count = 0;
  for (let i = 1; i < length; i++) if ((values[i] as number) < (values[i - 1] as number)) count++;
  return count;
}

const quantileOverTime: FunctionPlan = ({ args }, planner) => {
  const [q, windows] = args as [Expression, Expression];
  const parameter = planner.scalar(q);
  const range = notedRange(q);
  const compute: WindowFunction = ({ values, length }, _window, wanted) => quantileOf(wanted, values.slice(0, length));
  return planWindowFunction(planner.window(windows), compute, {
    parameter: (run, timeMs) => parameter.at(run, timeMs),
    onResult: (run, _metric, wanted) => warnOfQuantile(run, wanted, range),
  });
};

export const overTimePlans: Readonly<Record<string, FunctionPlan>> = {
  sum_over_time: ofWindow(({ values, length }) => exactSum(values, length)),
  avg_over_time: ofWindow(({ values, length }) => exactMean(values, length)),
  min_over_time: ofWindow(smallest),
  max_over_time: ofWindow(largest),
  count_over_time: ofWindow(({ length }) => length),
  stddev_over_time: ofWindow(({ values, length }) => Math.sqrt(variance(values, length))),
  stdvar_over_time: ofWindow(({ values, length }) => variance(values, length)),
  first_over_time: ofWindow(({ values }) => values[0], { keepsName: true }),
  last_over_time: ofWindow(({ values, length }) => values[length - 1], { keepsName: true }),
  present_over_time: ofWindow(() => 1),
  changes: ofWindow(changes),
  resets: ofWindow(resets),
  quantile_over_time: quantileOverTime,
};
