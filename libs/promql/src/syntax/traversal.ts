import type { Expression, VectorSelector } from './ast.js';

export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'number':
    case 'string':
    case 'selector':
      return [];
    case 'range':
      return [expression.selector];
    case 'subquery':
    case 'paren':
    case 'unary':
      return [expression.expression];
    case 'binary':
      return [expression.left, expression.right];
    case 'aggregation':
      return expression.parameter === undefined
        ? [expression.expression]
        : [expression.parameter, expression.expression];
    case 'call':
      return expression.args;
  }
}

/** What stands in any number of parentheses. */
export function unwrapParens(expression: Expression): Expression {
  let inner = expression;
  while (inner.kind === 'paren') inner = inner.expression;
  return inner;
}

/** Every selector of an expression, in the order they are written, those of ranges included. */
export function selectorsOf(expression: Expression): VectorSelector[] {
  if (expression.kind === 'selector') return [expression];
  return childrenOf(expression).flatMap(selectorsOf);
}

/**
 * How far before the time of evaluation an expression reads: offset + range or lookback, subqueries on top, the
 * furthest of all selectors. Never negative. Infinite with an `@` modifier that names a time, because how long ago
 * that is grows with each evaluation.
 */
export function horizonMs(expression: Expression, lookbackMs: number): number {
  return reachMs(expression, lookbackMs, 0);
}

/** `beforeMs` is how far back the subqueries around it are evaluated. */
function reachMs(expression: Expression, lookbackMs: number, beforeMs: number): number {
  switch (expression.kind) {
    case 'selector':
      return behind(expression, lookbackMs, beforeMs);
    case 'range':
      return behind(expression.selector, expression.rangeMs, beforeMs);
    case 'subquery':
      return reachMs(expression.expression, lookbackMs, behind(expression, expression.rangeMs, beforeMs));
    default:
      return childrenOf(expression).reduce(
        (furthest, child) => Math.max(furthest, reachMs(child, lookbackMs, beforeMs)),
        0,
      );
  }
}

/** `@ start()` and `@ end()` are the time of the evaluation itself, also within subqueries. */
function behind({ at, offsetMs }: Pick<VectorSelector, 'at' | 'offsetMs'>, depthMs: number, beforeMs: number): number {
  if (at?.kind === 'time') return Infinity;
  return Math.max(0, (at === undefined ? beforeMs : 0) + offsetMs + depthMs);
}
