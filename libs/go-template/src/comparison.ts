import { printed } from './print.js';
import type { Value } from './value.js';
import { isTrue, typeName } from './value.js';

type Kind = 'bool' | 'int' | 'float' | 'string';

/** Go keeps int and float64 apart: `gt $value 10` is an error where `gt $value 10.0` is not. */
function kindOf(value: Value): Kind | undefined {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'float';
    case 'string':
      return 'string';
    default:
      return undefined;
  }
}

/** Whether `first` equals any of the others. */
export function equalsAny(first: Value, others: readonly Value[]): boolean {
  if (others.length === 0) throw new Error('missing argument for comparison');
  return others.some((other) => equals(first, other));
}

export function equals(a: Value, b: Value): boolean {
  if (a === undefined || b === undefined) return a === b;
  const [left, right] = [kindOf(a), kindOf(b)];
  if (left === undefined || right === undefined) {
    const odd = left === undefined ? a : b;
    throw new Error(`non-comparable type ${printed(odd)}: ${typeName(odd)}`);
  }
  if (left !== right) throw incompatible(a, b);
  return a === b;
}

export function lessThan(a: Value, b: Value): boolean {
  const [left, right] = [kindOf(a), kindOf(b)];
  if (left === undefined || right === undefined) throw new Error('invalid type for comparison');
  if (left !== right) throw incompatible(a, b);
  if (left === 'bool') throw new Error('invalid type for comparison');
  return (a as string | number | bigint) < (b as string | number | bigint);
}

export function lessOrEqual(a: Value, b: Value): boolean {
  return lessThan(a, b) || equals(a, b);
}

function incompatible(a: Value, b: Value): Error {
  return new Error(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
}

/** The first argument that decides, or the last: `and` stops at what is false, `or` at what is true. */
export function decides(operator: 'and' | 'or', value: Value): boolean {
  return isTrue(value) === (operator === 'or');
}
