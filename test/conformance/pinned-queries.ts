import type { Expression, VectorSelector } from '@tapewatch/promql';
import { printExpression } from '@tapewatch/promql';

export interface PinnedQuery {
  readonly expression: string;
  readonly atMs: number;
}

const dependsOnTime = new Set(
  (
    'days_in_month day_of_month day_of_week day_of_year hour minute month year predict_linear time timestamp ' +
    'end range start step'
  ).split(' '),
);

/**
 * An instant query with `@ atMs` behind every selector gives the same at any time, as long as no function in it looks
 * at the clock; so it is asked at several.
 */
export function pinnedQueries(expression: Expression, atMs: number): PinnedQuery[] {
  if (looksAtClock(expression)) return [];
  const text = printExpression(pinned(expression, atMs));
  const times = atMs === 0 ? [-1000, 0, 1000] : [-10 * atMs, 0, Math.trunc(atMs / 5), atMs, 10 * atMs];
  return times.map((time) => ({ expression: text, atMs: time }));
}

/** What is inside of a subquery is pinned with it. */
function looksAtClock(expression: Expression): boolean {
  switch (expression.kind) {
    case 'call':
      return dependsOnTime.has(expression.name) || expression.args.some(looksAtClock);
    case 'paren':
    case 'unary':
      return looksAtClock(expression.expression);
    case 'binary':
      return looksAtClock(expression.left) || looksAtClock(expression.right);
    case 'aggregation':
      return (
        looksAtClock(expression.expression) ||
        (expression.parameter !== undefined && looksAtClock(expression.parameter))
      );
    default:
      return false;
  }
}

function pinned(expression: Expression, atMs: number): Expression {
  switch (expression.kind) {
    case 'number':
    case 'string':
      return expression;
    case 'selector':
      return pinnedSelector(expression, atMs);
    case 'range':
      return { ...expression, selector: pinnedSelector(expression.selector, atMs) };
    case 'subquery':
      return { ...expression, at: expression.at?.kind === 'time' ? expression.at : { kind: 'time', timeMs: atMs } };
    case 'paren':
    case 'unary':
      return { ...expression, expression: pinned(expression.expression, atMs) };
    case 'binary':
      return { ...expression, left: pinned(expression.left, atMs), right: pinned(expression.right, atMs) };
    case 'call':
      return { ...expression, args: expression.args.map((arg) => pinned(arg, atMs)) };
    case 'aggregation': {
      const { parameter } = expression;
      const changed = parameter === undefined ? {} : { parameter: pinned(parameter, atMs) };
      return { ...expression, expression: pinned(expression.expression, atMs), ...changed };
    }
  }
}

function pinnedSelector(selector: VectorSelector, atMs: number): VectorSelector {
  return { ...selector, at: selector.at?.kind === 'time' ? selector.at : { kind: 'time', timeMs: atMs } };
}
