import { formatShort } from '../functions/go-format.js';
import { isQuantile } from '../functions/numbers.js';
import type { SourceRange } from '../syntax/source-range.js';
import type { ScalarPlan } from './plan.js';
import type { QueryRun } from './query-run.js';

/** A quantile outside of 0 to 1 is used as it is, with a warning. */
export function warnOfQuantile(run: QueryRun, q: number, range: SourceRange): void {
  if (!isQuantile(q)) run.warn(`quantile value should be between 0 and 1, got ${formatShort(q)}`, range);
}

/** A quantile that was asked for, warned of whether or not there is anything to take it of. */
export function quantileParameter(plan: ScalarPlan, range: SourceRange): (run: QueryRun, timeMs: number) => number {
  return (run, timeMs) => {
    const q = plan.at(run, timeMs);
    warnOfQuantile(run, q, range);
    return q;
  };
}
