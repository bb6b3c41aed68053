import type { Labels } from '@tapewatch/model';
import type { Expression } from '@tapewatch/promql';
import { horizonMs } from '@tapewatch/promql';

/** The label sets of an expression's result; throws when it fails. */
export type Results = (expression: Expression) => readonly Labels[];

/**
 * Whether an expression cannot have an element for an alert, although samples are kept since `runMs` ago only, which is less than it looks back. A part
 * is known when its own window is filled: one side of `and` that lacks the element refutes the whole, both sides of `or` do, and so does what stands
 * after `unless` and has it. `isOf` says whether labels of a result can belong to the alert.
 */
export function isRefuted(
  expression: Expression,
  runMs: number,
  results: Results,
  isOf: (labels: Labels) => boolean,
): boolean {
  const refuted = (part: Expression): boolean => isRefuted(part, runMs, results, isOf);
  const isFilled = (part: Expression): boolean => horizonMs(part, 0) <= runMs;
  if (expression.kind === 'paren') return refuted(expression.expression);
  if (expression.kind === 'binary') {
    const { operator, left, right } = expression;
    if (operator === 'and') return refuted(left) || refuted(right);
    if (operator === 'or') return refuted(left) && refuted(right);
    if (operator === 'unless') return refuted(left) || (isFilled(right) && results(right).some(isOf));
  }
  return isFilled(expression) && !results(expression).some(isOf);
}
