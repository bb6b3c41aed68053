import { aggregateBy } from '../functions/aggregates.js';
import type { Aggregation, Expression } from '../syntax/ast.js';
import { AggregationGroups } from './aggregation-groups.js';
import { planCountValues } from './count-values-plan.js';
import { groupingProjection } from './label-projection.js';
import type { VectorPlan } from './plan.js';
import type { Planner } from './planner.js';
import { quantileParameter } from './quantile-parameter.js';
import { planTopK } from './top-k-plan.js';

export function planAggregation(aggregation: Aggregation, planner: Planner): VectorPlan {
  const { operator, without, grouping, expression } = aggregation;
  const vector = planner.vector(expression);
  if (operator === 'count_values') return planCountValues(aggregation, planner.text(aggregation.parameter), vector);
  const groups = new AggregationGroups(groupingProjection(without, grouping));
  if (operator === 'topk' || operator === 'bottomk') {
    return planTopK(aggregation, planner.scalar(aggregation.parameter), vector, groups);
  }
  if (operator === 'quantile') {
    const parameter = aggregation.parameter as Expression;
    const q = quantileParameter(planner.scalar(parameter), parameter.range);
    const aggregate = aggregateBy(operator);
    return { kind: 'vector', at: (run, timeMs) => groups.reduce(aggregate, q(run, timeMs), vector.at(run, timeMs)) };
  }
  const aggregate = aggregateBy(operator);
  return { kind: 'vector', at: (run, timeMs) => groups.reduce(aggregate, NaN, vector.at(run, timeMs)) };
}
