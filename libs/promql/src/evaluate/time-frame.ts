import type { AtModifier } from '../syntax/ast.js';
import type { QueryRun } from './query-run.js';

interface Modifiers {
  readonly at?: AtModifier;
  readonly offsetMs: number;
}

/** The time an expression looks at under its `@` and offset modifiers when it is evaluated at `timeMs`. */
export function shiftedTime({ at, offsetMs }: Modifiers, run: QueryRun, timeMs: number): number {
  return pinnedTime(at, run, timeMs) - offsetMs;
}

function pinnedTime(at: AtModifier | undefined, run: QueryRun, timeMs: number): number {
  switch (at?.kind) {
    case undefined:
      return timeMs;
    case 'time':
      return at.timeMs;
    case 'start':
      return run.startMs;
    case 'end':
      return run.endMs;
  }
}

/**
 * The times at which a part of an expression is evaluated during a run; known relative to the run, so that it is
 * worked out once.
 */
export class TimeFrame {
  static readonly WHOLE_RUN = new TimeFrame(undefined, 0, 0);

  readonly #at: AtModifier | undefined;
  readonly #earlierBy: number;
  readonly #laterBy: number;

  private constructor(at: AtModifier | undefined, earlierBy: number, laterBy: number) {
    this.#at = at;
    this.#earlierBy = earlierBy;
    this.#laterBy = laterBy;
  }

  /** The frame of what stands under these modifiers and reads back `rangeMs` from each of its times. */
  under({ at, offsetMs }: Modifiers, rangeMs: number): TimeFrame {
    if (at !== undefined) return new TimeFrame(at, -offsetMs - rangeMs, -offsetMs);
    return new TimeFrame(this.#at, this.#earlierBy - offsetMs - rangeMs, this.#laterBy - offsetMs);
  }

  firstMs(run: QueryRun): number {
    return pinnedTime(this.#at, run, run.startMs) + this.#earlierBy;
  }

  lastMs(run: QueryRun): number {
    return pinnedTime(this.#at, run, run.endMs) + this.#laterBy;
  }
}
