import type { Labels, Matcher } from '@tapewatch/model';
import { QueryLimitError, SampleBuffer, type SeriesSource } from '@tapewatch/promql';
import type { DiskCaller } from '../disk/disk-client.js';
import { DiskError } from '../disk/disk-client.js';
import type { Grid } from '../disk/grid.js';
import type { LoadRequest } from '../disk/loading.js';
import { mergeSamples } from '../disk/merge-samples.js';
import type { Term } from '../disk/series-catalog.js';
import { addTotals, totalOf } from '../disk/totals-row.js';
import type { MemoryStore } from '../memory-store.js';
import { byLabels, minutesOf, rawOf, totalOfPieces, type FoundSeries } from './found-series.js';
import type {
  HistoryLimits,
  HistoryReader,
  HistoryResolution,
  MinuteSeries,
  SeriesTotals,
  TotalsReader,
} from './history-reader.js';
import { LoadedSeries, LoadedSource } from './loaded-source.js';
import { lastOfEachMinute, memoryMinutes } from './memory-history.js';
import { MinuteColumns, nextStartOfMinute, startOfMinute } from './minute-summary.js';
import { nameOf, SeriesNames } from './series-names.js';

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
    const { stored, recent } = await this.byMinute('rollup', matchers, fromMs, toMs, limits);
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
    const { stored, recent } = await this.byMinute('total', matchers, fromMs, toMs, limits);
    const found = new Map<string, SeriesTotals>();
    for (const [key, { labels, metric, pieces }] of stored) {
      const total = totalOfPieces(pieces);
      if (total !== undefined) found.set(key, { labels, metric, ...total });
    }
    for (const series of recent) {
      const { labels, metric, startMs } = series;
      const added = totalOf(0, { ...series, length: startMs.length });
      if (added === undefined) continue;
      const old = found.get(labels.key);
      const total = old === undefined ? added : { id: 0, ...old };
      if (old !== undefined) addTotals(total, added);
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

  /** What there is of the minutes that begin in [fromMs, toMs): on disk of those before the first that memory has whole, and in memory. */
  private async byMinute(
    kind: 'rollup' | 'total',
    matchers: readonly Matcher[],
    fromMs: number,
    toMs: number,
    limits: HistoryLimits,
  ): Promise<{ readonly stored: Map<string, FoundSeries>; readonly recent: readonly MinuteSeries[] }> {
    const firstMs = nextStartOfMinute(fromMs);
    const endMs = nextStartOfMinute(toMs);
    const boundaryMs = nextStartOfMinute(this.#store.firstTickAt ?? Infinity);
    const stored =
      firstMs < boundaryMs
        ? await this.read({ kind, fromMs: firstMs, toMs: Math.min(endMs, boundaryMs) }, [matchers], limits)
        : new Map<string, FoundSeries>();
    const recent = memoryMinutes(this.#store, matchers, Math.max(firstMs, boundaryMs), endMs, limits);
    return { stored, recent };
  }

  /** What the disk has of the series that one of the selectors accepts, by the key of their labels. */
  private async read(
    request: Omit<LoadRequest, 'selectors' | 'maxSeries' | 'maxSamples'>,
    selectors: readonly (readonly Matcher[])[],
    limits: HistoryLimits,
  ): Promise<Map<string, FoundSeries>> {
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
  private async load(request: LoadRequest): Promise<Map<string, FoundSeries>> {
    const { told, raw, others } = await this.#disk.call('load', [request]);
    return byLabels(this.#names.learn(told), raw, others);
  }

  /** The worker cannot tell what a regular expression accepts. */
  private async findAndLoad(
    { kind, fromMs, toMs, maxSeries, maxSamples, grid, selectors: terms }: LoadRequest,
    selectors: readonly (readonly Matcher[])[],
  ): Promise<Map<string, FoundSeries>> {
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
    stored: Map<string, FoundSeries>,
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
