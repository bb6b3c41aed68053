import type { AlertInstance } from '@tapewatch/model';
import type { Expression } from '@tapewatch/promql';
import type { AlertRule } from '../rule-group.js';
import type { TemplateContext } from './alert-elements.js';
import { AlertElements } from './alert-elements.js';
import type { AlertElement } from './alert-states.js';
import type { Query } from './live-rule.js';
import { elementsOf } from './live-rule.js';

/** Another threshold to clear: keeps firing alerts in the result of their rule. Asked only when one of them has left it. */
export class Holds {
  readonly #expression: Expression;
  readonly #query: Query;
  readonly #queryOffsetMs: number;
  readonly #elements: AlertElements;

  constructor(rule: AlertRule, expression: Expression, query: Query, queryOffsetMs: number) {
    this.#expression = expression;
    this.#query = query;
    this.#queryOffsetMs = queryOffsetMs;
    this.#elements = new AlertElements(rule);
  }

  /** The elements found, and those of firing alerts that are missing but held. Throws when the query fails. */
  added(
    found: ReadonlyMap<string, AlertElement>,
    active: Iterable<AlertInstance>,
    context: TemplateContext,
  ): ReadonlyMap<string, AlertElement> {
    const leaving = [...active].filter(({ state, labels }) => state === 'firing' && !found.has(labels.key));
    if (leaving.length === 0) return found;
    const result = elementsOf(this.#query(this.#expression, context.at - this.#queryOffsetMs));
    const held = this.#elements.of(result, context);
    const all = new Map(found);
    for (const { labels } of leaving) {
      const element = held.get(labels.key);
      if (element !== undefined) all.set(labels.key, element);
    }
    return all;
  }
}
