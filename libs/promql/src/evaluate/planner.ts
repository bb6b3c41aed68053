import type { Expression, VectorSelector } from '../syntax/ast.js';
import type { Plan, ScalarPlan, VectorPlan, WindowPlan } from './plan.js';
import type { QueryRun } from './query-run.js';

export interface Steps {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

/** Makes plans of expressions that are evaluated in one time frame. */
export interface Planner {
  /** Whether the time frame is that of a subquery. */
  readonly inSubquery: boolean;
  /** The times at which what is planned here is evaluated during a run; undefined when it is a single one. */
  stepsOf(run: QueryRun): Steps | undefined;
  plan(expression: Expression): Plan;
  scalar(expression: Expression | undefined): ScalarPlan;
  vector(expression: Expression | undefined): VectorPlan;
  window(expression: Expression | undefined): WindowPlan;
  text(expression: Expression | undefined): string;
  /** When the samples that a selector finds were taken, in seconds. */
  timestamps(selector: VectorSelector): VectorPlan;
}
