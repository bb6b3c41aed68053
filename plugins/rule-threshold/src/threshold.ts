import type { CompiledRule, Limit } from '@tapewatch/plugin-sdk';
import { compileLevels, defineRule, limitOf, promqlRange, promqlSelector } from '@tapewatch/plugin-sdk';
import type { Aggregate, Level, ThresholdSpec } from './config.js';
import { thresholdSpec } from './config.js';

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
  compile(spec, { intervalMs }) {
    return compileLevels<Level>(spec, (level) => compiledLevel(spec, level, intervalMs));
  },
});

function compiledLevel(spec: ThresholdSpec, level: Level, intervalMs: number): CompiledRule {
  const { limit, value } = limitOf(level);
  const measured = valueOf(spec);
  const beyond = `${measured} ${operators[limit]} ${value}`;
  return {
    promql: spec.matches === undefined ? beyond : matched(spec, spec.matches, measured, beyond, intervalMs),
    ...(level.clear === undefined ? {} : { holds: `${measured} ${operators[limit]} ${level.clear}` }),
  };
}

/** The newest of the values that count, while enough of them are beyond. */
function matched(
  spec: ThresholdSpec,
  { times, of }: NonNullable<ThresholdSpec['matches']>,
  measured: string,
  beyond: string,
  intervalMs: number,
): string {
  const window = promqlRange(of * intervalMs);
  const steps = `[${window}:${promqlRange(intervalMs)}]`;
  const newest = isSelector(spec) ? `${measured}[${window}]` : `${measured}${steps}`;
  return `last_over_time(${newest}) and count_over_time((${beyond})${steps}) >= ${times}`;
}

function valueOf(spec: ThresholdSpec): string {
  const aggregate = spec.aggregate ?? 'avg';
  const series = promqlSelector(spec.metric, spec.where);
  const windowed =
    spec.over === undefined ? series : `${windowFunctions[aggregate]}(${series}[${promqlRange(spec.over)}])`;
  return spec.by === undefined ? windowed : `${joins[aggregate]} by (${spec.by.join(', ')}) (${windowed})`;
}

function isSelector({ over, by }: ThresholdSpec): boolean {
  return over === undefined && by === undefined;
}
