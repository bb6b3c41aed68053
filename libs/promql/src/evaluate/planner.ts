import type { Expression, VectorSelector } from '../syntax/ast.js';
import type { Plan, ScalarPlan, VectorPlan, WindowPlan } from './plan.js';

/** Makes plans of expressions that are evaluated in one time frame. */
export interface Planner {
  /** Whether the time frame is that of a subquery. */
  readonly inSubquery: boolean;
  plan(expression: Expression): Plan;
  scalar(expression: Expression | undefined): ScalarPlan;
  vector(expression: Expression | undefined): VectorPlan;
  window(expression: Expression | undefined): WindowPlan;
  text(expression: Expression | undefined): string;
  /** When the samples that a selector finds were taken, in seconds. */
  timestamps(selector: VectorSelector): VectorPlan;
}
