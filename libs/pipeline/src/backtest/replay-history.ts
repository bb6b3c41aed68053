import { LoadedSeries, type HistoryResolution, type MetricStore } from '@tapewatch/metric-store';
import type { Labels, Matcher } from '@tapewatch/model';
import { formatMatchers, QueryLimitError, SampleBuffer, type SeriesReader, type SeriesSource } from '@tapewatch/promql';

export interface Stretch {
  /** What is read: (fromMs, toMs]. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly resolution: HistoryResolution;
  readonly maxSamples: number;
}

const maxSeries = 20_000;

/** Stored samples of the selectors of a replay, a stretch of time at a time. */
export class ReplayHistory {
  readonly #metrics: MetricStore;
  readonly #selectors: ReadonlyMap<string, readonly Matcher[]>;
  #source: SeriesSource | undefined;
  #read = new Map<readonly Matcher[], readonly SeriesReader[]>();
  /** The same object for the same series over all stretches: results of label operations are kept by it. */
  readonly #labels = new Map<string, Labels>();
  readonly #found = new Map<string, Set<string>>();

  constructor(metrics: MetricStore, selectors: readonly (readonly Matcher[])[]) {
    this.#metrics = metrics;
    this.#selectors = new Map(selectors.map((matchers) => [formatMatchers(matchers), matchers]));
  }

  /** Replaces the stretch before. Rejects with QueryLimitError, or with what keeps the history from being read. */
  async load({ fromMs, toMs, resolution, maxSamples }: Stretch): Promise<void> {
    const selectors = [...this.#selectors.values()];
    const { history, memory } = this.#metrics;
    const source = await history.source(selectors, fromMs, toMs, resolution, { maxSeries, maxSamples });
    // Memory goes on meanwhile, and forgets: what is needed of it is taken now.
    this.#source = source === memory ? this.#copied(selectors, fromMs, toMs, maxSamples) : source;
    this.#read = new Map();
  }

  /** Throws when the selector is none of those it was made for. */
  select(matchers: readonly Matcher[]): readonly SeriesReader[] {
    const known = this.#read.get(matchers);
    if (known !== undefined) return known;
    const text = formatMatchers(matchers);
    if (!this.#selectors.has(text))
      throw new Error(`a backtest knows what it reads beforehand, and ${text} is not part of that`);
    const found = this.#found.get(text) ?? new Set();
    this.#found.set(text, found);
    const readers = [...(this.#source?.select(matchers, -Infinity, Infinity) ?? [])].map((reader) => {
      found.add(reader.labels.key);
      return this.#named(reader);
    });
    this.#read.set(matchers, readers);
    return readers;
  }

  /** How many series a selector has found so far. */
  seriesOf(matchers: readonly Matcher[]): number {
    return this.#found.get(formatMatchers(matchers))?.size ?? 0;
  }

  #named(reader: SeriesReader): SeriesReader {
    const { key } = reader.labels;
    const labels = this.#labels.get(key) ?? reader.labels;
    this.#labels.set(key, labels);
    return {
      labels,
      latest: (atMs, lookbackMs, into) => reader.latest(atMs, lookbackMs, into),
      window: (fromMs, toMs, into) => reader.window(fromMs, toMs, into),
    };
  }

  #copied(selectors: readonly (readonly Matcher[])[], fromMs: number, toMs: number, maxSamples: number): SeriesSource {
    const copies = new Map<string, LoadedSeries>();
    const buffer = new SampleBuffer(4096);
    let samples = 0;
    for (const matchers of selectors) {
      for (const series of this.#metrics.memory.select(matchers)) {
        const { labels } = series;
        if (copies.has(labels.key)) continue;
        buffer.clear();
        series.window(fromMs, toMs, buffer, true);
        samples += buffer.length;
        if (samples > maxSamples) throw new QueryLimitError('maxSamples', `more than ${maxSamples} samples`);
        const { times, values, length } = buffer;
        copies.set(labels.key, new LoadedSeries(labels, times.slice(0, length), values.slice(0, length)));
      }
    }
    return {
      select: (matchers) =>
        [...copies.values()].filter(({ labels }) =>
          matchers.every((matcher) => matcher.matches(labels.get(matcher.name))),
        ),
    };
  }
}
