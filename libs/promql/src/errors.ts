import type { SourceRange } from './syntax/source-range.js';

/**
 * The text is not PromQL, or not the PromQL that is evaluated here. `message` starts with `LINE:COLUMN: ` and says
 * what was found and what was expected; `reason` is the same without the place.
 */
export class PromqlError extends Error {
  override readonly name = 'PromqlError';
  readonly reason: string;
  readonly line: number;
  readonly column: number;
  readonly start: number;
  readonly end: number;

  constructor(reason: string, range: SourceRange) {
    super(`${range.line}:${range.column}: ${reason}`);
    this.reason = reason;
    this.line = range.line;
    this.column = range.column;
    this.start = range.start;
    this.end = range.end;
  }
}

/** The expression is right but has no answer for the data it met, as when two series end up with the same labels. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
  /** The part of the expression that failed. */
  readonly range: SourceRange;

  constructor(message: string, range: SourceRange) {
    super(message);
    this.range = range;
  }
}

export type QueryLimit = 'maxSamples' | 'maxSeries' | 'maxPoints' | 'deadline';

/** The query went over one of `EvaluateOptions.limits`; nothing of its result is kept. */
export class QueryLimitError extends Error {
  override readonly name = 'QueryLimitError';
  readonly limit: QueryLimit;

  constructor(limit: QueryLimit, message: string) {
    super(message);
    this.limit = limit;
  }
}
