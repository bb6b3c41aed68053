import type { ScalarPlan } from './plan.js';
import type { Planner } from './planner.js';
import type { QueryRun } from './query-run.js';

/** The values that the scalar parameter of an aggregation takes during a run. */
export interface ParameterRange {
  readonly least: number;
  readonly most: number;
  readonly someNaN: boolean;
}

/**
 * A parameter is judged by all its values before any of them is used, so that a range query, and what is in a subquery,
 * fails or warns as a whole.
 */
export class AggregationParameter {
  readonly #plan: ScalarPlan;
  readonly #planner: Pick<Planner, 'stepsOf'>;
  readonly #judged = new WeakSet<QueryRun>();

  constructor(plan: ScalarPlan, planner: Pick<Planner, 'stepsOf'>) {
    this.#plan = plan;
    this.#planner = planner;
  }

  at(run: QueryRun, timeMs: number): number {
    return this.#plan.at(run, timeMs);
  }

  /** Gives the range once in a run, and undefined after that, so that it is judged once. */
  unjudged(run: QueryRun, timeMs: number): ParameterRange | undefined {
    const steps = this.#planner.stepsOf(run) ?? { fromMs: timeMs, toMs: timeMs, stepMs: 1 };
    if (this.#judged.has(run)) return undefined;
    this.#judged.add(run);
    let [least, most, someNaN] = [Infinity, -Infinity, false];
    let count = 0;
    for (let at = steps.fromMs; at <= steps.toMs; at += steps.stepMs) {
      if (count++ % stepsPerLook === 0) run.checkDeadline();
      const value = this.at(run, at);
      if (Number.isNaN(value)) someNaN = true;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    return { least, most, someNaN };
  }
}

const stepsPerLook = 256;
