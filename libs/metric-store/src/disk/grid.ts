import type { Picks } from '../codec/picks.ts';
import type { Samples } from '../codec/samples.ts';
import { pickedBits, pickedNumbers } from '../codec/picks.ts';

/** The times at which a range query asks for the newest sample: `firstMs`, and every `stepMs` before and after it. */
export interface Grid {
  readonly firstMs: number;
  readonly stepMs: number;
}

/** What of a stretch of samples is wanted, and how many there are in (fromMs, toMs], wanted or not. */
export interface Wanted {
  /** Undefined: all. */
  readonly picks: Picks | undefined;
  readonly count: number;
}

/**
 * Of the samples in (fromMs, toMs], all; with a grid, those that are the newest one at some time of it, and the last, as nobody knows here what
 * follows.
 */
export function wantedOf(times: Float64Array, fromMs: number, toMs: number, grid: Grid | undefined): Wanted {
  const first = countUntil(times, fromMs);
  const end = countUntil(times, toMs);
  if (grid === undefined) return { picks: first === 0 && end === times.length ? undefined : range(first, end), count: end - first };
  const picks = new Uint32Array(Math.min(end - first, gridPoints(times, first, end, grid) + 1));
  let length = 0;
  let askedMs = first < end ? nextOf(grid, times[first] as number) : Infinity;
  for (let i = first; i + 1 < end; i++) {
    const nextMs = times[i + 1] as number;
    if (nextMs <= askedMs) continue;
    picks[length++] = i;
    askedMs = nextOf(grid, nextMs);
  }
  if (first < end) picks[length++] = end - 1;
  return { picks: length === times.length ? undefined : picks.subarray(0, length), count: end - first };
}

/** The same of samples that are decoded already. */
export function onGrid(samples: Samples, grid: Grid | undefined): Samples {
  if (grid === undefined) return samples;
  const { picks } = wantedOf(samples.times, -Infinity, Infinity, grid);
  return { times: pickedNumbers(samples.times, picks), values: pickedBits(samples.values, picks) };
}

/** The first time of the grid at or after another. */
function nextOf({ firstMs, stepMs }: Grid, timeMs: number): number {
  return firstMs + Math.ceil((timeMs - firstMs) / stepMs) * stepMs;
}

function gridPoints(times: Float64Array, first: number, end: number, { stepMs }: Grid): number {
  return first < end ? Math.ceil(((times[end - 1] as number) - (times[first] as number)) / stepMs) + 1 : 0;
}

function range(first: number, end: number): Picks {
  return Uint32Array.from({ length: end - first }, (_, i) => first + i);
}

/** How many are at or before the time. */
function countUntil(times: Float64Array, timeMs: number): number {
  let low = 0;
  let high = times.length;
  if (high === 0 || (times[high - 1] as number) <= timeMs) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
