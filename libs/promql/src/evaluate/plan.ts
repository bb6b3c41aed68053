import type { Labels } from '@tapewatch/model';
import type { SampleBuffer } from '../series-source.js';
import type { InstantVector } from './instant-vector.js';
import type { QueryRun } from './query-run.js';

/*
 * A plan is an expression made ready to be evaluated: operators are chosen, selectors know what they read, and memos
 * of label sets live from one evaluation to the next. One plan is never evaluated twice at the same time.
 */
export type Plan = ScalarPlan | StringPlan | VectorPlan | WindowPlan;

export interface ScalarPlan {
  readonly kind: 'scalar';
  at(run: QueryRun, timeMs: number): number;
}

export interface StringPlan {
  readonly kind: 'string';
  readonly text: string;
}

export interface VectorPlan {
  readonly kind: 'vector';
  at(run: QueryRun, timeMs: number): InstantVector;
}

/** A range vector: at each time every series has a window of samples. */
export interface WindowPlan {
  readonly kind: 'matrix';
  readonly rangeMs: number;
  /** The end of the window, included; it starts, excluded, `rangeMs` before. */
  endOf(run: QueryRun, timeMs: number): number;
  /**
   * Visits each series that has samples in its window. The buffer belongs to the plan and is filled anew for the next
   * series.
   */
  visit(run: QueryRun, timeMs: number, visitor: WindowVisitor): void;
}

export type WindowVisitor = (labels: Labels, samples: SampleBuffer, dropName: boolean) => void;
