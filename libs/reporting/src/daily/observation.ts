import type { ReportMetrics } from '../minutes/minute-series.js';
import { minuteAt, minuteMs, onGrid, type MinuteGrid } from '../minutes/minute-grid.js';

/** In every tick there from the second on, so that it tells when the program ran. */
export const tickSelector = 'tapewatch_tick_duration_seconds_count';

const ticksPerMinute = 60;
/** One tick may fall out without a minute counting as observed in part. */
const wholeMinute = 58;

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

  /** How much of the minute was measured, 0 to 1. */
  share(minute: number): number {
    const ticks = this.#ticks[minute] ?? 0;
    return ticks >= wholeMinute ? 1 : ticks / ticksPerMinute;
  }

  /** Measured time within [fromMs, toMs), as spread evenly over each minute. */
  observedMs(fromMs: number, toMs: number): number {
    let sum = 0;
    for (let i = this.minuteOf(fromMs); i < this.grid.length && minuteAt(this.grid, i) < toMs; i++) {
      const start = minuteAt(this.grid, i);
      const overlap = Math.min(toMs, start + minuteMs) - Math.max(fromMs, start);
      sum += overlap * this.share(i);
    }
    return sum;
  }

  get observedRatio(): number {
    const { fromMs, toMs } = this.grid;
    return Math.min(1, this.observedMs(fromMs, toMs) / (toMs - fromMs));
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

/** The longest run of minutes without a sample. */
export function longestGapMs(count: ArrayLike<number>, grid: MinuteGrid): number {
  let longest = 0;
  let run = 0;
  for (let i = grid.lead; i < grid.length; i++) {
    run = count[i] === 0 ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest * minuteMs;
}
