import type { Labels } from '@tapewatch/model';
import { InstantVector } from '../evaluate/instant-vector.js';
import type { ScalarPlan, VectorPlan } from '../evaluate/plan.js';
import type { FunctionPlan } from './function-plan.js';

/** Applies a function of one number to every sample. */
function mapped(vector: InstantVector, change: (value: number) => number): InstantVector {
  const result = new InstantVector();
  for (let i = 0; i < vector.length; i++) {
    result.push(vector.labels[i] as Labels, change(vector.values[i] as number), true);
  }
  return result;
}

function ofOneNumber(change: (value: number) => number): FunctionPlan {
  return (call, planner) => {
    const vector = planner.vector(call.args[0]);
    return { kind: 'vector', at: (run, timeMs) => mapped(vector.at(run, timeMs), change) };
  };
}

function sign(value: number): number {
  return value < 0 ? -1 : value > 0 ? 1 : value;
}

const round: FunctionPlan = (call, planner) => {
  const vector = planner.vector(call.args[0]);
  const nearest = call.args[1] === undefined ? undefined : planner.scalar(call.args[1]);
  return {
    kind: 'vector',
    at(run, timeMs) {
      // Multiplying by the inverse loses less than dividing: round(0.15, 0.1) and the like.
      const inverse = 1 / (nearest === undefined ? 1 : nearest.at(run, timeMs));
      return mapped(vector.at(run, timeMs), (value) => Math.floor(value * inverse + 0.5) / inverse);
    },
  };
};

function clampPlan(vector: VectorPlan, low: ScalarPlan, high: ScalarPlan): VectorPlan {
  return {
    kind: 'vector',
    at(run, timeMs) {
      const least = low.at(run, timeMs);
      const most = high.at(run, timeMs);
      const unbound = vector.at(run, timeMs);
      if (most < least) return new InstantVector();
      return mapped(unbound, (value) => larger(least, smaller(most, value)));
    },
  };
}

/** As Go has it: an infinity on the side that is looked for wins even over NaN. */
function larger(a: number, b: number): number {
  return a === Infinity || b === Infinity ? Infinity : Math.max(a, b);
}

function smaller(a: number, b: number): number {
  return a === -Infinity || b === -Infinity ? -Infinity : Math.min(a, b);
}

const noLeast: ScalarPlan = { kind: 'scalar', at: () => -Infinity };
const noMost: ScalarPlan = { kind: 'scalar', at: () => Infinity };

export const elementPlans: Readonly<Record<string, FunctionPlan>> = {
  abs: ofOneNumber(Math.abs),
  ceil: ofOneNumber(Math.ceil),
  floor: ofOneNumber(Math.floor),
  exp: ofOneNumber(Math.exp),
  sqrt: ofOneNumber(Math.sqrt),
  ln: ofOneNumber(Math.log),
  log2: ofOneNumber(Math.log2),
  log10: ofOneNumber(Math.log10),
  sgn: ofOneNumber(sign),
  deg: ofOneNumber((value) => (value * 180) / Math.PI),
  rad: ofOneNumber((value) => (value * Math.PI) / 180),
  sin: ofOneNumber(Math.sin),
  cos: ofOneNumber(Math.cos),
  tan: ofOneNumber(Math.tan),
  asin: ofOneNumber(Math.asin),
  acos: ofOneNumber(Math.acos),
  atan: ofOneNumber(Math.atan),
  sinh: ofOneNumber(Math.sinh),
  cosh: ofOneNumber(Math.cosh),
  tanh: ofOneNumber(Math.tanh),
  asinh: ofOneNumber(Math.asinh),
  acosh: ofOneNumber(Math.acosh),
  atanh: ofOneNumber(Math.atanh),
  round,
  clamp: ({ args }, planner) => clampPlan(planner.vector(args[0]), planner.scalar(args[1]), planner.scalar(args[2])),
  clamp_min: ({ args }, planner) => clampPlan(planner.vector(args[0]), planner.scalar(args[1]), noMost),
  clamp_max: ({ args }, planner) => clampPlan(planner.vector(args[0]), noLeast, planner.scalar(args[1])),
};
