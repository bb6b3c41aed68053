import type { AlertInstance, Labels } from '@tapewatch/model';
import type { Expression, VectorSelector } from '@tapewatch/promql';
import { horizonMs, selectorsOf } from '@tapewatch/promql';
import type { AlertRule } from '../rule-group.js';

/** Series of a selector at a time; empty where there are none or the query fails. */
export type SelectSeries = (selector: Expression, at: number) => readonly Labels[];

/**
 * How long after the start a selector may find nothing only because its source has not reported yet. The slowest source takes a
 * minute, and sources start a little later than the rules.
 */
const sourcesReportWithinMs = 70_000;

/**
 * After a start memory is empty, so a rule that finds nothing may know nothing. While that is so, restored alerts stay as they
 * are: until the expression's whole window is filled, and for the first 70 seconds while a selector finds no series that could
 * have made the alert.
 */
export class WarmUp {
  readonly #horizonMs: number;
  readonly #selectors: readonly VectorSelector[];
  readonly #ruleLabels: ReadonlySet<string>;
  readonly #select: SelectSeries;

  constructor(rule: AlertRule, select: SelectSeries) {
    const windowMs = horizonMs(rule.expression, 0);
    // A fixed time (`@`) is never reached by waiting.
    this.#horizonMs = Number.isFinite(windowMs) ? windowMs : 0;
    this.#selectors = selectorsOf(rule.expression);
    this.#ruleLabels = new Set([...rule.labels.map(({ name }) => name), 'alertname']);
    this.#select = select;
  }

  /** Whether data that is not there now may only not be there yet. */
  isOver(at: number, startedAt: number): boolean {
    return at - startedAt >= Math.max(this.#horizonMs, sourcesReportWithinMs);
  }

  /** For one evaluation: whether a restored alert that is not in the result is to stay as it is. */
  holderAt(at: number, startedAt: number): (instance: AlertInstance) => boolean {
    const runMs = at - startedAt;
    if (runMs < this.#horizonMs) return () => true;
    if (runMs >= sourcesReportWithinMs) return () => false;
    let found: readonly (readonly Labels[])[] | undefined;
    return (instance) => {
      found ??= this.#selectors.map((selector) => this.#select(selector, at));
      return found.some((series) => !series.some((labels) => this.#couldHaveMade(labels, instance)));
    };
  }

  /** A series whose labels contradict the alert's belongs to another alert of the rule. */
  #couldHaveMade(series: Labels, { labels }: AlertInstance): boolean {
    return labels.names.every((name, i) => {
      const value = series.get(name);
      return value === '' || value === labels.values[i] || this.#ruleLabels.has(name);
    });
  }
}
