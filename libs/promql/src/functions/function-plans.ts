import type { Plan } from '../evaluate/plan.js';
import type { Planner } from '../evaluate/planner.js';
import type { Call } from '../syntax/ast.js';
import { absencePlans } from './absence.js';
import { datePlans } from './dates.js';
import { elementPlans } from './elements.js';
import { histogramPlans } from './histograms.js';
import { labelPlans } from './labels.js';
import { overTimePlans } from './over-time.js';
import { ratePlans } from './rates.js';
import { scalarPlans } from './scalars.js';
import { sortPlans } from './sorting.js';

/** Makes the plan of one call. */
export type FunctionPlan = (call: Call, planner: Planner) => Plan;

/** The implementation of every function in `signatures`. */
export const functionPlans: ReadonlyMap<string, FunctionPlan> = new Map(
  Object.entries({
    ...elementPlans,
    ...overTimePlans,
    ...ratePlans,
    ...absencePlans,
    ...datePlans,
    ...labelPlans,
    ...histogramPlans,
    ...scalarPlans,
    ...sortPlans,
  }),
);
