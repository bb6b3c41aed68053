import { isStale, type Labels, type Matcher } from '@tapewatch/model';
import type { Sample, SampleBuffer, SeriesReader, SeriesSource } from '@tapewatch/promql';

/** Samples and stale markers of one series, oldest first. */
export class LoadedSeries implements SeriesReader {
  readonly labels: Labels;
  readonly #times: Float64Array;
  readonly #values: Float64Array;
  /** Where the last search ended: a range query asks step by step, so the next place is near. */
  #near = 0;

  constructor(labels: Labels, times: Float64Array, values: Float64Array) {
    this.labels = labels;
    this.#times = times;
    this.#values = values;
  }

  latest(atMs: number, lookbackMs: number, into: Sample): boolean {
    const i = this.countUntil(atMs) - 1;
    const timeMs = this.#times[i];
    if (timeMs === undefined || timeMs <= atMs - lookbackMs || isStale(this.#values, i)) return false;
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
