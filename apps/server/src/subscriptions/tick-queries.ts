import type { PipelineReader } from '@tapewatch/pipeline';
import type { EvaluationTurns } from '../graphql/metrics/evaluation-turns.js';
import type { MetricUpdate } from './metric-feed.js';

/** Evaluates a query once per tick, however many subscribers ask for it, in its turn among all evaluations. */
export class TickQueries {
  readonly #read: Pick<PipelineReader, 'query'>;
  readonly #turns: EvaluationTurns;
  readonly #results = new Map<string, Promise<MetricUpdate>>();
  #at = Number.NEGATIVE_INFINITY;

  constructor(read: Pick<PipelineReader, 'query'>, turns: EvaluationTurns) {
    this.#read = read;
    this.#turns = turns;
  }

  evaluate(query: string, at?: number): Promise<MetricUpdate> {
    const evaluate = (): Promise<MetricUpdate> => this.#turns.run(() => this.#read.query(query, at));
    // Without a time, or for a tick that a slow subscriber is still at, nobody else asks.
    if (at === undefined || at < this.#at) return evaluate();
    if (at > this.#at) {
      this.#results.clear();
      this.#at = at;
    }
    let result = this.#results.get(query);
    if (result === undefined) {
      result = evaluate();
      this.#results.set(query, result);
    }
    return result;
  }
}
