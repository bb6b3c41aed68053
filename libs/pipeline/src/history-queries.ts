import {
  rawMarginMs,
  type Grid,
  type HistoryLimits,
  type HistoryResolution,
  type MetricStore,
} from '@tapewatch/metric-store';
import { formatDuration, type Clock } from '@tapewatch/model';
import {
  QueryLimitError,
  selectorsOf,
  type Expression,
  type QueryResult,
  type SeriesSource,
  type TimeSpan,
} from '@tapewatch/promql';
import { readsMinutes } from './minute-rule.js';
import { readingGrid } from './reading-grid.js';

/** Loaded samples lie in memory, sixteen bytes each, until the answer is there. */
const limits: HistoryLimits = { maxSeries: 20_000, maxSamples: 5_000_000 };
const patienceMs = 30_000;

export interface HistoryQuery {
  readonly expression: Expression;
  /** What it reads, as `timeSpanOf` says. */
  readonly span: TimeSpan;
  /** Of a range query. */
  readonly fromMs?: number;
  /** Absent: it is asked for one time only. */
  readonly stepMs?: number;
  readonly evaluate: (source: SeriesSource) => QueryResult;
}

export interface HistoryAnswer {
  readonly result: QueryResult;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** Evaluates what reaches further back than memory. */
export class HistoryQueries {
  readonly #metrics: MetricStore;
  readonly #clock: Clock;
  /** How long every sample is kept. */
  readonly #rawMs: number;

  constructor(metrics: MetricStore, clock: Clock, rawMs: number) {
    this.#metrics = metrics;
    this.#clock = clock;
    this.#rawMs = rawMs;
  }

  /** Whether something is stored that the span covers and memory does not hold. */
  isNeeded(span: TimeSpan | undefined): boolean {
    const { memory, oldestMs } = this.#metrics;
    const memoryFromMs = memory.firstTickAt ?? Infinity;
    return span !== undefined && oldestMs !== undefined && oldestMs < memoryFromMs && span.fromMs + 1 < memoryFromMs;
  }

  /** Rejects with QueryLimitError, EvaluationError, or with what keeps the disk from answering. */
  async answer(query: HistoryQuery): Promise<HistoryAnswer> {
    const rawFromMs = (this.#metrics.memory.lastTickAt ?? this.#clock.now()) - this.#rawMs - rawMarginMs;
    const beyondRaw = query.span.fromMs < rawFromMs && (this.#metrics.oldestMs ?? Infinity) < rawFromMs;
    const byMinutes = query.stepMs !== undefined && readsMinutes(query.expression, query.stepMs);
    if (beyondRaw && byMinutes) {
      return this.read(query, 'minute', `every sample is kept for ${formatDuration(this.#rawMs)} only`);
    }
    try {
      const answer = await this.read(query, 'raw');
      return beyondRaw ? { ...answer, warnings: [this.missing(query.span, rawFromMs)] } : answer;
    } catch (thrown) {
      const tooMuch = thrown instanceof QueryLimitError && thrown.limit === 'maxSamples';
      if (!tooMuch || !byMinutes) throw thrown;
      return this.read(query, 'minute', `its samples are more than ${limits.maxSamples}, the limit of a query`);
    }
  }

  private async read(query: HistoryQuery, resolution: HistoryResolution, why?: string): Promise<HistoryAnswer> {
    const selectors = selectorsOf(query.expression).map(({ matchers }) => matchers);
    const { fromMs } = query.span;
    const grid = resolution === 'raw' ? gridOf(query) : undefined;
    // After the last time that is asked for, nothing is looked at.
    const toMs = grid === undefined ? query.span.toMs : lastOf(grid, query.span);
    const source = await this.inTime(this.#metrics.history.source(selectors, fromMs, toMs, resolution, limits, grid));
    const infos = why === undefined ? [] : [`answered from one-minute values, the last of each minute: ${why}`];
    return { result: query.evaluate(source), warnings: [], infos };
  }

  private inTime<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.setTimeout(() => {
        const text = `reading the history took longer than ${formatDuration(patienceMs)}`;
        reject(new QueryLimitError('deadline', text));
      }, patienceMs);
      void work.then(resolve, reject).finally(() => timer.cancel());
    });
  }

  private missing(span: TimeSpan, rawFromMs: number): string {
    return (
      `the query reaches back to ${new Date(span.fromMs).toISOString()}, but every sample is kept only since ` +
      `${new Date(rawFromMs).toISOString()}; what is older is missing. Range queries of single values, rates or subqueries ` +
      `with steps of a minute or more are answered from what each minute left`
    );
  }
}

function gridOf({ expression, fromMs, stepMs }: HistoryQuery): Grid | undefined {
  return fromMs === undefined || stepMs === undefined ? undefined : readingGrid(expression, fromMs, stepMs);
}

function lastOf({ firstMs, stepMs }: Grid, { toMs }: TimeSpan): number {
  return firstMs + Math.max(0, Math.floor((toMs - firstMs) / stepMs)) * stepMs;
}
