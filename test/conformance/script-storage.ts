import type { Labels, Matcher } from '@tapewatch/model';
import type { Sample, SampleBuffer, SeriesReader, SeriesSource } from '@tapewatch/promql';
import type { LoadCommand, LoadedValue } from './script.js';

/** The evaluation met a value that is refused. */
export class RefusedValueMet extends Error {
  override readonly name = 'RefusedValueMet';
  readonly feature: string;

  constructor(feature: string) {
    super(`met ${feature}`);
    this.feature = feature;
  }
}

/** What a script has loaded. */
export class ScriptStorage implements SeriesSource {
  readonly #series = new Map<string, ScriptSeries>();

  clear(): void {
    this.#series.clear();
  }

  load({ stepMs, series }: LoadCommand): void {
    for (const { labels, values } of series) {
      const target = this.#series.get(labels.key) ?? new ScriptSeries(labels);
      this.#series.set(labels.key, target);
      values.forEach((value, i) => {
        if (value !== undefined) target.set(i * stepMs, value);
      });
    }
  }

  select(matchers: readonly Matcher[]): SeriesReader[] {
    return [...this.#series.values()].filter(({ labels }) =>
      matchers.every((matcher) => matcher.matches(labels.get(matcher.name))),
    );
  }
}

type Present = Exclude<LoadedValue, undefined>;

class ScriptSeries implements SeriesReader {
  readonly labels: Labels;
  readonly #times: number[] = [];
  readonly #values: Present[] = [];

  constructor(labels: Labels) {
    this.labels = labels;
  }

  set(timeMs: number, value: Present): void {
    const last = this.#lastUpTo(timeMs);
    if (this.#times[last] === timeMs) this.#values[last] = value;
    else {
      this.#times.splice(last + 1, 0, timeMs);
      this.#values.splice(last + 1, 0, value);
    }
  }

  latest(atMs: number, lookbackMs: number, into: Sample): boolean {
    const i = this.#lastUpTo(atMs);
    const timeMs = this.#times[i];
    if (timeMs === undefined || timeMs <= atMs - lookbackMs) return false;
    const value = known(this.#values[i] as Present);
    if (value === 'stale') return false;
    into.timeMs = timeMs;
    into.value = value;
    return true;
  }

  window(fromMs: number, toMs: number, into: SampleBuffer): void {
    const last = this.#lastUpTo(toMs);
    for (let i = this.#lastUpTo(fromMs) + 1; i <= last; i++) {
      const value = known(this.#values[i] as Present);
      if (value !== 'stale') into.push(this.#times[i] as number, value);
    }
  }

  /** -1 when there is none. */
  #lastUpTo(timeMs: number): number {
    let low = -1;
    let high = this.#times.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#times[middle] as number) <= timeMs) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function known(value: Present): number | 'stale' {
  if (typeof value === 'object') throw new RefusedValueMet(value.refused);
  return value;
}
