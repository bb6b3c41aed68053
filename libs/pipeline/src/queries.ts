import { accepted, Labels, refused, type Clock, type CommandResult } from '@tapewatch/model';
import type { MemoryStore } from '@tapewatch/metric-store';
import {
  evaluateInstant,
  evaluateRange,
  EvaluationError,
  formatNote,
  parse,
  PromqlError,
  QueryLimitError,
  type EvaluateOptions,
  type Expression,
  type QueryLimits,
  type QueryResult,
} from '@tapewatch/promql';
import type { QuerySample } from '@tapewatch/plugin-sdk';
import type { MetricResult, MetricSeries, QueryOptions } from './pipeline.js';

const limits = { maxSamples: 20_000_000, maxSeries: 100_000, maxPoints: 1_000_000 };
/** The tick waits meanwhile, so it is short. */
const maxMs = 700;

/** PromQL over what memory holds. */
export class Queries {
  readonly #store: MemoryStore;
  readonly #clock: Clock;

  constructor(store: MemoryStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** As of `at`; of the newest tick without it. */
  instant(text: string, at?: number, options: QueryOptions = {}): CommandResult<MetricResult> {
    const timeMs = at ?? this.newest();
    return this.answer(text, timeMs, (expression) =>
      evaluateInstant(expression, this.#store, timeMs, this.evaluation(options)),
    );
  }

  range(
    text: string,
    from: number,
    to: number,
    stepMs: number,
    options: QueryOptions = {},
  ): CommandResult<MetricResult> {
    return this.answer(text, to, (expression) =>
      evaluateRange(expression, this.#store, from, to, stepMs, this.evaluation(options)),
    );
  }

  /** For rules: parsed before, and what goes wrong is thrown. */
  evaluate(expression: Expression, at: number): QueryResult {
    return evaluateInstant(expression, this.#store, at, { limits: this.limits() });
  }

  /** For plugins. */
  async samples(text: string): Promise<readonly QuerySample[]> {
    const result = this.instant(text);
    if (!result.ok) throw new Error(`${result.refusal.path ?? ''} ${result.refusal.message}`.trim());
    await Promise.resolve();
    return result.value.series.map(({ labels, values }) => ({
      labels: labels.toObject(),
      value: values[values.length - 1] as number,
    }));
  }

  private newest(): number {
    return this.#store.lastTickAt ?? this.#clock.now();
  }

  private answer(
    text: string,
    at: number,
    evaluate: (expression: Expression) => QueryResult,
  ): CommandResult<MetricResult> {
    try {
      return accepted(metricResult(evaluate(parse(text)), at));
    } catch (thrown) {
      if (thrown instanceof QueryLimitError) return refused('QUERY_LIMIT', thrown.message, thrown.limit);
      if (thrown instanceof PromqlError)
        return refused('QUERY_INVALID', thrown.reason, `${thrown.line}:${thrown.column}`);
      if (thrown instanceof EvaluationError)
        return refused('QUERY_FAILED', thrown.message, `${thrown.range.line}:${thrown.range.column}`);
      throw thrown;
    }
  }

  private evaluation({ lookbackMs, timeoutMs = maxMs }: QueryOptions): EvaluateOptions {
    return { limits: this.limits(Math.min(timeoutMs, maxMs)), ...(lookbackMs === undefined ? {} : { lookbackMs }) };
  }

  private limits(withinMs = maxMs): QueryLimits {
    const end = this.#clock.monotonic() + withinMs;
    return { ...limits, deadline: () => this.#clock.monotonic() > end };
  }
}

function metricResult(result: QueryResult, at: number): MetricResult {
  const notes = { warnings: result.warnings.map(formatNote), infos: result.infos.map(formatNote) };
  if (result.kind === 'string') return { kind: 'string', at, series: [], text: result.value, ...notes };
  return { kind: result.kind, at, series: seriesOf(result, at), ...notes };
}

/** A scalar comes as one series without labels. */
function seriesOf(result: Exclude<QueryResult, { kind: 'string' }>, at: number): readonly MetricSeries[] {
  if (result.kind === 'matrix') return result.series;
  if (result.kind === 'scalar') return [{ labels: Labels.EMPTY, times: [at], values: [result.value] }];
  return result.series.map(({ labels, value }) => ({ labels, times: [at], values: [value] }));
}
