import type { AlertInstance, Language, RuleRef, RuleTransition, Timeline } from '@tapewatch/model';
import { Labels } from '@tapewatch/model';
import type { AlertRule } from '../rule-group.js';
import type { TemplateContext } from './alert-elements.js';
import type { AlertElement } from './alert-states.js';
import { AlertStates } from './alert-states.js';
import { conditionWords, type ConditionWords } from './condition-words.js';

/** That a rule cannot judge. */
export type Condition = { readonly kind: 'no_data' } | { readonly kind: 'error'; readonly reason: string };

/** The label of an alert that tells of its rule itself; in the words of the rule's health. */
export const conditionLabel = 'rule_health';

/**
 * Alerts that tell that their rule cannot judge. They have the rule's name and its fixed labels, so that they take the way of its other alerts to
 * the same people, and the label `rule_health`. They wait for the rule's `for`.
 */
export class ConditionAlerts {
  readonly #rule: AlertRule;
  readonly #words: ConditionWords;
  readonly #states: AlertStates;
  #known: { readonly key: string; readonly element: AlertElement } | undefined;

  constructor(rule: AlertRule, ref: RuleRef, language: Language, timeline: Timeline) {
    this.#rule = rule;
    this.#words = conditionWords(language);
    this.#states = new AlertStates(ref, { forMs: rule.forMs, keepFiringForMs: 0, limit: 0 }, timeline);
  }

  /** Whether an alert of the rule is one of these. */
  owns({ labels }: AlertInstance): boolean {
    const { noData, onError } = this.#rule;
    return (
      (noData === 'alert' && labels.equals(this.#labels('no_data'))) ||
      (onError === 'alert' && labels.equals(this.#labels('error')))
    );
  }

  restore(instance: AlertInstance, startedAt: number): void {
    this.#states.restore(instance, startedAt);
  }

  adopt(before: ConditionAlerts): void {
    this.#states.adopt(before.#states);
  }

  active(): IterableIterator<AlertInstance> {
    return this.#states.active();
  }

  apply(condition: Condition | undefined, context: TemplateContext): readonly RuleTransition[] {
    if (condition === undefined && this.#states.size === 0) return [];
    const element = condition === undefined ? undefined : this.#element(condition, context);
    const elements = new Map(element === undefined ? [] : [[element.labels.key, element]]);
    return this.#states.apply(context.at, elements, () => false).transitions;
  }

  #element(condition: Condition, context: TemplateContext): AlertElement {
    const key = JSON.stringify([condition, context.externalUrl]);
    if (this.#known?.key !== key) {
      const annotations = { ...this.#annotations(context), ...this.#texts(condition) };
      this.#known = { key, element: { labels: this.#labels(condition.kind), annotations, value: 1 } };
    }
    return this.#known.element;
  }

  #texts(condition: Condition): Readonly<Record<string, string>> {
    const { name, query } = this.#rule;
    const { noData, error } = this.#words;
    return condition.kind === 'no_data'
      ? { summary: noData.summary(name), description: noData.description(query) }
      : { summary: error.summary(name), description: error.description(condition.reason) };
  }

  #labels(kind: Condition['kind']): Labels {
    const fixed = this.#rule.labels.filter(({ template }) => template.constant);
    return Labels.fromEntries([
      ...fixed.map(({ name, template }) => [name, template.text] as const),
      [conditionLabel, kind],
      ['alertname', this.#rule.name],
    ]);
  }

  /** Those that do not speak of an element, as links to runbooks. */
  #annotations(context: TemplateContext): Readonly<Record<string, string>> {
    const general = this.#rule.annotations.filter(({ template }) => !ofElement.test(template.text));
    const data = { ...context, labels: Labels.EMPTY, value: NaN };
    return Object.fromEntries(general.map(({ name, template }) => [name, template.expandOrExplain(data)]));
  }
}

const ofElement = /\$labels|\$value|\.Labels|\.Value|\{\{\s*(?:range|with)?\s*\.\s*\}\}/;
