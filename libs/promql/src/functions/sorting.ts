import type { Labels } from '@tapewatch/model';
import { InstantVector } from '../evaluate/instant-vector.js';
import type { FunctionPlan } from './function-plan.js';
import { compareNumbers } from './numbers.js';

/** NaN comes last in either direction. */
function sorted(vector: InstantVector, direction: 1 | -1): InstantVector {
  const { values } = vector;
  const order = Array.from(values, (_, i) => i).sort((i, j) => {
    const a = values[i] as number;
    const b = values[j] as number;
    if (Number.isNaN(a) || Number.isNaN(b)) return -compareNumbers(a, b);
    return direction * compareNumbers(a, b);
  });
  const result = new InstantVector();
  for (const i of order) result.push(vector.labels[i] as Labels, values[i] as number, vector.dropName[i] as boolean);
  return result;
}

function sortPlan(direction: 1 | -1): FunctionPlan {
  return (call, planner) => {
    const vector = planner.vector(call.args[0]);
    const { inSubquery } = planner;
    return {
      kind: 'vector',
      at(run, timeMs) {
        if (run.startMs !== run.endMs || inSubquery) {
          run.warn('sort is ineffective for range queries since results are always ordered by labels', call.range);
        }
        return sorted(vector.at(run, timeMs), direction);
      },
    };
  };
}

export const sortPlans: Readonly<Record<string, FunctionPlan>> = { sort: sortPlan(1), sort_desc: sortPlan(-1) };
