import type { AlertInstance, Language, RuleRef, RuleTransition, Timeline } from '@tapewatch/model';
import { messageOf, steadyTimeline } from '@tapewatch/model';
import type { VectorSample } from '@tapewatch/promql';
import type { AlertRule, RuleGroup } from '../rule-group.js';
import type { RuleView } from '../rule-view.js';
import type { TemplateContext } from './alert-elements.js';
import { AlertElements } from './alert-elements.js';
import { AlertSeries } from './alert-series.js';
import { AlertStates } from './alert-states.js';
import { ConditionAlerts } from './condition-alerts.js';
import { Holds } from './holds.js';
import type { LiveRule, Query, RuleOutcome } from './live-rule.js';
import { elementsOf, LimitExceededError } from './live-rule.js';
import { RuleHealth } from './rule-health.js';
import { WarmUp } from './warm-up.js';
import type { WorseLevels } from './worse-levels.js';

export interface LiveAlertRuleOptions {
  /** Watches the worse levels of the rule, when it has any. */
  readonly levels?: WorseLevels;
  /** Of what the rule tells of itself; English when absent. */
  readonly language?: Language | undefined;
  /** Of the ticks; a steady one when absent. */
  readonly timeline?: Timeline | undefined;
}

/** An alerting rule with its alerts. */
export class LiveAlertRule implements LiveRule {
  readonly rule: AlertRule;
  readonly ref: RuleRef;
  readonly #limit: number;
  readonly #states: AlertStates;
  readonly #conditions: ConditionAlerts;
  readonly #elements: AlertElements;
  readonly #series = new AlertSeries();
  readonly #health: RuleHealth;
  readonly #warmUp: WarmUp;
  readonly #levels: WorseLevels | undefined;
  readonly #holds: Holds | undefined;
  #startedAt = -Infinity;

  constructor(
    rule: AlertRule,
    ref: RuleRef,
    group: RuleGroup,
    query: Query,
    { levels, language = 'en', timeline = steadyTimeline }: LiveAlertRuleOptions = {},
  ) {
    this.rule = rule;
    this.#levels = levels;
    this.#holds =
      rule.holds === undefined ? undefined : new Holds(rule, rule.holds.expression, query, group.queryOffsetMs);
    this.ref = ref;
    this.#limit = group.limit;
    this.#states = new AlertStates(ref, { ...rule, limit: group.limit }, timeline);
    this.#conditions = new ConditionAlerts(rule, ref, language, timeline);
    this.#elements = new AlertElements(rule);
    this.#health = new RuleHealth(rule.expression, query, group.queryOffsetMs);
    this.#warmUp = new WarmUp(rule, (expression, at) => this.#health.find(expression, at));
  }

  get lastError(): string | undefined {
    return this.#health.lastError;
  }

  *active(): IterableIterator<AlertInstance> {
    yield* this.#states.active();
    yield* this.#conditions.active();
  }

  /** Its fixed labels are the alert's. */
  owns(instance: AlertInstance): boolean {
    return this.rule.labels.every(
      ({ name, template }) => !template.constant || instance.labels.get(name) === template.text,
    );
  }

  restore(instance: AlertInstance): void {
    const states = this.#conditions.owns(instance) ? this.#conditions : this.#states;
    states.restore(instance, this.#startedAt);
  }

  startAt(startedAt: number): void {
    this.#startedAt = startedAt;
  }

  skippedTo(at: number): void {
    this.startAt(at);
    this.#states.skipped();
  }

  hasNoData(): boolean {
    return this.#health.hasNoData();
  }

  adopt(before: LiveRule): void {
    if (!(before instanceof LiveAlertRule)) return;
    this.#states.adopt(before.#states);
    this.#conditions.adopt(before.#conditions);
    this.#series.adopt(before.#series);
    if (before.rule.query === this.rule.query) this.#health.adopt(before.#health);
  }

  evaluate(at: number, context: TemplateContext): RuleOutcome {
    try {
      return this.#health.evaluate(at, (result) => this.#judge(elementsOf(result), context));
    } catch (error) {
      if (this.rule.onError === 'keep') throw error;
      return this.#failed(error, context);
    }
  }

  #judge(result: readonly VectorSample[], context: TemplateContext): RuleOutcome {
    const { at } = context;
    const isBlind = this.rule.noData !== 'ok' && result.length === 0 && this.#health.isBlind(at);
    const states = isBlind ? [] : this.#applied(result, context);
    // After a start there is no data at first, and that is no news.
    if (isBlind && !this.#warmUp.sourcesHaveReported(at, this.#startedAt)) return this.#outcome(states);
    const isTold = isBlind && this.rule.noData === 'alert';
    return this.#outcome([...states, ...this.#conditions.apply(isTold ? { kind: 'no_data' } : undefined, context)]);
  }

  #applied(result: readonly VectorSample[], context: TemplateContext): readonly RuleTransition[] {
    const { at } = context;
    const found = this.#elements.of(result, context);
    const elements = this.#holds?.added(found, this.#states.active(), context) ?? found;
    const isHeld = this.#warmUp.holderAt(at, this.#startedAt);
    const { transitions, overLimit } = this.#states.apply(at, elements, isHeld, this.#levels?.look());
    if (overLimit !== undefined) throw new LimitExceededError(this.#limit, overLimit, 'alerts', transitions);
    return transitions;
  }

  /** The evaluation failed, and the rule says what that means for its alerts. */
  #failed(error: unknown, context: TemplateContext): RuleOutcome {
    const failure = messageOf(error);
    const dropped = error instanceof LimitExceededError ? error.transitions : [];
    const isTold = this.rule.onError === 'alert';
    const ended = isTold ? [] : this.#states.apply(context.at, new Map(), () => false).transitions;
    const told = this.#conditions.apply(isTold ? { kind: 'error', reason: failure } : undefined, context);
    return { ...this.#outcome([...dropped, ...ended, ...told]), failure };
  }

  #outcome(transitions: readonly RuleTransition[]): RuleOutcome {
    return { transitions, samples: this.#series.of(this.active()) };
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
      ...(rule.holds === undefined ? {} : { holds: rule.holds.query }),
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
