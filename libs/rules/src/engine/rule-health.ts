import type { Labels } from '@tapewatch/model';
import { messageOf } from '@tapewatch/model';
import type { Expression, QueryResult } from '@tapewatch/promql';
import { selectorsOf } from '@tapewatch/promql';
import type { RuleView } from '../rule-view.js';
import type { Query } from './live-rule.js';

type Seen = Pick<RuleView, 'health' | 'lastError' | 'matchedSeries'>;

/** Asks a rule's query, and remembers how that went. */
export class RuleHealth {
  readonly #expression: Expression;
  readonly #query: Query;
  readonly #queryOffsetMs: number;
  #evaluatedAt: number | undefined;
  #lastError: string | undefined;
  #resultSize = 0;
  #matched: { readonly at: number; readonly count: number | undefined } | undefined;

  constructor(expression: Expression, query: Query, queryOffsetMs: number) {
    this.#expression = expression;
    this.#query = query;
    this.#queryOffsetMs = queryOffsetMs;
  }

  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** Hands on what `judge` throws. */
  evaluate<T>(at: number, judge: (result: QueryResult) => T): T {
    this.#evaluatedAt = at;
    try {
      const result = this.#query(this.#expression, at - this.#queryOffsetMs);
      this.#resultSize = result.kind === 'vector' ? result.series.length : 1;
      const judged = judge(result);
      this.#lastError = undefined;
      return judged;
    } catch (error) {
      this.#lastError = messageOf(error);
      throw error;
    }
  }

  fail(reason: string): void {
    this.#lastError = reason;
  }

  view(): Seen {
    const matchedSeries = this.#matchedSeries();
    return {
      health: this.#health(matchedSeries),
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
      ...(matchedSeries === undefined ? {} : { matchedSeries }),
    };
  }

  seriesOf(selector: Expression, at: number): readonly Labels[] {
    try {
      const result = this.#query(selector, at - this.#queryOffsetMs);
      return result.kind === 'vector' ? result.series.map(({ labels }) => labels) : [];
    } catch {
      return []; // what cannot be read counts as not there yet, so nothing resolves by it
    }
  }

  #health(matchedSeries: number | undefined): RuleView['health'] {
    if (this.#evaluatedAt === undefined) return 'unknown';
    if (this.#lastError !== undefined) return 'error';
    const selects = selectorsOf(this.#expression).length > 0;
    return selects && matchedSeries === 0 && this.#resultSize === 0 ? 'no_data' : 'ok';
  }

  /** Views are asked for far more rarely than rules are evaluated, so counting is left to them, and kept for a while. */
  #matchedSeries(): number | undefined {
    const at = this.#evaluatedAt;
    if (at === undefined) return undefined;
    if (this.#matched === undefined || at - this.#matched.at >= countKeptMs)
      this.#matched = { at, count: this.#count(at) };
    return this.#matched.count;
  }

  #count(at: number): number | undefined {
    const queryAt = at - this.#queryOffsetMs;
    const seen = new Set<string>();
    try {
      for (const selector of selectorsOf(this.#expression)) {
        const result = this.#query(selector, queryAt);
        if (result.kind === 'vector') for (const { labels } of result.series) seen.add(labels.key);
      }
      return seen.size;
    } catch {
      return undefined; // the evaluation itself tells what is wrong
    }
  }
}

const countKeptMs = 10_000;
