import { absencePlans } from './absence.js';
import { datePlans } from './dates.js';
import { elementPlans } from './elements.js';
import type { FunctionPlan } from './function-plan.js';
import { histogramPlans } from './histograms.js';
import { labelPlans } from './labels.js';
import { overTimePlans } from './over-time.js';
import { ratePlans } from './rates.js';
import { scalarPlans } from './scalars.js';
import { sortPlans } from './sorting.js';

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
