import { defineRule } from '@tapewatch/plugin-sdk';
import type { Aggregate, Limit, ThresholdSpec } from './config.js';
import { limits, thresholdSpec } from './config.js';

const operators: Readonly<Record<Limit, string>> = { above: '>', below: '<', at_least: '>=', at_most: '<=' };

const windowFunctions: Readonly<Record<Aggregate, string>> = {
  avg: 'avg_over_time',
  max: 'max_over_time',
  min: 'min_over_time',
  sum: 'sum_over_time',
  last: 'last_over_time',
  rate: 'rate',
  increase: 'increase',
};

/** What joins several series into one value: what is counted adds up, what is measured is averaged unless an extreme was asked for. */
const joins: Readonly<Record<Aggregate, string>> = {
  avg: 'avg',
  max: 'max',
  min: 'min',
  sum: 'sum',
  last: 'avg',
  rate: 'sum',
  increase: 'sum',
};

/** A metric against a number, in words; becomes PromQL as a person would write it. */
export const threshold = defineRule({
  type: 'threshold',
  description: 'Fires while a metric is above or below a number',
  spec: thresholdSpec,
  compile: (spec) => ({ promql: `${valueOf(spec)} ${comparisonOf(spec)}` }),
});

function valueOf(spec: ThresholdSpec): string {
  const aggregate = spec.aggregate ?? 'avg';
  const series = selectorOf(spec);
  const windowed = spec.over === undefined ? series : `${windowFunctions[aggregate]}(${series}[${spec.over}])`;
  return spec.by === undefined ? windowed : `${joins[aggregate]} by (${spec.by.join(', ')}) (${windowed})`;
}

function selectorOf({ metric, where = {} }: ThresholdSpec): string {
  const matchers = Object.entries(where).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return matchers.length === 0 ? metric : `${metric}{${matchers.join(', ')}}`;
}

function comparisonOf(spec: ThresholdSpec): string {
  const limit = limits.find((candidate) => spec[candidate] !== undefined);
  const bound = limit === undefined ? undefined : spec[limit];
  if (limit === undefined || bound === undefined)
    throw new Error(`A threshold is missing: add one of ${limits.join(', ')}.`);
  return `${operators[limit]} ${bound}`;
}
