import type { AggregationOperator } from '../syntax/ast.js';
import { exactMean, quantileOf } from './numbers.js';

/** One number for each group; `groupOf[i]` is the group of `values[i]`, and no group is empty. */
export type Aggregate = (
  values: readonly number[],
  groupOf: Int32Array,
  groupCount: number,
  parameter: number,
) => ArrayLike<number>;

type Reducing = Exclude<AggregationOperator, 'topk' | 'bottomk' | 'count_values'>;

const aggregates: Readonly<Record<Reducing, Aggregate>> = {
  sum,
  avg: average,
  count,
  group: (_values, _groupOf, groupCount) => new Float64Array(groupCount).fill(1),
  min: (values, groupOf, groupCount) => extremes(values, groupOf, groupCount, (value, found) => value < found),
  max: (values, groupOf, groupCount) => extremes(values, groupOf, groupCount, (value, found) => value > found),
  stddev: (values, groupOf, groupCount) => variances(values, groupOf, groupCount).map(Math.sqrt),
  stdvar: variances,
  quantile,
};

export function aggregateBy(operator: Reducing): Aggregate {
  return aggregates[operator];
}

function count(values: readonly number[], groupOf: Int32Array, groupCount: number): Float64Array {
  const counts = new Float64Array(groupCount);
  for (let i = 0; i < values.length; i++) (counts[groupOf[i] as number] as number)++;
  return counts;
}

/** Neumaier's sum for all groups side by side; see numbers.ts. */
function sum(values: readonly number[], groupOf: Int32Array, groupCount: number): Float64Array {
  const sums = new Float64Array(groupCount);
  const lost = new Float64Array(groupCount);
  for (let i = 0; i < values.length; i++) {
    const group = groupOf[i] as number;
    const value = values[i] as number;
    const before = sums[group] as number;
    const next = before + value;
    if (next === Infinity || next === -Infinity) lost[group] = 0;
    else (lost[group] as number) += Math.abs(before) >= Math.abs(value) ? before - next + value : value - next + before;
    sums[group] = next;
  }
  for (let g = 0; g < groupCount; g++) (sums[g] as number) += lost[g] as number;
  return sums;
}

function average(values: readonly number[], groupOf: Int32Array, groupCount: number): Float64Array {
  const means = sum(values, groupOf, groupCount);
  const counts = count(values, groupOf, groupCount);
  let overflown = false;
  for (let g = 0; g < groupCount; g++) {
    (means[g] as number) /= counts[g] as number;
    if (!Number.isFinite(means[g])) overflown = true;
  }
  // The sum may be beyond a double where the mean is not.
  return overflown
    ? Float64Array.from(split(values, groupOf, groupCount), (part) => exactMean(part, part.length))
    : means;
}

function extremes(
  values: readonly number[],
  groupOf: Int32Array,
  groupCount: number,
  better: (value: number, found: number) => boolean,
): Float64Array {
  const found = new Float64Array(groupCount).fill(NaN);
  for (let i = 0; i < values.length; i++) {
    const group = groupOf[i] as number;
    const value = values[i] as number;
    const best = found[group] as number;
    if (better(value, best) || Number.isNaN(best)) found[group] = value;
  }
  return found;
}

/** Welford's method, for all groups side by side. */
function variances(values: readonly number[], groupOf: Int32Array, groupCount: number): Float64Array {
  const counts = new Float64Array(groupCount);
  const means = new Float64Array(groupCount);
  const squares = new Float64Array(groupCount);
  for (let i = 0; i < values.length; i++) {
    const group = groupOf[i] as number;
    const value = values[i] as number;
    const size = (counts[group] as number) + 1;
    const delta = value - (means[group] as number);
    const mean = (means[group] as number) + delta / size;
    counts[group] = size;
    means[group] = mean;
    (squares[group] as number) += delta * (value - mean);
  }
  return squares.map((square, g) => square / (counts[g] as number));
}

function quantile(
  values: readonly number[],
  groupOf: Int32Array,
  groupCount: number,
  parameter: number,
): ArrayLike<number> {
  return split(values, groupOf, groupCount).map((part) => quantileOf(parameter, part));
}

function split(values: readonly number[], groupOf: Int32Array, groupCount: number): Float64Array[] {
  const sizes = count(values, groupOf, groupCount);
  const parts = Array.from(sizes, (size) => new Float64Array(size));
  const filled = new Int32Array(groupCount);
  for (let i = 0; i < values.length; i++) {
    const group = groupOf[i] as number;
    const part = parts[group] as Float64Array;
    part[(filled[group] as number)++] = values[i] as number;
  }
  return parts;
}
