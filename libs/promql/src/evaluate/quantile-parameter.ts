import { formatShort } from '../functions/go-format.js';
import { isQuantile } from '../functions/numbers.js';
import type { SourceRange } from '../syntax/source-range.js';
import type { ScalarPlan } from './plan.js';
import type { QueryRun } from './query-run.js';

/** A quantile that was asked for; outside of 0 to 1 it is used as it is, with a warning. */
export function quantileParameter(plan: ScalarPlan, range: SourceRange): (run: QueryRun, timeMs: number) => number {
  return (run, timeMs) => {
    const q = plan.at(run, timeMs);
    if (!isQuantile(q)) run.warn(`quantile value should be between 0 and 1, got ${formatShort(q)}`, range);
    return q;
  };
}
