import type { Labels, Matcher, Series } from '@tapewatch/model';
import { isStale, writeStale } from '@tapewatch/model';
import type { Sample, SampleBuffer, SeriesDescription, SeriesReader, SeriesSource } from '@tapewatch/promql';

interface Feed {
  readonly description: SeriesDescription;
  readonly list: SampleList;
  next: number;
}

/** The input of a test and what its rules record: series in memory, fed as far as the fake time has come. */
export class InputSeries implements SeriesSource {
  readonly #startAt: number;
  readonly #intervalMs: number;
  readonly #lists = new Map<string, SampleList>();
  readonly #feeds: readonly Feed[];
  #answers = new WeakMap<readonly Matcher[], readonly SampleList[]>();

  constructor(descriptions: readonly SeriesDescription[], startAt: number, intervalMs: number) {
    this.#startAt = startAt;
    this.#intervalMs = intervalMs;
    // The last one counts where a series is there twice, as in Prometheus.
    const last = new Map(descriptions.map((description) => [description.labels.key, description]));
    this.#feeds = [...last.values()].map((description) => ({
      description,
      list: this.#listOf(description.labels),
      next: 0,
    }));
  }

  /** Takes in the values up to a time. Throws when a rule has already written what the input now wants to say. */
  feedUntil(at: number): void {
    for (const feed of this.#feeds) {
      const { values, labels } = feed.description;
      for (; feed.next < values.length; feed.next++) {
        const time = this.#startAt + feed.next * this.#intervalMs;
        if (time > at) break;
        const value = values[feed.next];
        if (value !== undefined && !feed.list.push(time, value === 'stale' ? undefined : value))
          throw new Error(`a rule records ${labels.toString()}, which is also an input series`);
      }
    }
  }

  /** What a rule records; false when the series has another value of that time, or a later one. */
  record(series: Series, at: number, value: number | undefined): boolean {
    return this.#listOf(series.labels).push(at, value);
  }

  select(matchers: readonly Matcher[]): readonly SeriesReader[] {
    const known = this.#answers.get(matchers);
    if (known !== undefined) return known;
    const found = [...this.#lists.values()].filter(({ labels }) =>
      matchers.every((matcher) => matcher.matches(labels.get(matcher.name))),
    );
    this.#answers.set(matchers, found);
    return found;
  }

  #listOf(labels: Labels): SampleList {
    const known = this.#lists.get(labels.key);
    if (known !== undefined) return known;
    const list = new SampleList(labels);
    this.#lists.set(labels.key, list);
    this.#answers = new WeakMap();
    return list;
  }
}

/** Samples and stale markers of one series, times ascending. */
class SampleList implements SeriesReader {
  readonly labels: Labels;
  readonly #times: number[] = [];
  #values = new Float64Array(16);

  constructor(labels: Labels) {
    this.labels = labels;
  }

  /** `undefined` is the stale marker. False when it does not come after all others. */
  push(timeMs: number, value: number | undefined): boolean {
    const count = this.#times.length;
    const newest = this.#times[count - 1] ?? -Infinity;
    if (timeMs < newest) return false;
    if (timeMs === newest) return value === undefined || Object.is(this.#values[count - 1], value);
    if (count === this.#values.length) {
      const larger = new Float64Array(count * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#times.push(timeMs);
    if (value === undefined) writeStale(this.#values, count);
    else this.#values[count] = value;
    return true;
  }

  latest(atMs: number, lookbackMs: number, into: Sample): boolean {
    const i = this.#countUntil(atMs) - 1;
    const timeMs = this.#times[i];
    if (timeMs === undefined || timeMs <= atMs - lookbackMs || isStale(this.#values, i)) return false;
    into.timeMs = timeMs;
    into.value = this.#values[i] as number;
    return true;
  }

  window(fromMs: number, toMs: number, into: SampleBuffer): void {
    const end = this.#countUntil(toMs);
    for (let i = this.#countUntil(fromMs); i < end; i++)
      if (!isStale(this.#values, i)) into.push(this.#times[i] as number, this.#values[i] as number);
  }

  /** How many samples are not after the time. */
  #countUntil(timeMs: number): number {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#times[middle] as number) <= timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
