import type { Grid } from '@tapewatch/metric-store';
import { selectorsOf, type Expression } from '@tapewatch/promql';

/**
 * The times at which a range query from `fromMs` looks for newest samples, where it looks at nothing else: no ranges, no subqueries, no `@`,
 * and one offset for all of it. Of the samples of days, most need not even be decoded then.
 */
export function readingGrid(expression: Expression, fromMs: number, stepMs: number): Grid | undefined {
  if (!readsNewestOnly(expression)) return undefined;
  const [first, ...others] = selectorsOf(expression);
  if (first === undefined || others.some(({ offsetMs }) => offsetMs !== first.offsetMs)) return undefined;
  return { firstMs: fromMs - first.offsetMs, stepMs };
}

function readsNewestOnly(expression: Expression): boolean {
  switch (expression.kind) {
    case 'number':
    case 'string':
      return true;
    case 'selector':
      return expression.at === undefined;
    case 'range':
    case 'subquery':
      return false;
    case 'paren':
    case 'unary':
      return readsNewestOnly(expression.expression);
    case 'binary':
      return readsNewestOnly(expression.left) && readsNewestOnly(expression.right);
    case 'aggregation':
      return [expression.expression, expression.parameter].every((part) => part === undefined || readsNewestOnly(part));
    case 'call':
      return expression.args.every(readsNewestOnly);
  }
}
