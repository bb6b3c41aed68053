import type { Expression } from '@tapewatch/promql';

const minuteMs = 60_000;
/** Two samples must lie in a range, at least, for these to say anything. */
const shortestRangeMs = 2 * minuteMs;
/** Of these the last sample of each minute gives what a scrape once a minute would give. */
const soundOverRanges = new Set([
  ...['rate', 'increase', 'delta', 'deriv', 'predict_linear'],
  ...['last_over_time', 'present_over_time', 'absent_over_time'],
]);

/**
 * Whether an expression means the same over the last sample of each minute as over every second: it looks at single values, at how
 * counters and gauges change over minutes, or, by subqueries, at results a minute or more apart. What looks at every sample of a range
 * (averages, extremes, counts, quantiles) does not.
 */
export function readsMinutes(expression: Expression, stepMs: number): boolean {
  return stepMs >= minuteMs && isSound(expression);
}

function isSound(expression: Expression): boolean {
  switch (expression.kind) {
    case 'number':
    case 'string':
    case 'selector':
      return true;
    case 'range':
      // Its function decides.
      return false;
    case 'paren':
    case 'unary':
      return isSound(expression.expression);
    case 'subquery':
      return (expression.stepMs ?? minuteMs) >= minuteMs && isSound(expression.expression);
    case 'binary':
      return isSound(expression.left) && isSound(expression.right);
    case 'aggregation':
      return isSound(expression.expression) && (expression.parameter === undefined || isSound(expression.parameter));
    case 'call':
      return expression.name !== 'timestamp' && expression.args.every((arg) => isSoundArgument(expression.name, arg));
  }
}

function isSoundArgument(name: string, argument: Expression): boolean {
  if (argument.kind === 'paren') return isSoundArgument(name, argument.expression);
  if (argument.kind !== 'range') return isSound(argument);
  return soundOverRanges.has(name) && argument.rangeMs >= shortestRangeMs;
}
