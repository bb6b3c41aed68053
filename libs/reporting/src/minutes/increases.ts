import type { MinuteGrid, MinuteValues } from './minute-grid.js';

/**
 * By how much a counter grew in each minute. A reset counts from 0, as in PromQL. A counter that is first seen in a minute before which
 * the program ran already, or in which it has just begun to run (`bornIn`), counts from 0, too; any other from the least value of its first minute.
 */
export function increases(
  counter: MinuteValues,
  grid: MinuteGrid,
  bornIn: (minute: number) => boolean,
): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(grid.length);
  let before: number | undefined;
  for (let i = 0; i < grid.length; i++) {
    if (counter.count[i] === 0) continue;
    const min = counter.min[i] as number;
    before ??= bornIn(i) ? 0 : min;
    grown[i] = growth(before, min, counter.max[i] as number, counter.last[i] as number);
    before = counter.last[i];
  }
  return grown;
}

function growth(before: number, min: number, max: number, last: number): number {
  // It fell within the minute: what it grew before the fall is known.
  if (last < max) return Math.max(0, max - before) + last;
  return min < before ? last : last - before;
}

/** The sum over the range, lead left out. */
export function sumInRange(perMinute: ArrayLike<number>, grid: MinuteGrid): number {
  let sum = 0;
  for (let i = grid.lead; i < grid.length; i++) sum += perMinute[i] as number;
  return sum;
}
