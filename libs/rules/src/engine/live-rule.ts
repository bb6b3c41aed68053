import type { AlertInstance, Labels, RuleTransition, RuleRef } from '@tapewatch/model';
import type { Expression, QueryResult } from '@tapewatch/promql';
import { selectorsOf } from '@tapewatch/promql';
import type { AlertRule, RuleGroup } from '../rule-group.js';
import type { RuleView } from '../rule-view.js';
import type { TemplateContext } from './alert-elements.js';
import { AlertElements } from './alert-elements.js';
import { AlertStates } from './alert-states.js';
import { WarmUp } from './warm-up.js';

export type Query = (expression: Expression, atMs: number) => QueryResult;

/** Thrown when the alerts are over the group's limit; what became of the ones there were goes with it. */
export class LimitExceededError extends Error {
  readonly transitions: readonly RuleTransition[];

  constructor(limit: number, count: number, transitions: readonly RuleTransition[]) {
    super(`exceeded limit of ${limit} with ${count} alerts`);
    this.transitions = transitions;
  }
}

/** A rule with what it knows: its alerts and how its last evaluation went. */
export class LiveRule {
  readonly rule: AlertRule;
  readonly ref: RuleRef;
  readonly #group: RuleGroup;
  readonly #query: Query;
  readonly #states: AlertStates;
  readonly #elements: AlertElements;
  readonly #warmUp: WarmUp;
  #startedAt = -Infinity;
  #evaluatedAt: number | undefined;
  #lastError: string | undefined;
  #resultSize = 0;
  #matched: { readonly at: number; readonly count: number | undefined } | undefined;

  constructor(rule: AlertRule, ref: RuleRef, group: RuleGroup, query: Query) {
    this.rule = rule;
    this.ref = ref;
    this.#group = group;
    this.#query = query;
    this.#states = new AlertStates(ref, { ...rule, limit: group.limit });
    this.#elements = new AlertElements(rule);
    this.#warmUp = new WarmUp(rule, (selector, at) => this.#seriesOf(selector, at));
  }

  get lastError(): string | undefined {
    return this.#lastError;
  }

  active(): IterableIterator<AlertInstance> {
    return this.#states.active();
  }

  /** Whether an alert with these labels can have come from this rule: its fixed labels are the alert's. */
  owns(instance: AlertInstance): boolean {
    return this.rule.labels.every(
      ({ name, template }) => !template.constant || instance.labels.get(name) === template.text,
    );
  }

  restore(instance: AlertInstance, startedAt: number): void {
    this.#startedAt = startedAt;
    this.#states.restore(instance);
  }

  /** Throws when the query or the rule fails; alerts are as they were then, unless the limit was exceeded. */
  evaluate(at: number, context: TemplateContext): readonly RuleTransition[] {
    this.#evaluatedAt = at;
    try {
      const result = this.#query(this.rule.expression, at - this.#group.queryOffsetMs);
      const elements = this.#elements.of(result, context);
      this.#resultSize = elements.size;
      const { transitions, overLimit } = this.#states.apply(at, elements, this.#warmUp.holderAt(at, this.#startedAt));
      if (overLimit !== undefined) throw new LimitExceededError(this.#group.limit, overLimit, transitions);
      this.#lastError = undefined;
      return transitions;
    } catch (error) {
      this.#lastError = error instanceof Error ? error.message : String(error);
      throw error;
    }
  }

  view(alertId: (instance: AlertInstance) => readonly string[]): RuleView {
    const { rule } = this;
    const active = [...this.active()];
    const matchedSeries = this.#matchedSeries();
    return {
      name: rule.name,
      kind: rule.kind,
      query: rule.query,
      forMs: rule.forMs,
      keepFiringForMs: rule.keepFiringForMs,
      labels: textsOf(rule.labels),
      annotations: textsOf(rule.annotations),
      health: this.#health(matchedSeries),
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
      state: active.some(({ state }) => state === 'firing') ? 'firing' : active.length > 0 ? 'pending' : 'inactive',
      alertIds: active.flatMap(alertId),
      ...(matchedSeries === undefined ? {} : { matchedSeries }),
    };
  }

  #health(matchedSeries: number | undefined): RuleView['health'] {
    if (this.#evaluatedAt === undefined) return 'unknown';
    if (this.#lastError !== undefined) return 'error';
    const selects = selectorsOf(this.rule.expression).length > 0;
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
    const queryAt = at - this.#group.queryOffsetMs;
    const seen = new Set<string>();
    try {
      for (const selector of selectorsOf(this.rule.expression)) {
        const result = this.#query(selector, queryAt);
        if (result.kind === 'vector') for (const { labels } of result.series) seen.add(labels.key);
      }
      return seen.size;
    } catch {
      return undefined; // the evaluation itself tells what is wrong
    }
  }

  #seriesOf(selector: Expression, at: number): readonly Labels[] {
    try {
      const result = this.#query(selector, at - this.#group.queryOffsetMs);
      return result.kind === 'vector' ? result.series.map(({ labels }) => labels) : [];
    } catch {
      return []; // what cannot be read counts as not there yet, so nothing resolves by it
    }
  }
}

const countKeptMs = 10_000;

function textsOf(templates: AlertRule['labels']): Readonly<Record<string, string>> {
  return Object.fromEntries(templates.map(({ name, template }) => [name, template.text]));
}
