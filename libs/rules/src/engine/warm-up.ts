import type { AlertInstance, Labels } from '@tapewatch/model';
import type { Expression, VectorSelector } from '@tapewatch/promql';
import { horizonMs, selectorsOf } from '@tapewatch/promql';
import type { AlertRule } from '../rule-group.js';
import { isRefuted } from './refutation.js';

/** The label sets of an expression's result at a time; throws when it fails. */
export type FindLabels = (expression: Expression, at: number) => readonly Labels[];

/**
 * How long after the start a selector may find nothing only because its source has not reported yet. The slowest source takes a
 * minute, and sources start a little later than the rules.
 */
const sourcesReportWithinMs = 70_000;

/**
 * After a start memory is empty, so a rule that finds nothing may know nothing. While that is so, restored alerts stay as they are: until those windows
 * of the expression are filled that tell that there is no alert, and for the first 70 seconds while a selector finds no series that could have made it.
 */
export class WarmUp {
  readonly #expression: Expression;
  readonly #horizonMs: number;
  readonly #offsetMs: number;
  readonly #selectors: readonly VectorSelector[];
  readonly #ruleLabels: ReadonlySet<string>;
  readonly #find: FindLabels;

  constructor(rule: AlertRule, find: FindLabels) {
    const windowMs = horizonMs(rule.expression, 0);
    this.#expression = rule.expression;
    // A fixed time (`@`) is never reached by waiting.
    this.#horizonMs = Number.isFinite(windowMs) ? windowMs : 0;
    this.#selectors = selectorsOf(rule.expression);
    this.#offsetMs = Math.max(0, ...this.#selectors.map(({ offsetMs }) => offsetMs));
    this.#ruleLabels = new Set([...rule.labels.map(({ name }) => name), 'alertname']);
    this.#find = find;
  }

  /** Whether series that are not there now cannot just not be there yet. */
  sourcesHaveReported(at: number, startedAt: number): boolean {
    return at - startedAt >= sourcesReportWithinMs + this.#offsetMs;
  }

  /** For one evaluation: whether a restored alert that is not in the result is to stay as it is. */
  holderAt(at: number, startedAt: number): (instance: AlertInstance) => boolean {
    const runMs = at - startedAt;
    const isFilled = runMs >= this.#horizonMs;
    if (isFilled && runMs >= sourcesReportWithinMs) return () => false;
    const lacksSeries = runMs < sourcesReportWithinMs ? this.#lacksSeriesAt(at) : () => false;
    const results = this.#resultsAt(at);
    return (instance) => lacksSeries(instance) || (!isFilled && !this.#isRefuted(instance, runMs, results));
  }

  /** Whether a selector finds no series that could have made the alert. What cannot be read counts as not there yet. */
  #lacksSeriesAt(at: number): (instance: AlertInstance) => boolean {
    let found: readonly (readonly Labels[])[] | undefined;
    return (instance) => {
      found ??= this.#selectors.map((selector) => this.#found(selector, at));
      return found.some((series) => !series.some((labels) => this.#canBeOf(labels, instance)));
    };
  }

  #found(selector: Expression, at: number): readonly Labels[] {
    try {
      return this.#find(selector, at);
    } catch {
      return [];
    }
  }

  /** Each part of the expression is asked once an evaluation, however many alerts there are. */
  #resultsAt(at: number): (part: Expression) => readonly Labels[] {
    const known = new Map<Expression, readonly Labels[]>();
    return (part) => {
      const found = known.get(part) ?? this.#find(part, at);
      known.set(part, found);
      return found;
    };
  }

  #isRefuted(instance: AlertInstance, runMs: number, results: (part: Expression) => readonly Labels[]): boolean {
    try {
      return isRefuted(this.#expression, runMs, results, (labels) => this.#canBeOf(labels, instance));
    } catch {
      return false;
    }
  }

  /** Labels that contradict the alert's belong to another alert of the rule. */
  #canBeOf(found: Labels, { labels }: AlertInstance): boolean {
    return labels.names.every((name, i) => {
      const value = found.get(name);
      return value === '' || value === labels.values[i] || this.#ruleLabels.has(name);
    });
  }
}
