import { isStale, type Labels, type Matcher } from '@tapewatch/model';
import type { Sample, SampleBuffer, SeriesReader, SeriesSource } from '@tapewatch/promql';

/** Samples and stale markers of one series, oldest first. */
export class LoadedSeries implements SeriesReader {
  readonly labels: Labels;
  readonly #times: Float64Array;
  readonly #values: Float64Array;
  /** Between any two samples; 0 when that is not the same everywhere. */
  readonly #stepMs: number;
  readonly #firstMs: number;
  /** Where the last search ended: a range query asks step by step, so the next place is near. */
  #near = 0;

  constructor(labels: Labels, times: Float64Array, values: Float64Array) {
    this.labels = labels;
    this.#times = times;
    this.#values = values;
    this.#stepMs = stepOf(times);
    this.#firstMs = times[0] ?? 0;
  }

  latest(atMs: number, lookbackMs: number, into: Sample): boolean {
    const i = this.countUntil(atMs) - 1;
    if (i < 0) return false;
    const timeMs = this.#stepMs > 0 ? this.#firstMs + i * this.#stepMs : (this.#times[i] as number);
    if (timeMs <= atMs - lookbackMs || isStale(this.#values, i)) return false;
    into.timeMs = timeMs;
    into.value = this.#values[i] as number;
    return true;
  }

  window(fromMs: number, toMs: number, into: SampleBuffer): void {
    const end = this.countUntil(toMs);
    for (let i = this.countUntil(fromMs); i < end; i++) {
      if (!isStale(this.#values, i)) into.push(this.#times[i] as number, this.#values[i] as number);
    }
  }

  /** How many samples are at or before the time. */
  private countUntil(timeMs: number): number {
    const times = this.#times;
    // Without a look at the times: of many series, none is in the processor's cache.
    if (this.#stepMs > 0) {
      const steps = Math.floor((timeMs - this.#firstMs) / this.#stepMs);
      return Math.min(times.length, Math.max(0, steps + 1));
    }
    let low = 0;
    let high = times.length;
    const near = this.#near;
    if (near > 0 && (times[near - 1] as number) <= timeMs) {
      low = near;
      // In growing strides from there.
      for (let stride = 8; low + stride < high; stride *= 4) {
        if ((times[low + stride] as number) > timeMs) high = low + stride;
        else low += stride + 1;
      }
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((times[middle] as number) <= timeMs) low = middle + 1;
      else high = middle;
    }
    return (this.#near = low);
  }
}

function stepOf(times: Float64Array): number {
  const step = (times[1] ?? 0) - (times[0] ?? 0);
  for (let i = 2; i < times.length; i++) if ((times[i] as number) - (times[i - 1] as number) !== step) return 0;
  return times.length > 1 && Number.isInteger(step) ? step : 0;
}

/** Series that were loaded for one evaluation. */
export class LoadedSource implements SeriesSource {
  readonly #series: readonly SeriesReader[];

  constructor(series: readonly SeriesReader[]) {
    this.#series = series;
  }

  select(matchers: readonly Matcher[]): readonly SeriesReader[] {
    return this.#series.filter(({ labels }) => matchers.every((matcher) => matcher.matches(labels.get(matcher.name))));
  }
}
