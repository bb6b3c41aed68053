import type { AlertInstance, Clock, Evaluation, Logger, RuleRef, RuleTransition } from '@tapewatch/model';
import { messageOf } from '@tapewatch/model';
import type { RuleGroup } from '../rule-group.js';
import type { RuleGroupView } from '../rule-view.js';
import type { TemplateContext } from './alert-elements.js';
import { GroupSchedule } from './group-schedule.js';
import { LimitExceededError, LiveRule } from './live-rule.js';
import type { Query } from './live-rule.js';
import type { RuleMetrics } from './rule-metrics.js';
import { ruleRefs } from './rule-refs.js';

export interface LiveGroupOptions {
  readonly group: RuleGroup;
  readonly query: Query;
  readonly metrics: RuleMetrics;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A group with its rules' states and its place in time. */
export class LiveGroup {
  readonly #options: LiveGroupOptions;
  readonly #schedule: GroupSchedule;
  readonly #rules: readonly LiveRule[];
  readonly #attributes: { readonly group: string };
  #lastEvaluation: { readonly at: number; readonly tookMs: number } | undefined;

  constructor(options: LiveGroupOptions) {
    const { group, query } = options;
    this.#options = options;
    this.#schedule = new GroupSchedule(group.intervalMs, `${group.file};${group.name}`);
    const refs = ruleRefs(group);
    this.#rules = group.rules.map((rule, i) => new LiveRule(rule, refs[i] as RuleRef, group, query));
    this.#attributes = { group: group.name };
  }

  /** The evaluation when the group was due, else undefined. Never throws. */
  evaluate(at: number, context: TemplateContext): Evaluation | undefined {
    const missed = this.#schedule.take(at);
    if (missed === undefined) return undefined;
    const { clock, metrics, group } = this.#options;
    if (missed > 0) metrics.missed.add(missed, this.#attributes);
    const startedMs = clock.monotonic();
    const transitions = this.#rules.flatMap((rule) => this.#evaluateRule(rule, at, context));
    const tookMs = clock.monotonic() - startedMs;
    this.#lastEvaluation = { at, tookMs };
    metrics.duration.record(tookMs / 1000, this.#attributes);
    return { at, group: group.name, transitions, active: this.#rules.flatMap((rule) => [...rule.active()]) };
  }

  /** False when no rule of this group can have made the alert. */
  restore(instance: AlertInstance, startedAt: number): boolean {
    const { group, name } = instance.rule;
    const rule = this.#rules.find((one) => one.ref.group === group && one.ref.name === name && one.owns(instance));
    rule?.restore(instance, startedAt);
    return rule !== undefined;
  }

  view(alertId: (instance: AlertInstance) => readonly string[]): RuleGroupView {
    const { name, file, intervalMs } = this.#options.group;
    const last = this.#lastEvaluation;
    return {
      name,
      file,
      intervalMs,
      ...(last === undefined ? {} : { lastEvaluationAt: last.at, lastEvaluationMs: last.tookMs }),
      rules: this.#rules.map((rule) => rule.view(alertId)),
    };
  }

  /** One bad rule costs its own evaluation and a count, and one log line per change of its fault. */
  #evaluateRule(rule: LiveRule, at: number, context: TemplateContext): readonly RuleTransition[] {
    const { logger, metrics, group } = this.#options;
    const before = rule.lastError;
    const fields = { group: group.name, rule: rule.rule.name, file: group.file };
    try {
      const transitions = rule.evaluate(at, context);
      if (before !== undefined) logger.info(fields, 'rule works again');
      return transitions;
    } catch (error) {
      metrics.failures.add(1, this.#attributes);
      if (rule.lastError !== before) logger.warn({ ...fields, reason: messageOf(error) }, 'rule evaluation failed');
      return error instanceof LimitExceededError ? error.transitions : [];
    }
  }
}
