import { Labels, type Matcher, type MetricDescription } from '@tapewatch/model';
import { QueryLimitError, SampleBuffer, type SeriesSource } from '@tapewatch/promql';
import type { DiskClient } from '../disk/disk-client.js';
import { DiskError } from '../disk/disk-client.js';
import type { Samples } from '../codec/samples.js';
import { mergeSamples } from '../disk/merge-samples.js';
import type { ReadKind, ReadRequest, ReadSeries } from '../disk/reading.js';
import { addTotals, totalOf, type Totals } from '../disk/totals-row.js';
import type { MemoryStore } from '../memory-store.js';
import type {
  HistoryLimits,
  HistoryReader,
  HistoryResolution,
  MinuteSeries,
  SeriesTotals,
  TotalsReader,
} from './history-reader.js';
import { LoadedSeries, LoadedSource } from './loaded-source.js';
import { lastOfEachMinute, memoryMinutes, startOfMinute } from './memory-history.js';
import { MinuteColumns, minuteMs } from './minute-summary.js';

/** What was found on disk of one label set. */
interface Stored {
  readonly labels: Labels;
  readonly metric: MetricDescription;
  readonly pieces: ReadSeries[];
}

/** Memory for what it holds, the files of the history for what is older. */
export class DiskHistory implements HistoryReader, TotalsReader {
  readonly #store: MemoryStore;
  readonly #disk: DiskClient;

  constructor(store: MemoryStore, disk: DiskClient) {
    this.#store = store;
    this.#disk = disk;
  }

  async source(
    selectors: readonly (readonly Matcher[])[],
    fromMs: number,
    toMs: number,
    resolution: HistoryResolution,
    limits: HistoryLimits = {},
  ): Promise<SeriesSource> {
    if (resolution === 'minute') {
      const found = new Map<string, LoadedSeries>();
      for (const matchers of selectors) {
        for (const series of await this.minutes(matchers, startOfMinute(fromMs), toMs, limits))
          found.set(series.labels.key, lastOfEachMinute(series));
      }
      return new LoadedSource([...found.values()]);
    }
    const boundaryMs = this.#store.firstTickAt ?? Infinity;
    if (fromMs + 1 >= boundaryMs) return this.#store;
    const stored = await this.read('raw', selectors, fromMs, Math.min(toMs, boundaryMs - 1), limits);
    return new LoadedSource(this.withMemory(stored, selectors, boundaryMs, toMs, limits));
  }

  async minutes(
    matchers: readonly Matcher[],
    fromMs: number,
    toMs: number,
    limits: HistoryLimits = {},
  ): Promise<readonly MinuteSeries[]> {
    const firstMs = Math.ceil(fromMs / minuteMs) * minuteMs;
    const endMs = Math.ceil(toMs / minuteMs) * minuteMs;
    const boundaryMs = Math.ceil((this.#store.firstTickAt ?? Infinity) / minuteMs) * minuteMs;
    const stored =
      firstMs < boundaryMs
        ? await this.read('rollup', [matchers], firstMs, Math.min(endMs, boundaryMs), limits)
        : new Map<string, Stored>();
    const recent = memoryMinutes(this.#store, matchers, Math.max(firstMs, boundaryMs), endMs, limits);
    const found: MinuteSeries[] = [];
    for (const series of recent) {
      const old = stored.get(series.labels.key);
      stored.delete(series.labels.key);
      const { labels, metric } = series;
      found.push(
        old === undefined ? series : { labels, metric, ...minutesOf(old, MinuteColumns.of(series)).trimmed() },
      );
    }
    for (const old of stored.values()) {
      const { labels, metric } = old;
      const columns = minutesOf(old);
      if (columns.length > 0) found.push({ labels, metric, ...columns.trimmed() });
    }
    return found;
  }

  async totals(
    matchers: readonly Matcher[],
    fromMs: number,
    toMs: number,
    limits: HistoryLimits = {},
  ): Promise<readonly SeriesTotals[]> {
    const firstMs = Math.ceil(fromMs / minuteMs) * minuteMs;
    const endMs = Math.ceil(toMs / minuteMs) * minuteMs;
    const boundaryMs = Math.ceil((this.#store.firstTickAt ?? Infinity) / minuteMs) * minuteMs;
    const stored =
      firstMs < boundaryMs
        ? await this.read('total', [matchers], firstMs, Math.min(endMs, boundaryMs), limits)
        : new Map<string, Stored>();
    const found = new Map<string, SeriesTotals>();
    for (const [key, { labels, metric, pieces }] of stored) {
      const total = totalOfPieces(pieces);
      if (total !== undefined) found.set(key, { labels, metric, ...total });
    }
    for (const series of memoryMinutes(this.#store, matchers, Math.max(firstMs, boundaryMs), endMs, limits)) {
      const { labels, metric, startMs } = series;
      const recent = totalOf(0, { ...series, length: startMs.length });
      if (recent === undefined) continue;
      const old = found.get(labels.key);
      const total = old === undefined ? recent : { id: 0, ...old };
      if (old !== undefined) addTotals(total, recent);
      found.set(labels.key, { ...total, labels, metric });
    }
    return [...found.values()];
  }

  async completeness(fromMs: number, toMs: number): Promise<number> {
    const boundaryMs = Math.min(this.#store.firstTickAt ?? Infinity, toMs);
    const onDisk = fromMs < boundaryMs ? await this.#disk.call('countSeconds', [fromMs, boundaryMs]) : 0;
    const inMemory = this.#store.ticksIn(Math.max(fromMs, boundaryMs) - 1, toMs - 1);
    return Math.min(1, (onDisk + inMemory) / ((toMs - fromMs) / 1000));
  }

  /** Asks which series there are, keeps those that the matchers accept, and reads them. By the key of their labels. */
  private async read(
    kind: ReadKind,
    selectors: readonly (readonly Matcher[])[],
    fromMs: number,
    toMs: number,
    { maxSeries = Infinity, maxSamples = Number.MAX_SAFE_INTEGER }: HistoryLimits,
  ): Promise<Map<string, Stored>> {
    const stored = new Map<string, Stored>();
    const wanted = new Map<string, { dayStartMs?: number; ids: Map<number, Stored> }>();
    for (const matchers of selectors) {
      for (const part of await this.#disk.call('catalog', [
        kind === 'raw' ? 'raw' : 'rollup',
        fromMs,
        toMs,
        equalities(matchers),
      ])) {
        const { dayStartMs } = part;
        const place = wanted.get(String(dayStartMs)) ?? {
          ids: new Map<number, Stored>(),
          ...(dayStartMs === undefined ? {} : { dayStartMs }),
        };
        wanted.set(String(dayStartMs), place);
        for (const { id, names, values, metric } of part.series) {
          const labels = Labels.fromEntries(names.map((name, i) => [name, values[i] as string] as const));
          if (!matchers.every((matcher) => matcher.matches(labels.get(matcher.name)))) continue;
          let series = stored.get(labels.key);
          if (series === undefined) stored.set(labels.key, (series = { labels, metric, pieces: [] }));
          if (stored.size > maxSeries)
            throw new QueryLimitError(
              'maxSeries',
              `the matchers accept more than ${maxSeries} series, the limit of a query`,
            );
          place.ids.set(id, series);
        }
      }
    }
    const places = [...wanted.values()];
    const parts = places.map(({ dayStartMs, ids }) => ({
      ids: [...ids.keys()],
      ...(dayStartMs === undefined ? {} : { dayStartMs }),
    }));
    for (const piece of await this.pieces({ kind, fromMs, toMs, parts, maxSamples }))
      places[piece.part]?.ids.get(piece.id)?.pieces.push(piece);
    return stored;
  }

  private async pieces(request: ReadRequest): Promise<readonly ReadSeries[]> {
    try {
      return await this.#disk.call('read', [request]);
    } catch (thrown) {
      if (thrown instanceof DiskError && thrown.tooMuch)
        throw new QueryLimitError(
          'maxSamples',
          `the query would read more than ${request.maxSamples} samples, the limit of a query`,
        );
      throw thrown;
    }
  }

  /** Adds what memory has from the boundary on, so that one array holds all of a series. */
  private withMemory(
    stored: Map<string, Stored>,
    selectors: readonly (readonly Matcher[])[],
    boundaryMs: number,
    toMs: number,
    { maxSamples = Infinity }: HistoryLimits,
  ): readonly LoadedSeries[] {
    const loaded = new Map<string, LoadedSeries>();
    const buffer = new SampleBuffer(4096);
    let read = 0;
    for (const matchers of selectors) {
      for (const memory of this.#store.select(matchers)) {
        if (loaded.has(memory.labels.key)) continue;
        buffer.clear();
        memory.window(boundaryMs - 1, toMs, buffer, true);
        read += buffer.length;
        if (read > maxSamples)
          throw new QueryLimitError('maxSamples', `the query would read more than ${maxSamples} samples`);
        const recent = { times: buffer.times.slice(0, buffer.length), values: buffer.values.slice(0, buffer.length) };
        const { times, values } = mergeSamples(rawOf(stored.get(memory.labels.key)), recent);
        loaded.set(memory.labels.key, new LoadedSeries(memory.labels, times, values));
      }
    }
    for (const [key, old] of stored) {
      const samples = rawOf(old);
      if (!loaded.has(key) && samples !== undefined)
        loaded.set(key, new LoadedSeries(old.labels, samples.times, samples.values));
    }
    return [...loaded.values()];
  }
}

/** What the disk can look up by itself: an equality with a value that is none of a missing label. */
function equalities(matchers: readonly Matcher[]): readonly (readonly [string, string])[] {
  return matchers
    .filter(({ operator, value }) => operator === '=' && value !== '')
    .map(({ name, value }) => [name, value] as const);
}

/** The pieces of a series may come from several days, and of one day under several ids. */
function rawOf(stored: Stored | undefined): Samples | undefined {
  let all: Samples | undefined;
  for (const { raw } of inOrder(stored?.pieces ?? [], ({ raw }) => raw?.times[0]))
    if (raw !== undefined) all = mergeSamples(all, raw);
  return all;
}

function minutesOf(stored: Stored, recent?: MinuteColumns): MinuteColumns {
  const all = new MinuteColumns();
  for (const { minutes } of inOrder(stored.pieces, ({ minutes }) => minutes?.startMs[0]))
    if (minutes !== undefined) all.addMinutes(MinuteColumns.of(minutes), -Infinity, Infinity);
  if (recent !== undefined) all.addMinutes(recent, -Infinity, Infinity);
  return all;
}

/** Of several days in order of time; of the head, whose totals come as minutes, at the end. */
function totalOfPieces(pieces: readonly ReadSeries[]): Totals | undefined {
  let all: Totals | undefined;
  for (const { total, minutes } of [...pieces].sort((a, b) => a.part - b.part)) {
    const next =
      total ?? (minutes === undefined ? undefined : totalOf(0, { ...minutes, length: minutes.startMs.length }));
    if (all === undefined) all = next === undefined ? undefined : { ...next };
    else if (next !== undefined) addTotals(all, next);
  }
  return all;
}

function inOrder(pieces: readonly ReadSeries[], startOf: (piece: ReadSeries) => number | undefined): ReadSeries[] {
  return [...pieces].sort((a, b) => (startOf(a) ?? 0) - (startOf(b) ?? 0));
}
