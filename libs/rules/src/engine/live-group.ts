import type {
  AlertInstance,
  Clock,
  Evaluation,
  Language,
  Logger,
  RuleRef,
  RuleTransition,
  Series,
  Timeline,
} from '@tapewatch/model';
import { messageOf } from '@tapewatch/model';
import type { Rule, RuleGroup } from '../rule-group.js';
import type { RecordSamples, RuleSample } from '../rule-sample.js';
import type { RuleGroupView } from '../rule-view.js';
import type { TemplateContext } from './alert-elements.js';
import { GroupSchedule } from './group-schedule.js';
import { LiveAlertRule } from './live-alert-rule.js';
import { LiveRecordingRule } from './live-recording-rule.js';
import { LimitExceededError } from './live-rule.js';
import type { LiveRule, Query } from './live-rule.js';
import type { RuleMetrics } from './rule-metrics.js';
import { RuleOutput } from './rule-output.js';
import { ruleRefs } from './rule-refs.js';
import { WorseLevels } from './worse-levels.js';

export interface LiveGroupOptions {
  readonly group: RuleGroup;
  readonly query: Query;
  readonly record?: RecordSamples | undefined;
  readonly ruleFailed?: ((group: string, rule: string, reason: string) => void) | undefined;
  readonly language?: Language | undefined;
  readonly timeline?: Timeline | undefined;
  readonly metrics: RuleMetrics;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What rules that a reload removed leave behind. */
export interface Left {
  /** Their alerts, pending or firing. */
  readonly instances: readonly AlertInstance[];
  readonly series: readonly Series[];
  readonly queryOffsetMs: number;
}

/** By what Prometheus copies state: name and labels, templates as they are written. */
function identityOf({ rule, ref }: LiveRule): string {
  const labels =
    rule.makes === 'series'
      ? Object.entries(rule.labels)
      : rule.labels.map(({ name, template }) => [name, template.text] as const);
  return JSON.stringify([rule.makes, ref.name, [...labels].sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** A group with its rules' states and its place in time. */
export class LiveGroup {
  readonly #options: LiveGroupOptions;
  readonly #schedule: GroupSchedule;
  readonly #rules: readonly { readonly rule: LiveRule; readonly output: RuleOutput }[];
  readonly #levels: WorseLevels[] = [];
  readonly #attributes: { readonly group: string };
  /** Since it was made: by a start or a reload. */
  #hasRun = false;
  #lastEvaluation: { readonly at: number; readonly tookMs: number } | undefined;

  constructor(options: LiveGroupOptions) {
    const { group, query } = options;
    this.#options = options;
    this.#schedule = new GroupSchedule(group.intervalMs, `${group.file};${group.name}`);
    const refs = ruleRefs(group);
    const live: LiveRule[] = [];
    for (const [i, rule] of group.rules.entries()) live.push(this.#live(rule, refs[i] as RuleRef, live, query));
    this.#rules = live.map((rule) => ({ rule, output: new RuleOutput() }));
    this.#attributes = { group: group.name };
  }

  /** The evaluation when the group was due, else undefined. Never throws. */
  evaluate(at: number, context: TemplateContext): Evaluation | undefined {
    const missed = this.#schedule.take(at, this.#options.timeline?.skippedMs);
    if (missed === undefined) return undefined;
    const { clock, metrics, group } = this.#options;
    if (missed > 0) metrics.missed.add(missed, this.#attributes);
    const startedMs = clock.monotonic();
    for (const levels of this.#levels) levels.noteBefore();
    const transitions = this.#rules.flatMap(({ rule, output }) => this.#evaluateRule(rule, output, at, context));
    const tookMs = clock.monotonic() - startedMs;
    this.#lastEvaluation = { at, tookMs };
    this.#hasRun = true;
    metrics.duration.record(tookMs / 1000, this.#attributes);
    return { at, group: group.name, transitions, active: this.#active() };
  }

  /**
   * Judges some of its rules between ticks, whether or not the group is due. What they stand for as series is written with the next tick.
   * Never throws.
   */
  arrive(wanted: ReadonlySet<LiveRule>, at: number, context: TemplateContext): Evaluation {
    for (const levels of this.#levels) levels.noteBefore();
    const transitions = this.#rules
      .filter(({ rule }) => wanted.has(rule))
      .flatMap(({ rule }) => this.#evaluateRule(rule, undefined, at, context));
    return { at, group: this.name, transitions, active: this.#active() };
  }

  live(): readonly LiveRule[] {
    return this.#rules.map(({ rule }) => rule);
  }

  /** False when no rule of this group can have made the alert. */
  restore(instance: AlertInstance): boolean {
    const { group, name } = instance.rule;
    const found = this.#rules.find(
      ({ rule }) => rule.ref.group === group && rule.ref.name === name && rule.owns(instance),
    );
    found?.rule.restore(instance);
    return found !== undefined;
  }

  /** Since when samples are kept. */
  startAt(startedAt: number): void {
    for (const { rule } of this.#rules) rule.startAt(startedAt);
  }

  /** Ticks have jumped to this time. */
  skippedTo(at: number): void {
    for (const { rule } of this.#rules) rule.skippedTo(at);
  }

  /**
   * Goes on from the same group before a reload: each rule from that of its name, labels and, where several share these, place among them. Returns the
   * rules that found their successor.
   */
  adopt(before: LiveGroup): ReadonlySet<LiveRule> {
    this.#schedule.adopt(before.#schedule);
    this.#lastEvaluation = before.#lastEvaluation;
    const known = new Map(before.#rules.map((one) => [identityOf(one.rule), one]));
    const adopted = new Set<LiveRule>();
    for (const { rule, output } of this.#rules) {
      const found = known.get(identityOf(rule));
      if (found === undefined) continue;
      rule.adopt(found.rule);
      output.adopt(found.output);
      adopted.add(found.rule);
    }
    return adopted;
  }

  /** What rules without a successor leave behind. */
  left(adopted: ReadonlySet<LiveRule>): Left {
    const gone = this.#rules.filter(({ rule }) => !adopted.has(rule));
    return {
      instances: gone.flatMap(({ rule }) => [...rule.active()]),
      series: gone.flatMap(({ output }) => [...output.series()]),
      queryOffsetMs: this.#options.group.queryOffsetMs,
    };
  }

  writes(key: string): boolean {
    return this.#rules.some(({ output }) => output.has(key));
  }

  mayWrite(name: string): boolean {
    return !this.#hasRun && this.group.rules.some((rule) => rule.makes === 'series' && rule.name === name);
  }

  get group(): RuleGroup {
    return this.#options.group;
  }

  get name(): string {
    return this.#options.group.name;
  }

  unmatched(): readonly string[] {
    return this.#rules.filter(({ rule }) => rule.hasNoData()).map(({ rule }) => rule.rule.name);
  }

  view(alertId: (instance: AlertInstance) => readonly string[]): RuleGroupView {
    const { name, file, intervalMs } = this.#options.group;
    const last = this.#lastEvaluation;
    return {
      name,
      file,
      intervalMs,
      ...(last === undefined ? {} : { lastEvaluationAt: last.at, lastEvaluationMs: last.tookMs }),
      rules: this.#rules.map(({ rule }) => rule.view(alertId)),
    };
  }

  /** `before` are the live rules before it in the group. */
  #live(rule: Rule, ref: RuleRef, before: readonly LiveRule[], query: Query): LiveRule {
    const { group, language, timeline } = this.#options;
    if (rule.makes === 'series') return new LiveRecordingRule(rule, ref, group, query);
    if (rule.worseLevels === 0) return new LiveAlertRule(rule, ref, group, query, { language, timeline });
    const levels = new WorseLevels(before.slice(-rule.worseLevels).filter((one) => one.rule.name === rule.name));
    this.#levels.push(levels);
    return new LiveAlertRule(rule, ref, group, query, { levels, language, timeline });
  }

  #active(): AlertInstance[] {
    return this.#rules.flatMap(({ rule }) => [...rule.active()]);
  }

  /** One bad rule costs its own evaluation and a count, and one log line per change of its fault. Without an output nothing is written. */
  #evaluateRule(
    rule: LiveRule,
    output: RuleOutput | undefined,
    at: number,
    context: TemplateContext,
  ): readonly RuleTransition[] {
    const { logger, metrics, group, ruleFailed } = this.#options;
    const before = rule.lastError;
    const fail = (reason: string, message: string): void => {
      metrics.failures.add(1, this.#attributes);
      ruleFailed?.(group.name, rule.rule.name, reason);
      if (rule.lastError !== before) logger.warn({ ...fields, reason }, message);
    };
    const fields = { group: group.name, rule: rule.rule.name, file: group.file };
    try {
      const { transitions, samples, failure } = rule.evaluate(at, context);
      if (failure !== undefined) fail(failure, 'rule evaluation failed');
      const problem = output === undefined ? undefined : this.#write(at, output.withEnds(samples));
      if (problem !== undefined) {
        rule.fail(problem);
        fail(problem, 'the result of a rule could not be written');
      } else if (before !== undefined && failure === undefined) logger.info(fields, 'rule works again');
      return transitions;
    } catch (error) {
      fail(messageOf(error), 'rule evaluation failed');
      return error instanceof LimitExceededError ? error.transitions : [];
    }
  }

  /** Why not all could be written, if so. Written at the time the query looked at, so that the two belong together. */
  #write(at: number, samples: readonly RuleSample[]): string | undefined {
    const { record, group } = this.#options;
    if (record === undefined || samples.length === 0) return undefined;
    try {
      record(at - group.queryOffsetMs, samples);
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  }
}
