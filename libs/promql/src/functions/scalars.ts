import { Labels } from '@tapewatch/model';
import { InstantVector } from '../evaluate/instant-vector.js';
import type { Expression } from '../syntax/ast.js';
import { unwrapParens } from '../syntax/traversal.js';
import type { FunctionPlan } from './function-plan.js';

const scalar: FunctionPlan = ({ args }, planner) => {
  const vector = planner.vector(args[0]);
  return {
    kind: 'scalar',
    at(run, timeMs) {
      const { values } = vector.at(run, timeMs);
      return values.length === 1 ? (values[0] as number) : NaN;
    },
  };
};

const vector: FunctionPlan = ({ args }, planner) => {
  const value = planner.scalar(args[0]);
  return {
    kind: 'vector',
    at(run, timeMs) {
      const result = new InstantVector();
      result.push(Labels.EMPTY, value.at(run, timeMs), false);
      return result;
    },
  };
};

/** Of a selector, when its samples were taken; of anything else, when it was worked out, which is now. */
const timestamp: FunctionPlan = ({ args }, planner) => {
  const argument = unwrapParens(args[0] as Expression);
  if (argument.kind === 'selector') return planner.timestamps(argument);
  const vectorPlan = planner.vector(argument);
  return {
    kind: 'vector',
    at(run, timeMs) {
      const result = new InstantVector();
      for (const labels of vectorPlan.at(run, timeMs).labels) result.push(labels, timeMs / 1000, true);
      return result;
    },
  };
};

export const scalarPlans: Readonly<Record<string, FunctionPlan>> = {
  scalar,
  vector,
  timestamp,
  time: () => ({ kind: 'scalar', at: (_run, timeMs) => timeMs / 1000 }),
  pi: () => ({ kind: 'scalar', at: () => Math.PI }),
};
