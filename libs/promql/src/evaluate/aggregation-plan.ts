import { aggregateBy } from '../functions/aggregates.js';
import type { Aggregation, Expression } from '../syntax/ast.js';
import { notedRange } from '../syntax/noted-range.js';
import { AggregationGroups } from './aggregation-groups.js';
import { AggregationParameter } from './aggregation-parameter.js';
import { planCountValues } from './count-values-plan.js';
import { groupingProjection } from './label-projection.js';
import type { VectorPlan } from './plan.js';
import type { Planner } from './planner.js';
import { warnOfQuantile } from './quantile-parameter.js';
import { planTopK } from './top-k-plan.js';

export function planAggregation(aggregation: Aggregation, planner: Planner): VectorPlan {
  const { operator, without, grouping, expression } = aggregation;
  const vector = planner.vector(expression);
  if (operator === 'count_values') return planCountValues(aggregation, planner.text(aggregation.parameter), vector);
  const groups = new AggregationGroups(groupingProjection(without, grouping));
  if (operator === 'topk' || operator === 'bottomk') {
    const parameter = new AggregationParameter(planner.scalar(aggregation.parameter), planner);
    return planTopK(aggregation, parameter, vector, groups);
  }
  if (operator === 'quantile') {
    return planQuantile(aggregation.parameter as Expression, planner, vector, groups);
  }
  const aggregate = aggregateBy(operator);
  return { kind: 'vector', at: (run, timeMs) => groups.reduce(aggregate, NaN, vector.at(run, timeMs)) };
}

function planQuantile(
  expression: Expression,
  planner: Planner,
  vector: VectorPlan,
  groups: AggregationGroups,
): VectorPlan {
  const parameter = new AggregationParameter(planner.scalar(expression), planner);
  const aggregate = aggregateBy('quantile');
  const where = notedRange(expression);
  return {
    kind: 'vector',
    at(run, timeMs) {
      const input = vector.at(run, timeMs);
      const range = parameter.unjudged(run, timeMs);
      if (range?.someNaN === true) warnOfQuantile(run, NaN, where);
      else if (range !== undefined) {
        if (range.most > 1) warnOfQuantile(run, range.most, where);
        if (range.least < 0) warnOfQuantile(run, range.least, where);
      }
      return groups.reduce(aggregate, parameter.at(run, timeMs), input);
    },
  };
}
