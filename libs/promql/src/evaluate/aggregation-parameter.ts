import type { ScalarPlan } from './plan.js';
import type { QueryRun } from './query-run.js';

/** The values that the scalar parameter of an aggregation takes during a run. */
export interface ParameterRange {
  readonly least: number;
  readonly most: number;
  readonly someNaN: boolean;
}

/**
 * A parameter is judged by all its values before any of them is used, so that a range query fails or warns as a whole.
 * Within a subquery each step is judged by itself.
 */
export class AggregationParameter {
  readonly #plan: ScalarPlan;
  readonly #inSubquery: boolean;
  readonly #known = new WeakMap<QueryRun, ParameterRange>();

  constructor(plan: ScalarPlan, inSubquery: boolean) {
    this.#plan = plan;
    this.#inSubquery = inSubquery;
  }

  at(run: QueryRun, timeMs: number): number {
    return this.#plan.at(run, timeMs);
  }

  /** Gives the range once in a run, and undefined after that, so that it is judged once. */
  unjudged(run: QueryRun, timeMs: number): ParameterRange | undefined {
    if (this.#inSubquery || run.stepMs === undefined) return rangeOf([this.at(run, timeMs)]);
    if (this.#known.has(run)) return undefined;
    const values: number[] = [];
    for (let at = run.startMs; at <= run.endMs; at += run.stepMs) values.push(this.at(run, at));
    const range = rangeOf(values);
    this.#known.set(run, range);
    return range;
  }
}

function rangeOf(values: readonly number[]): ParameterRange {
  let [least, most, someNaN] = [Infinity, -Infinity, false];
  for (const value of values) {
    if (Number.isNaN(value)) someNaN = true;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return { least, most, someNaN };
}
