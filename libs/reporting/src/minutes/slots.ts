import { minuteMs, type MinuteGrid } from './minute-grid.js';

const mostSlots = 96;
const longest = 720 * minuteMs;
const lengths = [1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 480].map((minutes) => minutes * minuteMs);

/** Equal parts of a range, for charts: a point each. */
export interface Slots {
  readonly startMs: number;
  readonly lengthMs: number;
  readonly count: number;
}

/** At most 96 of a round length: 15 minutes for a day. */
export function slotsOf(grid: MinuteGrid): Slots {
  const startMs = grid.startMs + grid.lead * minuteMs;
  const totalMs = grid.toMs - startMs;
  const lengthMs = lengths.find((length) => totalMs / length <= mostSlots) ?? longest;
  return { startMs, lengthMs, count: Math.max(1, Math.ceil(totalMs / lengthMs)) };
}

/** What `fold` makes of the minutes of each slot: from `first` up to, not including, `end`. */
export function perSlot<T>(slots: Slots, grid: MinuteGrid, fold: (first: number, end: number) => T): T[] {
  const minutes = slots.lengthMs / minuteMs;
  return Array.from({ length: slots.count }, (_, slot) => {
    const first = grid.lead + slot * minutes;
    return fold(first, Math.min(grid.length, first + minutes));
  });
}
