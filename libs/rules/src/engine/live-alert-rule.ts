import type { AlertInstance, RuleRef } from '@tapewatch/model';
import type { AlertRule, RuleGroup } from '../rule-group.js';
import type { RuleView } from '../rule-view.js';
import type { TemplateContext } from './alert-elements.js';
import { AlertElements } from './alert-elements.js';
import { AlertSeries } from './alert-series.js';
import { AlertStates } from './alert-states.js';
import { Holds } from './holds.js';
import type { LiveRule, Query, RuleOutcome } from './live-rule.js';
import { elementsOf, LimitExceededError } from './live-rule.js';
import { RuleHealth } from './rule-health.js';
import { WarmUp } from './warm-up.js';
import type { WorseLevels } from './worse-levels.js';

/** An alerting rule with its alerts. */
export class LiveAlertRule implements LiveRule {
  readonly rule: AlertRule;
  readonly ref: RuleRef;
  readonly #limit: number;
  readonly #states: AlertStates;
  readonly #elements: AlertElements;
  readonly #series = new AlertSeries();
  readonly #health: RuleHealth;
  readonly #warmUp: WarmUp;
  readonly #levels: WorseLevels | undefined;
  readonly #holds: Holds | undefined;
  #startedAt = -Infinity;

  /** `levels` watches the worse levels of the rule, when it has any. */
  constructor(rule: AlertRule, ref: RuleRef, group: RuleGroup, query: Query, levels?: WorseLevels) {
    this.rule = rule;
    this.#levels = levels;
    this.#holds =
      rule.holds === undefined ? undefined : new Holds(rule, rule.holds.expression, query, group.queryOffsetMs);
    this.ref = ref;
    this.#limit = group.limit;
    this.#states = new AlertStates(ref, { ...rule, limit: group.limit });
    this.#elements = new AlertElements(rule);
    this.#health = new RuleHealth(rule.expression, query, group.queryOffsetMs);
    this.#warmUp = new WarmUp(rule, (selector, at) => this.#health.seriesOf(selector, at));
  }

  get lastError(): string | undefined {
    return this.#health.lastError;
  }

  active(): IterableIterator<AlertInstance> {
    return this.#states.active();
  }

  /** Its fixed labels are the alert's. */
  owns(instance: AlertInstance): boolean {
    return this.rule.labels.every(
      ({ name, template }) => !template.constant || instance.labels.get(name) === template.text,
    );
  }

  restore(instance: AlertInstance, startedAt: number): void {
    this.#startedAt = startedAt;
    this.#states.restore(instance);
  }

  evaluate(at: number, context: TemplateContext): RuleOutcome {
    return this.#health.evaluate(at, (result) => {
      const found = this.#elements.of(elementsOf(result), context);
      const elements = this.#holds?.added(found, this.#states.active(), context) ?? found;
      const { transitions, overLimit } = this.#states.apply(
        at,
        elements,
        this.#warmUp.holderAt(at, this.#startedAt),
        this.#levels?.look(),
      );
      if (overLimit !== undefined) throw new LimitExceededError(this.#limit, overLimit, 'alerts', transitions);
      return { transitions, samples: this.#series.of(this.#states.active()) };
    });
  }

  fail(reason: string): void {
    this.#health.fail(reason);
  }

  view(alertId: (instance: AlertInstance) => readonly string[]): RuleView {
    const { rule } = this;
    const active = [...this.active()];
    return {
      name: rule.name,
      kind: rule.kind,
      query: rule.query,
      forMs: rule.forMs,
      keepFiringForMs: rule.keepFiringForMs,
      labels: textsOf(rule.labels),
      annotations: textsOf(rule.annotations),
      ...this.#health.view(),
      state: active.some(({ state }) => state === 'firing') ? 'firing' : active.length > 0 ? 'pending' : 'inactive',
      alertIds: active.flatMap(alertId),
    };
  }
}

function textsOf(templates: AlertRule['labels']): Readonly<Record<string, string>> {
  return Object.fromEntries(templates.map(({ name, template }) => [name, template.text]));
}
