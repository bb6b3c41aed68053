import type { PipelineReader } from '@tapewatch/pipeline';
import type { MetricUpdate } from './metric-feed.js';

/** Evaluates a query once per tick, however many subscribers ask for it. */
export class TickQueries {
  readonly #read: Pick<PipelineReader, 'query'>;
  readonly #results = new Map<string, MetricUpdate>();
  #at = Number.NEGATIVE_INFINITY;

  constructor(read: Pick<PipelineReader, 'query'>) {
    this.#read = read;
  }

  evaluate(query: string, at?: number): MetricUpdate {
    // Without a time, or for a tick that a slow subscriber is still at, nobody else asks.
    if (at === undefined || at < this.#at) return this.#read.query(query, at);
    if (at > this.#at) {
      this.#results.clear();
      this.#at = at;
    }
    let result = this.#results.get(query);
    if (result === undefined) {
      result = this.#read.query(query, at);
      this.#results.set(query, result);
    }
    return result;
  }
}
