import { accepted, Labels, messageOf, refused, type Clock, type CommandResult } from '@tapewatch/model';
import type { MemoryStore, MetricStore } from '@tapewatch/metric-store';
import {
  evaluateInstant,
  evaluateRange,
  EvaluationError,
  formatNote,
  parse,
  PromqlError,
  QueryLimitError,
  timeSpanOf,
  type EvaluateOptions,
  type Expression,
  type QueryLimits,
  type QueryResult,
  type SeriesSource,
} from '@tapewatch/promql';
import type { QuerySample } from '@tapewatch/plugin-sdk';
import { HistoryQueries } from './history-queries.js';
import type { Eventually, MetricResult, MetricSeries, QueryOptions } from './metric-result.js';

const limits = { maxSamples: 20_000_000, maxSeries: 100_000, maxPoints: 1_000_000 };
/** The tick waits meanwhile, so it is short. */
const maxMs = 700;
/** Prometheus'; the evaluator's own when none is given. */
const defaultLookbackMs = 300_000;

/** PromQL over what memory holds, and, further back, over the history. */
export class Queries {
  readonly #store: MemoryStore;
  readonly #history: HistoryQueries;
  readonly #remote: boolean;
  readonly #clock: Clock;

  constructor(metrics: MetricStore, clock: Clock, rawMs: number) {
    this.#store = metrics.memory;
    this.#history = new HistoryQueries(metrics, clock, rawMs);
    this.#remote = metrics.remote;
    this.#clock = clock;
  }

  /** As of `at`; of the newest tick without it. At once where memory reaches far enough back. */
  instant(text: string, at?: number, options: QueryOptions = {}): Eventually<CommandResult<MetricResult>> {
    const timeMs = at ?? this.newest();
    return this.answer(text, { from: timeMs, to: timeMs }, options, (expression, source) =>
      evaluateInstant(expression, source, timeMs, this.evaluation(options)),
    );
  }

  /** At once where memory reaches far enough back. */
  range(
    text: string,
    from: number,
    to: number,
    stepMs: number,
    options: QueryOptions = {},
  ): Eventually<CommandResult<MetricResult>> {
    return this.answer(text, { from, to, stepMs }, options, (expression, source) =>
      evaluateRange(expression, source, from, to, stepMs, this.evaluation(options)),
    );
  }

  /** As of the newest tick, from memory alone, however far back the text looks. */
  inMemory(text: string): CommandResult<MetricResult> {
    const timeMs = this.newest();
    return attempt(() => {
      const result = evaluateInstant(parse(text), this.#store, timeMs, { limits: this.limits() });
      return accepted(metricResult(result, timeMs));
    });
  }

  /** For rules: parsed before, and what goes wrong is thrown. */
  evaluate(expression: Expression, at: number): QueryResult {
    return evaluateInstant(expression, this.#store, at, { limits: this.limits() });
  }

  /** For plugins. */
  async samples(text: string): Promise<readonly QuerySample[]> {
    const result = await this.instant(text);
    if (!result.ok) throw new Error(`${result.refusal.path ?? ''} ${result.refusal.message}`.trim());
    return result.value.series.map(({ labels, values }) => ({
      labels: labels.toObject(),
      value: values[values.length - 1] as number,
    }));
  }

  private newest(): number {
    // What an earlier process has stored last is not what holds now.
    return this.#store.ownTickAt ?? this.#clock.now();
  }

  private answer(
    text: string,
    { from, to, stepMs }: { readonly from: number; readonly to: number; readonly stepMs?: number },
    { lookbackMs = defaultLookbackMs }: QueryOptions,
    evaluate: (expression: Expression, source: SeriesSource) => QueryResult,
  ): Eventually<CommandResult<MetricResult>> {
    return attempt<MetricResult>((): Eventually<CommandResult<MetricResult>> => {
      const expression = parse(text);
      const span = timeSpanOf(expression, from, to, lookbackMs);
      // What is a little too old for memory is not worth a way over the network, which the newest second has not gone yet.
      const asked = this.#remote ? timeSpanOf(expression, from, to, 0) : span;
      if (span === undefined || !this.#history.isNeeded(asked))
        return accepted(metricResult(evaluate(expression, this.#store), to));
      const query = { expression, span, evaluate: (source: SeriesSource) => evaluate(expression, source) };
      return this.#history
        .answer(stepMs === undefined ? query : { ...query, fromMs: from, stepMs })
        .then(({ result, warnings, infos }): CommandResult<MetricResult> =>
          accepted(metricResult(result, to, { warnings, infos })),
        )
        .catch((thrown: unknown) => refusalOf<MetricResult>(thrown) ?? unreadable<MetricResult>(thrown));
    });
  }

  private evaluation({ lookbackMs, timeoutMs = maxMs }: QueryOptions): EvaluateOptions {
    return { limits: this.limits(Math.min(timeoutMs, maxMs)), ...(lookbackMs === undefined ? {} : { lookbackMs }) };
  }

  private limits(withinMs = maxMs): QueryLimits {
    const end = this.#clock.monotonic() + withinMs;
    return { ...limits, deadline: () => this.#clock.monotonic() > end };
  }
}

function attempt<T>(work: () => CommandResult<T>): CommandResult<T>;
function attempt<T>(work: () => Eventually<CommandResult<T>>): Eventually<CommandResult<T>>;
function attempt<T>(work: () => Eventually<CommandResult<T>>): Eventually<CommandResult<T>> {
  try {
    return work();
  } catch (thrown) {
    const refusal = refusalOf<T>(thrown);
    if (refusal === undefined) throw thrown;
    return refusal;
  }
}

function refusalOf<T>(thrown: unknown): CommandResult<T> | undefined {
  if (thrown instanceof QueryLimitError) return refused('QUERY_LIMIT', thrown.message, thrown.limit);
  if (thrown instanceof PromqlError) return refused('QUERY_INVALID', thrown.reason, `${thrown.line}:${thrown.column}`);
  if (thrown instanceof EvaluationError)
    return refused('QUERY_FAILED', thrown.message, `${thrown.range.line}:${thrown.range.column}`);
  return undefined;
}

function unreadable<T>(thrown: unknown): CommandResult<T> {
  return refused('UNAVAILABLE', `the metric history cannot be read (${messageOf(thrown)})`);
}

function metricResult(
  result: QueryResult,
  at: number,
  more: { readonly warnings: readonly string[]; readonly infos: readonly string[] } = { warnings: [], infos: [] },
): MetricResult {
  const notes = {
    warnings: [...result.warnings.map(formatNote), ...more.warnings],
    infos: [...result.infos.map(formatNote), ...more.infos],
  };
  if (result.kind === 'string') return { kind: 'string', at, series: [], text: result.value, ...notes };
  return { kind: result.kind, at, series: seriesOf(result, at), ...notes };
}

/** A scalar comes as one series without labels. */
function seriesOf(result: Exclude<QueryResult, { kind: 'string' }>, at: number): readonly MetricSeries[] {
  if (result.kind === 'matrix') return result.series;
  if (result.kind === 'scalar') return [{ labels: Labels.EMPTY, times: [at], values: [result.value] }];
  return result.series.map(({ labels, value }) => ({ labels, times: [at], values: [value] }));
}
