import type { Picks } from '../codec/picks.ts';
import type { Samples, Times } from '../codec/samples.ts';
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
export function wantedOf(times: Times, fromMs: number, toMs: number, grid: Grid | undefined): Wanted {
  const first = countUntil(times, fromMs);
  const end = countUntil(times, toMs);
  const count = end - first;
  if (grid === undefined) return { picks: count === times.count ? undefined : range(first, end), count };
  if (first >= end) return { picks: new Uint32Array(), count };
  const points = Math.ceil((timeAt(times, end - 1) - timeAt(times, first)) / grid.stepMs) + 2;
  const picks = new Uint32Array(Math.min(count, points));
  const length =
    times.all === undefined ? pickEven(times, first, end, grid, picks) : pick(times.all, first, end, grid, picks);
  return { picks: length === times.count ? undefined : picks.subarray(0, length), count };
}

/** Returns how many it has put into `picks`. */
function pick(times: Float64Array, first: number, end: number, grid: Grid, picks: Picks): number {
  let length = 0;
  let askedMs = nextOf(grid, times[first] as number);
  for (let i = first; i + 1 < end; i++) {
    const nextMs = times[i + 1] as number;
    if (nextMs <= askedMs) continue;
    picks[length++] = i;
    askedMs = nextOf(grid, nextMs);
  }
  picks[length++] = end - 1;
  return length;
}

/** As `pick`, from one time of the grid to the next. */
function pickEven(times: Times, first: number, end: number, grid: Grid, picks: Picks): number {
  const { firstMs, stepMs } = times;
  let length = 0;
  let newest = first - 1;
  let askedMs = nextOf(grid, timeAt(times, first));
  while (newest < end - 1) {
    const place = Math.min(end - 1, Math.floor((askedMs - firstMs) / stepMs));
    if (place > newest) picks[length++] = newest = place;
    askedMs += grid.stepMs;
  }
  return length;
}

/** The same of samples that are decoded already. */
export function onGrid(samples: Samples, grid: Grid | undefined): Samples {
  if (grid === undefined) return samples;
  const { picks } = wantedOf(oneByOne(samples.times), -Infinity, Infinity, grid);
  return { times: pickedNumbers(samples.times, picks), values: pickedBits(samples.values, picks) };
}

/** The first time of the grid at or after another. */
function nextOf({ firstMs, stepMs }: Grid, timeMs: number): number {
  return firstMs + Math.ceil((timeMs - firstMs) / stepMs) * stepMs;
}

function oneByOne(all: Float64Array): Times {
  return { count: all.length, firstMs: all[0] ?? 0, stepMs: 0, all };
}

function timeAt({ firstMs, stepMs, all }: Times, place: number): number {
  return all === undefined ? firstMs + place * stepMs : (all[place] as number);
}

function range(first: number, end: number): Picks {
  return Uint32Array.from({ length: end - first }, (_, i) => first + i);
}

/** How many are at or before the time. */
function countUntil(times: Times, timeMs: number): number {
  const { count, firstMs, stepMs, all } = times;
  if (all === undefined) return Math.min(count, Math.max(0, Math.floor((timeMs - firstMs) / stepMs) + 1));
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((all[middle] as number) <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
