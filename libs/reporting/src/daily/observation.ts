import type { ReportMetrics } from '../minutes/minute-series.js';
import { minuteAt, minuteMs, onGrid, type MinuteGrid } from '../minutes/minute-grid.js';

/** In every tick there from the second on, so that it tells when the program ran. */
export const tickSelector = 'tapewatch_tick_duration_seconds_count';

const ticksPerMinute = 60;
/** So many ticks may fall out without a minute counting as observed in part. */
const wholeMinute = 58;
const toleranceMs = 2_000;

/** [fromMs, toMs) */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** When the program measured, minute by minute. */
export class Observation {
  readonly grid: MinuteGrid;
  readonly #ticks: Float64Array;
  /** The program's count of ticks was this low: it had begun less than a minute before. */
  readonly #least: Float64Array;

  static async read(metrics: ReportMetrics, grid: MinuteGrid): Promise<Observation> {
    const values = onGrid(await metrics.minutes(tickSelector, grid.startMs, grid.toMs), grid);
    return new Observation(grid, values.count, values.min);
  }

  private constructor(grid: MinuteGrid, ticks: Float64Array, least: Float64Array) {
    this.grid = grid;
    this.#ticks = ticks;
    this.#least = least;
  }

  /** Whether a counter that is first seen in this minute began at 0. */
  bornIn = (minute: number): boolean =>
    (this.#ticks[minute - 1] ?? 0) > 0 || (this.#least[minute] ?? Number.NaN) < ticksPerMinute;

  /** Measured time within [fromMs, toMs). */
  observedMs(fromMs: number, toMs: number): number {
    let sum = 0;
    for (let i = this.minuteOf(fromMs); i < this.grid.length && minuteAt(this.grid, i) < toMs; i++) {
      const { begin, end, density } = this.coverage(i);
      sum += Math.max(0, Math.min(toMs, end) - Math.max(fromMs, begin)) * density;
    }
    return sum;
  }

  isObserved(minute: number): boolean {
    return (this.#ticks[minute] ?? 0) > 0;
  }

  get observedRatio(): number {
    const { fromMs, toMs } = this.grid;
    return Math.min(1, this.observedMs(fromMs, toMs) / (toMs - fromMs));
  }

  /** Whole minutes of the range in which nothing was measured, put together. */
  unobserved(): readonly Span[] {
    const { grid } = this;
    const spans: Span[] = [];
    for (let i = grid.lead; i < grid.length; i++) {
      if (this.isObserved(i)) continue;
      const fromMs = Math.max(grid.fromMs, minuteAt(grid, i));
      const toMs = Math.min(grid.toMs, minuteAt(grid, i + 1));
      const last = spans.at(-1);
      if (last?.toMs === fromMs) spans[spans.length - 1] = { fromMs: last.fromMs, toMs };
      else spans.push({ fromMs, toMs });
    }
    return spans;
  }

  /** Of a minute measured in part: its end where the program began in it, its beginning where it ended, else spread evenly. */
  private coverage(minute: number): { readonly begin: number; readonly end: number; readonly density: number } {
    const begin = minuteAt(this.grid, minute);
    // The minute in which the report is made has not passed yet.
    const end = Math.min(begin + minuteMs, Math.max(begin, this.grid.toMs));
    const seenMs = (this.#ticks[minute] ?? 0) * 1_000;
    if (seenMs >= end - begin - toleranceMs && seenMs > 0) return { begin, end, density: 1 };
    if (!this.isObserved(minute - 1)) return { begin: end - seenMs, end, density: 1 };
    if (!this.isObserved(minute + 1)) return { begin, end: begin + seenMs, density: 1 };
    return { begin, end, density: seenMs / (end - begin) };
  }

  private minuteOf(ms: number): number {
    return Math.max(0, Math.floor((ms - this.grid.startMs) / minuteMs));
  }
}

/** Samples over those that were due (one a second) between the range's ends. */
export function seenRatioOf(count: ArrayLike<number>, grid: MinuteGrid): number {
  let samples = 0;
  for (let i = grid.lead; i < grid.length; i++)
    samples += (count[i] as number) >= wholeMinute ? ticksPerMinute : (count[i] as number);
  return Math.min(1, samples / ((grid.toMs - grid.fromMs) / 1000));
}

/** The longest run of minutes in which the program measured, but not this. */
export function longestGapMs(count: ArrayLike<number>, observation: Observation): number {
  const { grid } = observation;
  let longest = 0;
  let run = 0;
  for (let i = grid.lead; i < grid.length; i++) {
    if (!observation.isObserved(i)) continue;
    run = count[i] === 0 ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest * minuteMs;
}
