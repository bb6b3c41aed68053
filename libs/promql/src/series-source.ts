import type { Labels, Matcher } from '@tapewatch/model';

/** Where the evaluator reads from; implemented by whoever keeps the samples. */
export interface SeriesSource {
  /**
   * Every series that all matchers accept and that may have samples in (fromMs, toMs]; more are harmless, order is
   * free. Called once per selector and evaluation; the readers are used only until that evaluation returns. A series
   * that lives on should come with the same `labels` object each time: results of label operations are kept by that
   * object.
   */
  select(matchers: readonly Matcher[], fromMs: number, toMs: number): Iterable<SeriesReader>;
}

export interface SeriesReader {
  /** With `__name__`. */
  readonly labels: Labels;
  /**
   * Fills `into` with the newest sample in (atMs - lookbackMs, atMs]; false, with `into` untouched or not, when there
   * is none or the newest is a stale marker.
   */
  latest(atMs: number, lookbackMs: number, into: Sample): boolean;
  /** Appends the samples in (fromMs, toMs], without stale markers, oldest first. */
  window(fromMs: number, toMs: number, into: SampleBuffer): void;
}

export interface Sample {
  timeMs: number;
  value: number;
}

/**
 * Samples of one series, oldest first, in two arrays of which the first `length` entries count. One buffer is filled
 * over and over, so whoever reads it must not keep it.
 */
export class SampleBuffer {
  times: Float64Array;
  values: Float64Array;
  length = 0;

  constructor(capacity = 64) {
    this.times = new Float64Array(capacity);
    this.values = new Float64Array(capacity);
  }

  clear(): void {
    this.length = 0;
  }

  push(timeMs: number, value: number): void {
    if (this.length === this.times.length) this.reserve(this.length + 1);
    this.times[this.length] = timeMs;
    this.values[this.length] = value;
    this.length++;
  }

  /** Makes room for `capacity` entries in all, so that a reader can copy whole stretches with `set`. */
  reserve(capacity: number): void {
    if (capacity <= this.times.length) return;
    const size = Math.max(capacity, this.times.length * 2);
    this.times = enlarged(this.times, size);
    this.values = enlarged(this.values, size);
  }
}

function enlarged(array: Float64Array, size: number): Float64Array {
  const larger = new Float64Array(size);
  larger.set(array);
  return larger;
}
