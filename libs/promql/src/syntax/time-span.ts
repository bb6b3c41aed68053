import type { Expression, VectorSelector } from './ast.js';
import { childrenOf } from './traversal.js';

/** (fromMs, toMs] */
export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The time that an expression reads samples of when it is evaluated from `startMs` to `endMs` (one time: both the same); undefined when
 * it reads none. Offsets, ranges, subqueries, `@` and the lookback are in it.
 */
export function timeSpanOf(
  expression: Expression,
  startMs: number,
  endMs: number,
  lookbackMs: number,
): TimeSpan | undefined {
  const query = { fromMs: startMs, toMs: endMs };
  return spanWithin(expression, query, query, lookbackMs);
}

function spanWithin(
  expression: Expression,
  frame: TimeSpan,
  query: TimeSpan,
  lookbackMs: number,
): TimeSpan | undefined {
  switch (expression.kind) {
    case 'selector':
      return behind(shifted(expression, frame, query), lookbackMs);
    case 'range':
      return behind(shifted(expression.selector, frame, query), expression.rangeMs);
    case 'subquery':
      return spanWithin(
        expression.expression,
        behind(shifted(expression, frame, query), expression.rangeMs),
        query,
        lookbackMs,
      );
    default:
      return childrenOf(expression).reduce<TimeSpan | undefined>(
        (all, child) => united(all, spanWithin(child, frame, query, lookbackMs)),
        undefined,
      );
  }
}

function shifted(
  { at, offsetMs }: Pick<VectorSelector, 'at' | 'offsetMs'>,
  frame: TimeSpan,
  query: TimeSpan,
): TimeSpan {
  const fixed =
    at === undefined ? undefined : at.kind === 'time' ? at.timeMs : at.kind === 'start' ? query.fromMs : query.toMs;
  return { fromMs: (fixed ?? frame.fromMs) - offsetMs, toMs: (fixed ?? frame.toMs) - offsetMs };
}

function behind({ fromMs, toMs }: TimeSpan, depthMs: number): TimeSpan {
  return { fromMs: fromMs - depthMs, toMs };
}

function united(a: TimeSpan | undefined, b: TimeSpan | undefined): TimeSpan | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return { fromMs: Math.min(a.fromMs, b.fromMs), toMs: Math.max(a.toMs, b.toMs) };
}
