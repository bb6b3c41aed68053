import type { Plan } from '../evaluate/plan.js';
import type { Planner } from '../evaluate/planner.js';
import type { Call } from '../syntax/ast.js';

/** Makes the plan of one call. */
export type FunctionPlan = (call: Call, planner: Planner) => Plan;
