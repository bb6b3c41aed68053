import { accepted, formatDuration, refused, type CommandResult } from '@tapewatch/model';
import { formatExpression, timeSpanOf } from '@tapewatch/promql';
import { readsMinutes } from '../minute-rule.js';
import type { BacktestRequest } from './backtest-result.js';
import type { BacktestSurroundings } from './backtest-surroundings.js';
import type { AskedExpression } from './subject.js';

const secondMs = 1_000;
const minuteMs = 60_000;
const longestMs = 31 * 86_400_000;

/** The whole seconds that are judged, and since when every sample is kept. */
export interface BacktestRange {
  readonly from: number;
  readonly to: number;
  readonly rawFromMs: number;
}

/** Refuses a range without history, one that is too long, and what minutes alone cannot tell. */
export function rangeOf(
  request: BacktestRequest,
  { metrics, rawMs, clock }: Pick<BacktestSurroundings, 'metrics' | 'rawMs' | 'clock'>,
  asked: readonly AskedExpression[],
): CommandResult<BacktestRange> {
  const newestMs = metrics.memory.lastTickAt ?? Math.floor(clock.now() / secondMs) * secondMs;
  const from = Math.ceil(request.from / secondMs) * secondMs;
  const to = Math.min(Math.floor(request.to / secondMs) * secondMs, newestMs);
  if (request.from >= request.to) return refused('INVALID_INPUT', 'from must lie before to', 'from');
  const { oldestMs } = metrics;
  if (oldestMs === undefined) return refused('INVALID_INPUT', 'there is no history yet', 'from');
  if (from > newestMs)
    return refused('INVALID_INPUT', `there is no history yet of that time: it ends at ${iso(newestMs)}`, 'from');
  if (to < oldestMs)
    return refused('INVALID_INPUT', `there is no history of that time: it begins at ${iso(oldestMs)}`, 'to');
  if (to - from > longestMs)
    return refused('QUERY_LIMIT', `a backtest takes at most ${formatDuration(longestMs)} at once`, 'from');
  const rawFromMs = newestMs - rawMs;
  if (oldestMs >= rawFromMs) return accepted({ from, to, rawFromMs: -Infinity });
  return minutesSuffice({ from, to, rawFromMs }, asked);
}

/** What is older than raw samples is judged from the last sample of each minute, where that means the same. */
function minutesSuffice(range: BacktestRange, asked: readonly AskedExpression[]): CommandResult<BacktestRange> {
  const { from, rawFromMs } = range;
  const needsMs = asked.map(({ expression, queryOffsetMs }) => {
    const span = timeSpanOf(expression, from - queryOffsetMs, from - queryOffsetMs, 0);
    return span === undefined ? 0 : rawFromMs - span.fromMs;
  });
  const blind = asked.filter(({ expression }, i) => (needsMs[i] as number) > 0 && !readsMinutes(expression, minuteMs));
  const [first] = blind;
  if (first === undefined) return accepted(range);
  const soonest = from + Math.max(...needsMs);
  return refused(
    'INVALID_INPUT',
    `every sample is kept since ${iso(rawFromMs)} only, and ${formatExpression(first.expression)} looks at more than the last of each minute; begin at ${iso(soonest)} or later`,
    'from',
  );
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
