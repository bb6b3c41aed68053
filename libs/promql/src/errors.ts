import type { SourceRange } from './syntax/source-range.js';

/**
 * The text is not PromQL, or not the PromQL that is evaluated here. `message` is worded as Prometheus words it,
 * `LINE:COLUMN: parse error: ...`, the column in bytes from 1; `reason` is the same without the place.
 */
export class PromqlError extends Error {
  override readonly name: string = 'PromqlError';
  readonly reason: string;
  readonly line: number;
  readonly column: number;
  readonly start: number;
  readonly end: number;

  constructor(reason: string, range: SourceRange) {
    super(`${range.line}:${range.column}: parse error: ${reason}`);
    this.reason = reason;
    this.line = range.line;
    this.column = range.column;
    this.start = range.start;
    this.end = range.end;
  }
}

/** The text is PromQL that is refused here: experimental syntax, or what works on native histograms alone. */
export class UnsupportedError extends PromqlError {
  override readonly name = 'UnsupportedError';
  /** What was refused, as in `the experimental function info()`. */
  readonly feature: string;

  constructor(feature: string, range: SourceRange) {
    super(`${feature} is not supported`, range);
    this.feature = feature;
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
