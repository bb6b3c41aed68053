import type { Labels } from '@tapewatch/model';
import type { SourceRange } from './syntax/source-range.js';

/** Something the asker should know about a result that stands nevertheless. */
export interface Note {
  /** As Prometheus words it, without the place. */
  readonly message: string;
  /** The part of the expression it is about. */
  readonly range: SourceRange;
}

/** As Prometheus shows a note: `PromQL warning: ... (1:5)`. */
export function formatNote(note: Note): string {
  return `${note.message} (${note.range.line}:${note.range.column})`;
}

export interface VectorSample {
  readonly labels: Labels;
  readonly value: number;
}

export interface MatrixSeries {
  readonly labels: Labels;
  /** Milliseconds, ascending; `values[i]` belongs to `times[i]`. */
  readonly times: Float64Array;
  readonly values: Float64Array;
}

interface Notes {
  readonly warnings: readonly Note[];
  readonly infos: readonly Note[];
}

/**
 * What an instant query gives is what its expression is; a range query always gives a matrix. A vector keeps the
 * order of sort(), topk() and bottomk(); a range query's matrix is sorted by labels.
 */
export type QueryResult = Notes &
  (
    | { readonly kind: 'scalar'; readonly timeMs: number; readonly value: number }
    | { readonly kind: 'string'; readonly timeMs: number; readonly value: string }
    | { readonly kind: 'vector'; readonly timeMs: number; readonly series: readonly VectorSample[] }
    | { readonly kind: 'matrix'; readonly series: readonly MatrixSeries[] }
  );

export interface EvaluateOptions {
  /** How old the newest sample of a series may be; 5 minutes when absent. */
  readonly lookbackMs?: number;
  /** The step of subqueries that give none; 1 minute when absent. */
  readonly defaultStepMs?: number;
  readonly limits?: QueryLimits;
}

/** Each absent limit is no limit. Going over one throws QueryLimitError. */
export interface QueryLimits {
  /** Samples read, counted over the whole query. */
  readonly maxSamples?: number;
  /** Series that any one selector may find. */
  readonly maxSeries?: number;
  /** Points in the result. */
  readonly maxPoints?: number;
  /** Asked now and then during the evaluation; true when its time is up. */
  readonly deadline?: () => boolean;
}
