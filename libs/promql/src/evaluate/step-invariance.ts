import type { Expression } from '../syntax/ast.js';
import { childrenOf } from '../syntax/traversal.js';
import type { VectorPlan } from './plan.js';

/** Their results depend on the time of the evaluation, whatever `@` stands on their arguments. */
const timeDependent: ReadonlySet<string> = new Set([
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'days_in_month',
  'hour',
  'minute',
  'month',
  'predict_linear',
  'time',
  'timestamp',
  'year',
]);

/** Whether an expression that reads series has the same result at every step of a query, as `@` pins all that it reads. */
export function isStepInvariant(expression: Expression): boolean {
  return pinned(expression) === 'pinned';
}

/** `constant`: it reads nothing. */
function pinned(expression: Expression): 'pinned' | 'constant' | 'moving' {
  if (expression.kind === 'selector' || expression.kind === 'subquery')
    return expression.at === undefined ? 'moving' : 'pinned';
  if (expression.kind === 'call' && timeDependent.has(expression.name)) return 'moving';
  const parts = childrenOf(expression).map(pinned);
  if (parts.includes('moving')) return 'moving';
  return parts.includes('pinned') ? 'pinned' : 'constant';
}

/** Evaluated at the first step that asks, and kept for the rest of the run. */
export function planOnce(plan: VectorPlan, slot: number): VectorPlan {
  return {
    kind: 'vector',
    at(run, timeMs) {
      const kept = run.subqueryResults(slot);
      const known = kept.get(0);
      if (known !== undefined) return known;
      const result = plan.at(run, timeMs);
      kept.set(0, result);
      return result;
    },
  };
}
