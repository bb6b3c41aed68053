import type { Labels } from '@tapewatch/model';
import { messageOf } from '@tapewatch/model';
import type { Expression, QueryResult } from '@tapewatch/promql';
import type { RuleView } from '../rule-view.js';
import type { Query } from './live-rule.js';
import { Sight } from './sight.js';

type Seen = Pick<RuleView, 'health' | 'lastError' | 'matchedSeries'>;

interface Look {
  readonly at: number;
  readonly isBlind: boolean;
  /** Absent when that cannot be read. */
  readonly count?: number;
}

/** Asks a rule's query, and remembers how that went. */
export class RuleHealth {
  readonly #expression: Expression;
  readonly #query: Query;
  readonly #queryOffsetMs: number;
  readonly #sight: Sight;
  #evaluatedAt: number | undefined;
  #lastError: string | undefined;
  #resultSize = 0;
  #look: Look | undefined;

  constructor(expression: Expression, query: Query, queryOffsetMs: number) {
    this.#expression = expression;
    this.#query = query;
    this.#queryOffsetMs = queryOffsetMs;
    this.#sight = new Sight(expression);
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

  /** What the rule before a reload knew, when that asked the same. */
  adopt(before: RuleHealth): void {
    this.#lastError = before.#lastError;
    this.#evaluatedAt = before.#evaluatedAt;
    this.#resultSize = before.#resultSize;
    this.#look = before.#look;
  }

  view(): Seen {
    const look = this.#freshLook();
    const health = this.#health(look);
    return {
      health,
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
      ...(look?.count === undefined ? {} : { matchedSeries: look.count }),
    };
  }

  /** Whether its last result is empty because there is nothing to see. Asks queries, so not to be called at every evaluation without need. */
  hasNoData(): boolean {
    const at = this.#evaluatedAt;
    if (at === undefined || this.#lastError !== undefined || this.#resultSize > 0) return false;
    try {
      return this.isBlind(at);
    } catch {
      return false; // the evaluation itself tells what is wrong
    }
  }

  /** Whether a selector that the rule cannot do without matches no series. Throws when that cannot be read. */
  isBlind(at: number): boolean {
    return this.#sight.isBlind((probe) => this.find(probe, at));
  }

  /** The label sets of an expression's result, asked as the rule asks. */
  find(expression: Expression, at: number): readonly Labels[] {
    const result = this.#query(expression, at - this.#queryOffsetMs);
    return result.kind === 'vector' ? result.series.map(({ labels }) => labels) : [];
  }

  #health(look: Look | undefined): RuleView['health'] {
    if (look === undefined) return 'unknown';
    if (this.#lastError !== undefined) return 'error';
    return look.isBlind && this.#resultSize === 0 ? 'no_data' : 'ok';
  }

  /** Views are asked for far more rarely than rules are evaluated, so looking is left to them, and kept for a while. */
  #freshLook(): Look | undefined {
    const at = this.#evaluatedAt;
    if (at === undefined) return undefined;
    if (this.#look === undefined || at - this.#look.at >= lookKeptMs) this.#look = this.#lookAt(at);
    return this.#look;
  }

  #lookAt(at: number): Look {
    try {
      const find = (probe: Expression): readonly Labels[] => this.find(probe, at);
      return { at, isBlind: this.#sight.isBlind(find), count: this.#sight.count(find) };
    } catch {
      return { at, isBlind: false }; // the evaluation itself tells what is wrong
    }
  }
}

const lookKeptMs = 10_000;
