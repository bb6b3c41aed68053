import type { ArithmeticOperator, ComparisonOperator } from '../syntax/ast.js';

const arithmetic: Readonly<Record<ArithmeticOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': power,
  atan2: Math.atan2,
};

const comparison: Readonly<Record<ComparisonOperator, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

export function isArithmetic(operator: string): operator is ArithmeticOperator {
  return Object.hasOwn(arithmetic, operator);
}

export function isComparisonOperator(operator: string): operator is ComparisonOperator {
  return Object.hasOwn(comparison, operator);
}

export function arithmeticOf(operator: ArithmeticOperator): (a: number, b: number) => number {
  return arithmetic[operator];
}

export function comparisonOf(operator: ComparisonOperator): (a: number, b: number) => boolean {
  return comparison[operator];
}

/** As IEEE 754 and Go have it: 1 to any power is 1, and so is -1 to an infinite one, where JavaScript says NaN. */
function power(base: number, exponent: number): number {
  if (base === 1) return 1;
  if (base === -1 && (exponent === Infinity || exponent === -Infinity)) return 1;
  return base ** exponent;
}
