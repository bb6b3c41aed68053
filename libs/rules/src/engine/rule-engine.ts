import type { Meter } from '@opentelemetry/api';
import type { AlertInstance, Clock, Evaluation, Logger } from '@tapewatch/model';
import { Labels } from '@tapewatch/model';
import type { Expression, QueryResult } from '@tapewatch/promql';
import { parse } from '@tapewatch/promql';
import type { RuleGroup } from '../rule-group.js';
import type { RecordSamples } from '../rule-sample.js';
import type { RuleGroupView } from '../rule-view.js';
import type { TemplateContext } from './alert-elements.js';
import { LiveGroup } from './live-group.js';
import { createRuleMetrics } from './rule-metrics.js';
import type { RuleMetrics } from './rule-metrics.js';
import { UnmatchedRules } from './unmatched-rules.js';

export interface RuleEngineOptions {
  readonly groups: readonly RuleGroup[];
  /** An instant query over what is measured and recorded. A throw counts as a failed evaluation and changes no alert. */
  readonly query: (expression: Expression, atMs: number) => QueryResult;
  /** Takes what recording rules give, and the alerts as series. Absent: nobody wants them. */
  readonly record?: RecordSamples;
  readonly meter: Meter;
  /** Only its monotonic side, for how long evaluations take; the time of an evaluation is given to it. */
  readonly clock: Clock;
  readonly logger: Logger;
  /** Base of links in templates, without a trailing slash. Asked at every evaluation, as the port may be known late. */
  readonly externalUrl: () => string;
  /** Called once per evaluated group, in order, also when nothing changed. A throw is counted and logged. */
  readonly next: (evaluation: Evaluation) => void;
  /** Told of every evaluation of a rule that failed, and why. */
  readonly ruleFailed?: (group: string, rule: string, reason: string) => void;
  /** `$externalLabels` of templates. */
  readonly externalLabels?: Readonly<Record<string, string>>;
  /** How the views name an alert; without it they name none. */
  readonly alertId?: (instance: AlertInstance) => string;
}

/** Judges every group when it is due and keeps what each rule knows of its alerts. */
export interface RuleEngine {
  /** Called on every tick, with its time: strictly growing, never with a time that is past. Never throws. */
  evaluate(at: number): void;
  /**
   * Puts pending and firing alerts back, before the first evaluation: after a start, or into the engine that a reload made.
   * `startedAt` is since when samples are kept (what came before is not in memory).
   * Returns the ones whose rule no longer exists.
   */
  restore(instances: readonly AlertInstance[], startedAt: number): readonly AlertInstance[];
  views(): readonly RuleGroupView[];
}

export function createRuleEngine(options: RuleEngineOptions): RuleEngine {
  return new GroupedRuleEngine(options);
}

class GroupedRuleEngine implements RuleEngine {
  readonly #options: RuleEngineOptions;
  readonly #metrics: RuleMetrics;
  readonly #groups: readonly LiveGroup[];
  readonly #unmatched: UnmatchedRules;
  readonly #templateQueries = new Map<string, Expression>();

  constructor(options: RuleEngineOptions) {
    const { groups, query, record, ruleFailed, meter, clock, logger } = options;
    this.#options = options;
    this.#metrics = createRuleMetrics(
      meter,
      groups.map(({ name }) => name),
    );
    this.#unmatched = new UnmatchedRules(meter, logger);
    this.#groups = groups.map(
      (group) => new LiveGroup({ group, query, record, ruleFailed, metrics: this.#metrics, clock, logger }),
    );
  }

  evaluate(at: number): void {
    const context: TemplateContext = {
      at,
      externalUrl: this.#options.externalUrl(),
      externalLabels: this.#options.externalLabels ?? {},
      query: (text) => this.#templateQuery(text, at),
    };
    for (const group of this.#groups) {
      const evaluation = group.evaluate(at, context);
      if (evaluation !== undefined) this.#handOn(evaluation);
    }
    this.#unmatched.look(at, this.#groups);
  }

  restore(instances: readonly AlertInstance[], startedAt: number): readonly AlertInstance[] {
    for (const group of this.#groups) group.startAt(startedAt);
    return instances.filter((instance) => !this.#groups.some((group) => group.restore(instance)));
  }

  views(): readonly RuleGroupView[] {
    const { alertId } = this.#options;
    return this.#groups.map((group) => group.view((instance) => (alertId === undefined ? [] : [alertId(instance)])));
  }

  #handOn(evaluation: Evaluation): void {
    try {
      this.#options.next(evaluation);
    } catch (error) {
      this.#metrics.failures.add(1, { group: evaluation.group });
      this.#options.logger.error({ group: evaluation.group, err: error }, 'an evaluation could not be handed on');
    }
  }

  /** `query` of templates: the same few texts come back at every evaluation, so they are parsed once. */
  #templateQuery(text: string, at: number): ReturnType<NonNullable<TemplateContext['query']>> {
    const expression = this.#templateQueries.get(text) ?? parse(text);
    if (this.#templateQueries.size >= maxTemplateQueries) this.#templateQueries.clear();
    this.#templateQueries.set(text, expression);
    const result = this.#options.query(expression, at);
    if (result.kind === 'vector') return result.series;
    if (result.kind === 'scalar') return [{ labels: Labels.EMPTY, value: result.value }];
    throw new Error(`query result is a ${result.kind}, not a vector or scalar`);
  }
}

/** Texts can hold label values, so there may be many. */
const maxTemplateQueries = 1000;
