import { accepted, refused, type CommandResult } from '@tapewatch/model';
import type { ReportRange } from './daily/compute-daily-report.js';

const dayMs = 86_400_000;
export const longestRangeMs = 31 * dayMs;

/** The last whole UTC day before `now`. */
export function lastWholeDay(now: number): { readonly fromMs: number; readonly toMs: number } {
  const toMs = Math.floor(now / dayMs) * dayMs;
  return { fromMs: toMs - dayMs, toMs };
}

/** What a report is to be about; without either end the last whole UTC day, without one of them a day from or up to the other. */
export function reportRange(
  asked: { readonly from?: number | undefined; readonly to?: number | undefined },
  now: number,
): CommandResult<ReportRange> {
  const { from, to } = asked;
  if (from === undefined && to === undefined) return accepted({ ...lastWholeDay(now), cutOff: false });
  const fromMs = from ?? (to as number) - dayMs;
  const wantedMs = to ?? fromMs + dayMs;
  if (fromMs >= wantedMs) return refused('INVALID_INPUT', 'from must lie before to', 'from');
  if (fromMs >= now) return refused('INVALID_INPUT', 'from lies in the future', 'from');
  if (fromMs < 0) return refused('INVALID_INPUT', 'from lies before 1970', 'from');
  const toMs = Math.min(wantedMs, now);
  if (toMs - fromMs > longestRangeMs) return refused('INVALID_INPUT', 'A report is of 31 days at most', 'from');
  return accepted({ fromMs, toMs, cutOff: toMs < wantedMs });
}
