import type { Labels } from '@tapewatch/model';
import type { Binary, Unary } from '../syntax/ast.js';
import { InstantVector } from './instant-vector.js';
import { arithmeticOf, comparisonOf, isArithmetic, isComparisonOperator } from './operators.js';
import type { Plan, ScalarPlan, VectorPlan } from './plan.js';
import { planSetOperation } from './set-operation-plan.js';
import { planVectorMatching } from './vector-matching-plan.js';

export function planBinary(binary: Binary, left: Plan, right: Plan): Plan {
  if (left.kind === 'scalar' && right.kind === 'scalar') return planScalars(binary, left, right);
  if (left.kind === 'vector' && right.kind === 'scalar') return planVectorScalar(binary, left, right, false);
  if (left.kind === 'scalar' && right.kind === 'vector') return planVectorScalar(binary, right, left, true);
  if (left.kind !== 'vector' || right.kind !== 'vector') throw new Error('unchecked operand types');
  const { operator } = binary;
  if (isArithmetic(operator) || isComparisonOperator(operator)) return planVectorMatching(binary, left, right);
  return planSetOperation(binary, left, right);
}

/** A number for two numbers; comparisons give 0 or 1. */
function numericOperation({ operator }: Binary): (a: number, b: number) => number {
  if (isArithmetic(operator)) return arithmeticOf(operator);
  if (!isComparisonOperator(operator)) throw new Error(`unchecked operator ${operator}`);
  const holds = comparisonOf(operator);
  return (a, b) => (holds(a, b) ? 1 : 0);
}

function planScalars(binary: Binary, left: ScalarPlan, right: ScalarPlan): ScalarPlan {
  const operation = numericOperation(binary);
  return { kind: 'scalar', at: (run, timeMs) => operation(left.at(run, timeMs), right.at(run, timeMs)) };
}

/** `swapped`: the scalar was written on the left. */
function planVectorScalar(binary: Binary, vector: VectorPlan, scalar: ScalarPlan, swapped: boolean): VectorPlan {
  const { operator, bool } = binary;
  const combine =
    isComparisonOperator(operator) && !bool
      ? filterBy(comparisonOf(operator), swapped)
      : mapBy(numericOperation(binary), swapped);
  return { kind: 'vector', at: (run, timeMs) => combine(vector.at(run, timeMs), scalar.at(run, timeMs)) };
}

type Combination = (vector: InstantVector, scalar: number) => InstantVector;

function mapBy(operation: (a: number, b: number) => number, swapped: boolean): Combination {
  return (vector, scalar) => {
    const result = new InstantVector();
    for (let i = 0; i < vector.length; i++) {
      const value = vector.values[i] as number;
      const outcome = swapped ? operation(scalar, value) : operation(value, scalar);
      result.push(vector.labels[i] as Labels, outcome, true);
    }
    return result;
  };
}

function filterBy(holds: (a: number, b: number) => boolean, swapped: boolean): Combination {
  return (vector, scalar) => {
    const result = new InstantVector();
    for (let i = 0; i < vector.length; i++) {
      const value = vector.values[i] as number;
      if (!(swapped ? holds(scalar, value) : holds(value, scalar))) continue;
      result.push(vector.labels[i] as Labels, value, vector.dropName[i] as boolean);
    }
    return result;
  };
}

export function planUnary({ operator }: Unary, operand: Plan): Plan {
  if (operator === '+') return operand;
  if (operand.kind === 'scalar') return { kind: 'scalar', at: (run, timeMs) => -operand.at(run, timeMs) };
  if (operand.kind !== 'vector') throw new Error('unchecked operand type');
  const negate = mapBy((value) => -value, false);
  return { kind: 'vector', at: (run, timeMs) => negate(operand.at(run, timeMs), 0) };
}
