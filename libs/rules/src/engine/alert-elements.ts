import { Labels } from '@tapewatch/model';
import type { VectorSample } from '@tapewatch/promql';
import type { AlertRule, NamedTemplate } from '../rule-group.js';
import type { TemplateData } from '@tapewatch/go-template';
import type { AlertElement } from './alert-states.js';

/** What templates see beside the element itself. */
export type TemplateContext = Omit<TemplateData, 'labels' | 'value'>;

interface Made {
  readonly value: number;
  readonly element: AlertElement;
}

/** Makes alerts' labels and annotations out of query results, and only anew where something changed. */
export class AlertElements {
  readonly #rule: AlertRule;
  readonly #labelsAreConstant: boolean;
  readonly #isPure: boolean;
  #made = new Map<string, Made>();
  #externalUrl = '';

  constructor(rule: AlertRule) {
    this.#rule = rule;
    this.#labelsAreConstant = rule.labels.every(({ template }) => template.constant);
    this.#isPure = [...rule.labels, ...rule.annotations].every(({ template }) => template.pure);
  }

  /** Keyed by label key. Throws when two elements end up with the same labels, as upstream: the rule as a whole has failed then. */
  of(result: readonly VectorSample[], context: TemplateContext): ReadonlyMap<string, AlertElement> {
    const elements = new Map<string, AlertElement>();
    const made = new Map<string, Made>();
    const isReusable = this.#isPure && context.externalUrl === this.#externalUrl;
    this.#externalUrl = context.externalUrl;
    for (const sample of result) {
      const next = this.#make(sample, this.#made.get(sample.labels.key), isReusable, context);
      const { key } = next.element.labels;
      if (elements.has(key))
        throw new Error(
          `vector contains metrics with the same labelset after applying alert labels: ${next.element.labels.toString()}`,
        );
      elements.set(key, next.element);
      made.set(sample.labels.key, next);
    }
    this.#made = made;
    return elements;
  }

  #make(sample: VectorSample, known: Made | undefined, isReusable: boolean, context: TemplateContext): Made {
    if (isReusable && known !== undefined && Object.is(known.value, sample.value)) return known;
    const data: TemplateData = { ...context, labels: sample.labels, value: sample.value };
    const labels = known !== undefined && this.#labelsAreConstant ? known.element.labels : this.#labels(data);
    const annotations = Object.fromEntries(expanded(this.#rule.annotations, data));
    return { value: sample.value, element: { labels, annotations, value: sample.value } };
  }

  #labels(data: TemplateData): Labels {
    return Labels.fromEntries([
      ...data.labels.without('__name__').entries(),
      ...expanded(this.#rule.labels, data),
      ['alertname', this.#rule.name],
    ]);
  }
}

function expanded(templates: readonly NamedTemplate[], data: TemplateData): (readonly [string, string])[] {
  return templates.map(({ name, template }) => [name, template.expandOrExplain(data)] as const);
}
