import type { Labels, Matcher, MetricDescription } from '@tapewatch/model';
import { QueryLimitError, SampleBuffer, type SeriesSource } from '@tapewatch/promql';
import type { DiskCaller } from '../disk/disk-client.js';
import { DiskError } from '../disk/disk-client.js';
import type { Samples } from '../codec/samples.js';
import { onGrid, type Grid } from '../disk/grid.js';
import type { LoadRequest, PackedSamples } from '../disk/loading.js';
import { joined, mergeSamples } from '../disk/merge-samples.js';
import type { ReadSeries } from '../disk/reading.js';
import type { Term } from '../disk/series-catalog.js';
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
import { SeriesNames, type SeriesName } from './series-names.js';

/** What was found on disk of one label set. */
interface Stored {
  readonly labels: Labels;
  readonly metric: MetricDescription;
  readonly raw: Samples[];
  /** Minutes and totals. */
  readonly pieces: ReadSeries[];
}

/** Memory for what it holds, the files of the history for what is older. */
export class DiskHistory implements HistoryReader, TotalsReader {
  readonly #store: MemoryStore;
  readonly #disk: DiskCaller;
  readonly #names = new SeriesNames();

  constructor(store: MemoryStore, disk: DiskCaller) {
    this.#store = store;
    this.#disk = disk;
  }

  async source(
    selectors: readonly (readonly Matcher[])[],
    fromMs: number,
    toMs: number,
    resolution: HistoryResolution,
    limits: HistoryLimits = {},
    grid?: Grid,
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
    const request = { kind: 'raw', fromMs, toMs: Math.min(toMs, boundaryMs - 1) } as const;
    const stored = await this.read(grid === undefined ? request : { ...request, grid }, selectors, limits);
    return new LoadedSource(this.withMemory(stored, selectors, { boundaryMs, toMs, limits, grid }));
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
        ? await this.read({ kind: 'rollup', fromMs: firstMs, toMs: Math.min(endMs, boundaryMs) }, [matchers], limits)
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
        ? await this.read({ kind: 'total', fromMs: firstMs, toMs: Math.min(endMs, boundaryMs) }, [matchers], limits)
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

  async labels(
    selectors: readonly (readonly Matcher[])[],
    fromMs: number,
    toMs: number,
    { maxSeries = Number.MAX_SAFE_INTEGER }: Pick<HistoryLimits, 'maxSeries'> = {},
  ): Promise<readonly Labels[]> {
    const untilMs = Math.min(toMs, (this.#store.firstTickAt ?? Infinity) - 1);
    if (untilMs < fromMs) return [];
    const simple = selectors.every((matchers) => matchers.every(isTerm));
    const request = { fromMs, toMs: untilMs, selectors: selectors.map(termsOf) };
    const found = new Map<string, Labels>();
    try {
      const { told, parts } = await this.#disk.call('present', [simple ? { ...request, maxSeries } : request]);
      const names = this.#names.learn(told);
      for (const id of new Set(parts.flatMap(({ ids }) => ids))) {
        const { labels } = nameOf(names, id);
        if (found.has(labels.key) || !(simple || acceptedBy(selectors, labels))) continue;
        found.set(labels.key, labels);
        if (found.size > maxSeries) throw new DiskError('too many series', 'maxSeries');
      }
    } catch (thrown) {
      throw thrown instanceof DiskError ? limitError(thrown, { maxSeries, maxSamples: Infinity }) : thrown;
    }
    return [...found.values()];
  }

  async completeness(fromMs: number, toMs: number): Promise<number> {
    const boundaryMs = Math.min(this.#store.firstTickAt ?? Infinity, toMs);
    const onDisk = fromMs < boundaryMs ? await this.#disk.call('countSeconds', [fromMs, boundaryMs]) : 0;
    const inMemory = this.#store.ticksIn(Math.max(fromMs, boundaryMs) - 1, toMs - 1);
    return Math.min(1, (onDisk + inMemory) / ((toMs - fromMs) / 1000));
  }

  /** What the disk has of the series that one of the selectors accepts, by the key of their labels. */
  private async read(
    request: Omit<LoadRequest, 'selectors' | 'maxSeries' | 'maxSamples'>,
    selectors: readonly (readonly Matcher[])[],
    limits: HistoryLimits,
  ): Promise<Map<string, Stored>> {
    const { maxSeries = Number.MAX_SAFE_INTEGER, maxSamples = Number.MAX_SAFE_INTEGER } = limits;
    const asked = { ...request, selectors: selectors.map(termsOf), maxSeries, maxSamples };
    try {
      return selectors.every((matchers) => matchers.every(isTerm))
        ? await this.load(asked)
        : await this.findAndLoad(asked, selectors);
    } catch (thrown) {
      throw thrown instanceof DiskError ? limitError(thrown, { maxSeries, maxSamples }) : thrown;
    }
  }

  /** One question, one answer. */
  private async load(request: LoadRequest): Promise<Map<string, Stored>> {
    const { told, raw, others } = await this.#disk.call('load', [request]);
    return byLabels(this.#names.learn(told), raw, others);
  }

  /** The worker cannot tell what a regular expression accepts. */
  private async findAndLoad(
    { kind, fromMs, toMs, maxSeries, maxSamples, grid, selectors: terms }: LoadRequest,
    selectors: readonly (readonly Matcher[])[],
  ): Promise<Map<string, Stored>> {
    const { told, parts } = await this.#disk.call('find', [kind === 'raw' ? 'raw' : 'rollup', fromMs, toMs, terms]);
    const names = this.#names.learn(told);
    const accepted = new Map<number, string>();
    const refused = new Set<number>();
    const isAccepted = (id: number): boolean => {
      if (accepted.has(id)) return true;
      if (refused.has(id)) return false;
      const { labels } = nameOf(names, id);
      const accepts = acceptedBy(selectors, labels);
      if (accepts) accepted.set(id, labels.key);
      else refused.add(id);
      return accepts;
    };
    const wanted = parts.map((part) => ({ ...part, ids: part.ids.filter(isAccepted) }));
    if (accepted.size > maxSeries && new Set(accepted.values()).size > maxSeries)
      throw new DiskError('too many series', 'maxSeries');
    const request = { kind, fromMs, toMs, parts: wanted, maxSamples };
    const { raw, others } = await this.#disk.call('read', [grid === undefined ? request : { ...request, grid }]);
    return byLabels(names, raw, others);
  }

  /** Adds what memory has from the boundary on, so that one array holds all of a series. */
  private withMemory(
    stored: Map<string, Stored>,
    selectors: readonly (readonly Matcher[])[],
    {
      boundaryMs,
      toMs,
      limits: { maxSamples = Infinity },
      grid,
    }: {
      readonly boundaryMs: number;
      readonly toMs: number;
      readonly limits: HistoryLimits;
      readonly grid: Grid | undefined;
    },
  ): readonly LoadedSeries[] {
    const loaded = new Map<string, LoadedSeries>();
    const buffer = new SampleBuffer();
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
        const { times, values } = mergeSamples(rawOf(stored.get(memory.labels.key), grid), recent);
        loaded.set(memory.labels.key, new LoadedSeries(memory.labels, times, values));
      }
    }
    for (const [key, old] of stored) {
      const samples = rawOf(old, grid);
      if (!loaded.has(key) && samples !== undefined)
        loaded.set(key, new LoadedSeries(old.labels, samples.times, samples.values));
    }
    return [...loaded.values()];
  }
}

function acceptedBy(selectors: readonly (readonly Matcher[])[], labels: Labels): boolean {
  return selectors.some((matchers) => matchers.every((each) => each.matches(labels.get(each.name))));
}

function isTerm({ operator }: Matcher): boolean {
  return operator === '=' || operator === '!=';
}

/** What the disk can look up by itself. */
function termsOf(matchers: readonly Matcher[]): readonly Term[] {
  return matchers.filter(isTerm).map(({ name, operator, value }) => ({ name, value, not: operator === '!=' }));
}

function limitError(
  thrown: DiskError,
  { maxSeries, maxSamples }: { readonly maxSeries: number; readonly maxSamples: number },
): Error {
  if (thrown.limit === undefined) return thrown;
  return thrown.limit === 'maxSeries'
    ? new QueryLimitError('maxSeries', `the matchers accept more than ${maxSeries} series, the limit of a query`)
    : new QueryLimitError('maxSamples', `the query would read more than ${maxSamples} samples, the limit of a query`);
}

function nameOf(names: ReadonlyMap<number, SeriesName>, id: number): SeriesName {
  const name = names.get(id);
  if (name === undefined) throw new Error(`series ${id} of the metric history has no name`);
  return name;
}

function byLabels(
  names: ReadonlyMap<number, SeriesName>,
  { ids, ends, times, values }: PackedSamples,
  others: readonly ReadSeries[],
): Map<string, Stored> {
  const stored = new Map<string, Stored>();
  const of = (id: number): Stored => {
    const { labels, metric } = nameOf(names, id);
    let series = stored.get(labels.key);
    if (series === undefined) stored.set(labels.key, (series = { labels, metric, raw: [], pieces: [] }));
    return series;
  };
  let from = 0;
  for (let i = 0; i < ids.length; i++) {
    const to = ends[i] as number;
    of(ids[i] as number).raw.push({ times: times.subarray(from, to), values: values.subarray(from, to) });
    from = to;
  }
  for (const piece of others) of(piece.id).pieces.push(piece);
  return stored;
}

/** The pieces of a series may come from several days, and of one day under several ids. */
function rawOf(stored: Stored | undefined, grid: Grid | undefined): Samples | undefined {
  const all = wholeOf(stored);
  // Once more for the whole: the last sample of each piece has come along.
  return all === undefined || stored?.raw.length === 1 ? all : onGrid(all, grid);
}

function wholeOf(stored: Stored | undefined): Samples | undefined {
  const pieces = [...(stored?.raw ?? [])].sort((a, b) => (a.times[0] ?? 0) - (b.times[0] ?? 0));
  if (pieces.every(({ times }, i) => i === 0 || (pieces[i - 1]?.times.at(-1) ?? 0) < (times[0] ?? 0)))
    return pieces.length === 0 ? undefined : joined(pieces);
  return pieces.reduce<Samples | undefined>(mergeSamples, undefined);
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
