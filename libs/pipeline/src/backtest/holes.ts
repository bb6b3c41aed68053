import type { HistoryReader } from '@tapewatch/metric-store';
import type { TimeRange } from './backtest-result.js';

/** Shorter ones are no holes: a tick or two may be missed while the program runs. */
export const shortestHoleMs = 10_000;
const secondMs = 1_000;

type Completeness = Pick<HistoryReader, 'completeness'>;

/** Stretches of [fromMs, toMs) of ten seconds and more in which no tick was stored, to the second, in order. */
export async function holesIn(history: Completeness, fromMs: number, toMs: number): Promise<readonly TimeRange[]> {
  const rough = joined(await emptyParts(history, fromMs, toMs));
  const holes: { from: number; to: number }[] = [];
  for (const { from, to } of rough) {
    const last = holes.at(-1);
    const begin = await edge(history, from, -secondMs, Math.max(fromMs, last?.to ?? fromMs));
    const end = await edge(history, to, secondMs, toMs);
    if (last !== undefined && last.to >= begin) last.to = end;
    else holes.push({ from: begin, to: end });
  }
  return holes.filter(({ from, to }) => to - from >= shortestHoleMs);
}

/** Parts that touch, as one. */
function joined(parts: readonly TimeRange[]): readonly TimeRange[] {
  const whole: TimeRange[] = [];
  for (const part of parts) {
    const last = whole.at(-1);
    if (last?.to === part.from) whole[whole.length - 1] = { from: last.from, to: part.to };
    else whole.push(part);
  }
  return whole;
}

/** By halving: a part that lacks little is not looked into any further. */
async function emptyParts(history: Completeness, fromMs: number, toMs: number): Promise<readonly TimeRange[]> {
  if (toMs <= fromMs) return [];
  const share = await history.completeness(fromMs, toMs);
  if (share === 0) return [{ from: fromMs, to: toMs }];
  const missingMs = (1 - share) * (toMs - fromMs);
  // However a hole of ten seconds lies, one of the parts that are wholly in it is of two seconds, at least.
  if (missingMs < 1.5 * secondMs || toMs - fromMs <= secondMs) return [];
  const middle = fromMs + Math.floor((toMs - fromMs) / (2 * secondMs)) * secondMs;
  return [...(await emptyParts(history, fromMs, middle)), ...(await emptyParts(history, middle, toMs))];
}

/** Second by second from where it is known to be empty; the halving has left few. */
async function edge(history: Completeness, fromMs: number, stepMs: number, limitMs: number): Promise<number> {
  let at = fromMs;
  for (;;) {
    const next = at + stepMs;
    if (stepMs < 0 ? next < limitMs : next > limitMs) return at;
    const share = await history.completeness(Math.min(at, next), Math.max(at, next));
    if (share > 0) return at;
    at = next;
  }
}
