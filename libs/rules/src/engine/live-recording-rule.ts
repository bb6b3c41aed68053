import type { Labels, MetricDescription, RuleRef, Series } from '@tapewatch/model';
import type { RecordingRule, RuleGroup } from '../rule-group.js';
import type { RuleSample } from '../rule-sample.js';
import type { RuleView } from '../rule-view.js';
import type { LiveRule, Query, RuleOutcome } from './live-rule.js';
import { elementsOf, LimitExceededError } from './live-rule.js';
import { RuleHealth } from './rule-health.js';

/** A recording rule: its result becomes series of the rule's name. */
export class LiveRecordingRule implements LiveRule {
  readonly rule: RecordingRule;
  readonly ref: RuleRef;
  readonly #limit: number;
  readonly #health: RuleHealth;
  readonly #metric: MetricDescription;
  /** By the key of the result's labels. */
  #series = new Map<string, Series>();

  constructor(rule: RecordingRule, ref: RuleRef, group: RuleGroup, query: Query) {
    this.rule = rule;
    this.ref = ref;
    this.#limit = group.limit;
    this.#health = new RuleHealth(rule.expression, query, group.queryOffsetMs);
    this.#metric = {
      otelName: rule.name,
      name: rule.name,
      type: 'gauge',
      unit: '',
      description: `Recorded by the rule ${rule.name} of the group ${group.name}`,
    };
  }

  get lastError(): string | undefined {
    return this.#health.lastError;
  }

  active(): readonly never[] {
    return [];
  }

  owns(): boolean {
    return false;
  }

  restore(): void {
    throw new Error('a recording rule has no alerts');
  }

  startAt(): void {
    // Only alerts wait for their data after a start.
  }

  skippedTo(): void {
    // As with a start.
  }

  hasNoData(): boolean {
    return this.#health.hasNoData();
  }

  adopt(before: LiveRule): void {
    if (!(before instanceof LiveRecordingRule)) return;
    this.#health.adopt(before.#health);
    this.#series = before.#series;
  }

  evaluate(at: number): RuleOutcome {
    return this.#health.evaluate(at, (result) => {
      const series = new Map<string, Series>();
      const samples: RuleSample[] = [];
      const seen = new Set<string>();
      for (const { labels, value } of elementsOf(result)) {
        const one = this.#series.get(labels.key) ?? { labels: this.#labelsOf(labels), metric: this.#metric };
        if (seen.has(one.labels.key)) throw new Error(sameLabels(one.labels));
        seen.add(one.labels.key);
        series.set(labels.key, one);
        samples.push({ series: one, value });
      }
      if (this.#limit > 0 && samples.length > this.#limit)
        throw new LimitExceededError(this.#limit, samples.length, 'series');
      this.#series = series;
      return { transitions: [], samples };
    });
  }

  fail(reason: string): void {
    this.#health.fail(reason);
  }

  view(): RuleView {
    const { name, query, labels } = this.rule;
    const untimed = { forMs: 0, keepFiringForMs: 0, annotations: {}, alertIds: [] };
    return { name, kind: 'recording', query, labels, ...untimed, ...this.#health.view() };
  }

  #labelsOf(result: Labels): Labels {
    return result.with({ __name__: this.rule.name, ...this.rule.labels });
  }
}

function sameLabels(labels: Labels): string {
  return `vector contains metrics with the same labelset after applying rule labels: ${labels.toString()}`;
}
