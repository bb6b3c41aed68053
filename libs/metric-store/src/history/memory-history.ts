import type { Matcher } from '@tapewatch/model';
import { QueryLimitError, SampleBuffer, type SeriesSource } from '@tapewatch/promql';
import type { MemoryStore } from '../memory-store.js';
import type { HistoryLimits, HistoryReader, HistoryResolution, MinuteSeries } from './history-reader.js';
import { LoadedSeries, LoadedSource } from './loaded-source.js';
import { MinuteColumns, minuteEndMs, minuteMs } from './minute-summary.js';

/** History that reaches as far back as memory does: where nothing is kept on disk. */
export class MemoryHistory implements HistoryReader {
  readonly #store: MemoryStore;

  constructor(store: MemoryStore) {
    this.#store = store;
  }

  async source(
    selectors: readonly (readonly Matcher[])[],
    fromMs: number,
    toMs: number,
    resolution: HistoryResolution,
    limits: HistoryLimits = {},
  ): Promise<SeriesSource> {
    if (resolution === 'raw') return this.#store;
    const lists = await Promise.all(
      selectors.map((matchers) => this.minutes(matchers, startOfMinute(fromMs), toMs, limits)),
    );
    const byKey = new Map(lists.flat().map((series) => [series.labels.key, series]));
    return new LoadedSource([...byKey.values()].map(lastOfEachMinute));
  }

  minutes(
    matchers: readonly Matcher[],
    fromMs: number,
    toMs: number,
    limits: HistoryLimits = {},
  ): Promise<readonly MinuteSeries[]> {
    return Promise.resolve().then(() => memoryMinutes(this.#store, matchers, fromMs, toMs, limits));
  }

  completeness(fromMs: number, toMs: number): Promise<number> {
    return Promise.resolve(Math.min(1, this.#store.ticksIn(fromMs - 1, toMs - 1) / ((toMs - fromMs) / 1000)));
  }
}

/** The minutes that memory holds, of those that begin in [fromMs, toMs). */
export function memoryMinutes(
  store: MemoryStore,
  matchers: readonly Matcher[],
  fromMs: number,
  toMs: number,
  { maxSeries = Infinity, maxSamples = Infinity }: HistoryLimits,
): readonly MinuteSeries[] {
  const firstMs = Math.ceil(fromMs / minuteMs) * minuteMs;
  const endMs = Math.ceil(toMs / minuteMs) * minuteMs;
  const buffer = new SampleBuffer(4096);
  const found: MinuteSeries[] = [];
  let read = 0;
  for (const memory of store.select(matchers)) {
    buffer.clear();
    memory.window(firstMs - 1, endMs - 1, buffer);
    if (buffer.length === 0) continue;
    read += buffer.length;
    if (read > maxSamples)
      throw new QueryLimitError('maxSamples', `the answer would read more than ${maxSamples} samples`);
    const columns = new MinuteColumns();
    columns.addSamples(buffer.times, buffer.values, buffer.length);
    found.push({ labels: memory.labels, metric: memory.metric, ...columns.trimmed() });
    if (found.length > maxSeries)
      throw new QueryLimitError('maxSeries', `the matchers accept more than ${maxSeries} series`);
  }
  return found;
}

/** The series that a source of resolution `minute` has. */
export function lastOfEachMinute({ labels, startMs, last }: MinuteSeries): LoadedSeries {
  return new LoadedSeries(
    labels,
    startMs.map((start) => start + minuteEndMs),
    last,
  );
}

export function startOfMinute(timeMs: number): number {
  return Math.floor(timeMs / minuteMs) * minuteMs;
}
