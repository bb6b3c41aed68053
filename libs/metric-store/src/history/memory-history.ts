import { writeStale, type Labels, type Matcher } from '@tapewatch/model';
import { QueryLimitError, SampleBuffer, type SeriesSource } from '@tapewatch/promql';
import type { MemoryStore } from '../memory-store.js';
import { totalOf } from '../disk/totals-row.js';
import type {
  HistoryLimits,
  HistoryReader,
  HistoryResolution,
  MinuteSeries,
  SeriesTotals,
  TotalsReader,
} from './history-reader.js';
import { LoadedSeries, LoadedSource } from './loaded-source.js';
import { MinuteColumns, minuteEndMs, minuteMs, nextStartOfMinute, startOfMinute } from './minute-summary.js';

/** History that reaches as far back as memory does: where nothing is kept on disk. */
export class MemoryHistory implements HistoryReader, TotalsReader {
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

  async totals(
    matchers: readonly Matcher[],
    fromMs: number,
    toMs: number,
    limits: HistoryLimits = {},
  ): Promise<readonly SeriesTotals[]> {
    const minutes = await this.minutes(matchers, fromMs, toMs, limits);
    return minutes.flatMap((series) => {
      const { labels, metric, startMs } = series;
      const total = totalOf(0, { ...series, length: startMs.length });
      return total === undefined ? [] : [{ ...total, labels, metric }];
    });
  }

  /** Memory is all there is. */
  labels(): Promise<readonly Labels[]> {
    return Promise.resolve([]);
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
  const firstMs = nextStartOfMinute(fromMs);
  const endMs = nextStartOfMinute(toMs);
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

/** The series that a source of resolution `minute` has: where minutes are missing, it ends. */
export function lastOfEachMinute({ labels, startMs, last }: MinuteSeries): LoadedSeries {
  const gaps = startMs.reduce((count, _, i) => count + (isBeforeGap(startMs, i) ? 1 : 0), 0);
  const times = new Float64Array(startMs.length + gaps);
  const values = new Float64Array(startMs.length + gaps);
  let at = 0;
  for (let i = 0; i < startMs.length; i++) {
    times[at] = (startMs[i] as number) + minuteEndMs;
    values[at++] = last[i] as number;
    if (!isBeforeGap(startMs, i)) continue;
    times[at] = (startMs[i] as number) + minuteMs + minuteEndMs;
    writeStale(values, at++);
  }
  return new LoadedSeries(labels, times, values);
}

function isBeforeGap(startMs: Float64Array, i: number): boolean {
  return i + 1 < startMs.length && (startMs[i + 1] as number) > (startMs[i] as number) + minuteMs;
}
