import { functionPlans } from '../functions/function-plans.js';
import type { Call, Expression, StringLiteral, Subquery, VectorSelector } from '../syntax/ast.js';
import { unwrapParens } from '../syntax/traversal.js';
import { planAggregation } from './aggregation-plan.js';
import { planBinary, planUnary } from './binary-plan.js';
import type { Plan, ScalarPlan, VectorPlan, WindowPlan } from './plan.js';
import type { Planner, Steps } from './planner.js';
import type { QueryRun } from './query-run.js';
import { planRangeSelector, planSelector } from './selector-plan.js';
import { isStepInvariant, planOnce } from './step-invariance.js';
import { planSubquery } from './subquery-plan.js';
import { TimeFrame } from './time-frame.js';

/** Numbers the selectors and subqueries of one expression. */
class Slots {
  #next = 0;

  take(): number {
    return this.#next++;
  }
}

export class QueryPlanner implements Planner {
  readonly #frame: TimeFrame;
  readonly #slots: Slots;
  /** The one that this is inside of. */
  readonly #subquery: Subquery | undefined;

  private constructor(frame: TimeFrame, slots: Slots, subquery?: Subquery) {
    this.#frame = frame;
    this.#slots = slots;
    this.#subquery = subquery;
  }

  static ofWholeQuery(): QueryPlanner {
    return new QueryPlanner(TimeFrame.WHOLE_RUN, new Slots());
  }

  get inSubquery(): boolean {
    return this.#subquery !== undefined;
  }

  stepsOf(run: QueryRun): Steps | undefined {
    if (this.#subquery === undefined) {
      const { startMs: fromMs, endMs: toMs, stepMs } = run;
      return stepMs === undefined ? undefined : { fromMs, toMs, stepMs };
    }
    const stepMs = this.#subquery.stepMs ?? run.defaultStepMs;
    const fromMs = (Math.floor(this.#frame.firstMs(run) / stepMs) + 1) * stepMs;
    return { fromMs, toMs: this.#frame.lastMs(run), stepMs };
  }

  plan(expression: Expression): Plan {
    const plan = this.#plan(expression);
    return plan.kind === 'vector' && expression.kind === 'call' && isStepInvariant(expression)
      ? planOnce(plan, this.#slots.take())
      : plan;
  }

  #plan(expression: Expression): Plan {
    switch (expression.kind) {
      case 'number': {
        const { value } = expression;
        return { kind: 'scalar', at: () => value };
      }
      case 'string':
        return { kind: 'string', text: expression.value };
      case 'selector':
        return planSelector(expression, this.#place());
      case 'range':
        return planRangeSelector(expression, this.#place());
      case 'subquery': {
        const inside = new QueryPlanner(this.#frame.under(expression, expression.rangeMs), this.#slots, expression);
        return planSubquery(expression, this.#slots.take(), inside.vector(expression.expression), this.inSubquery);
      }
      case 'paren':
        return this.plan(expression.expression);
      case 'unary':
        return planUnary(expression, this.plan(expression.expression));
      case 'binary':
        return planBinary(expression, this.plan(expression.left), this.plan(expression.right));
      case 'aggregation':
        return planAggregation(expression, this);
      case 'call':
        return this.#call(expression);
    }
  }

  // The parser has checked all types: another one here is a bug, not a mistake of the user.

  scalar(expression: Expression | undefined): ScalarPlan {
    const plan = this.#present(expression);
    if (plan.kind !== 'scalar') throw new Error(`expected a scalar, found ${plan.kind}`);
    return plan;
  }

  vector(expression: Expression | undefined): VectorPlan {
    const plan = this.#present(expression);
    if (plan.kind !== 'vector') throw new Error(`expected a vector, found ${plan.kind}`);
    return plan;
  }

  window(expression: Expression | undefined): WindowPlan {
    const plan = this.#present(expression);
    if (plan.kind !== 'matrix') throw new Error(`expected a matrix, found ${plan.kind}`);
    return plan;
  }

  text(expression: Expression | undefined): string {
    const inner = expression === undefined ? undefined : unwrapParens(expression);
    if (inner?.kind !== 'string') throw new Error(`expected a string, found ${inner?.kind ?? 'nothing'}`);
    return (inner satisfies StringLiteral).value;
  }

  timestamps(selector: VectorSelector): VectorPlan {
    return planSelector(selector, this.#place(), true);
  }

  #call(call: Call): Plan {
    const make = functionPlans.get(call.name);
    if (make === undefined) throw new Error(`no plan for the function ${call.name}`);
    return make(call, this);
  }

  #place(): { slot: number; frame: TimeFrame } {
    return { slot: this.#slots.take(), frame: this.#frame };
  }

  #present(expression: Expression | undefined): Plan {
    if (expression === undefined) throw new Error('an argument is missing');
    return this.plan(expression);
  }
}
