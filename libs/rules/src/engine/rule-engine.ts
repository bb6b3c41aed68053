import type { Meter } from '@opentelemetry/api';
import type { AlertInstance, Clock, Evaluation, Language, Logger, Matcher, Series, Timeline } from '@tapewatch/model';
import { Labels, longSkipMs, steadyTimeline } from '@tapewatch/model';
import type { Expression, QueryResult } from '@tapewatch/promql';
import { parse } from '@tapewatch/promql';
import { changedGroups } from '../changed-groups.js';
import type { RuleGroup } from '../rule-group.js';
import { groupKey } from '../rule-group.js';
import type { RecordSamples } from '../rule-sample.js';
import type { RuleGroupView } from '../rule-view.js';
import type { TemplateContext } from './alert-elements.js';
import { ArrivalIndex } from './arrival-index.js';
import type { ArrivalRule } from './arrival-index.js';
import { EndedSeries } from './ended-series.js';
import { LiveGroup } from './live-group.js';
import type { LiveRule } from './live-rule.js';
import { createRuleMetrics } from './rule-metrics.js';
import type { ArrivalSkip, RuleMetrics } from './rule-metrics.js';
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
  /** Of alerts that tell of their rule itself (`rule_health`); English when absent. */
  readonly language?: Language;
  /** Of the ticks; a steady one when absent. */
  readonly timeline?: Timeline;
  /** How many series a selector has at present; rules that have many are not judged between ticks. Absent: none is. */
  readonly countSeries?: (matchers: readonly Matcher[]) => number;
  /** How the views name an alert; without it they name none. */
  readonly alertId?: (instance: AlertInstance) => string;
}

/** Judges every group when it is due and keeps what each rule knows of its alerts. */
export interface RuleEngine {
  /** Called on every tick, with its time: strictly growing, never with a time that is past. Never throws. */
  evaluate(at: number): void;
  /** Whether values of the series that come between ticks are for a rule. */
  awaits(series: Series): boolean;
  /**
   * Called between ticks, when values of these series have come: judges the rules that select them and few series in all, at a time
   * after that of the last tick and before that of the next, and not before that of an earlier call. `isLate` is asked between two
   * groups: once it says so, the rest is left to the tick. Never throws.
   */
  arrive(series: Iterable<Series>, at: number, isLate?: () => boolean): void;
  /**
   * Puts pending and firing alerts back after a start, before the first evaluation.
   * `startedAt` is since when samples are kept (what came before is not in memory).
   * Returns the ones whose rule no longer exists.
   */
  restore(instances: readonly AlertInstance[], startedAt: number): readonly AlertInstance[];
  /**
   * Takes other groups in the place of those there are, between two evaluations. A rule goes on with its alerts, timers and series if there was one of
   * its name and labels in the group of the same file and name; a raised `for` makes firing alerts wait again. Everything else begins anew.
   */
  replaceGroups(groups: readonly RuleGroup[]): Replaced;
  views(): readonly RuleGroupView[];
}

export interface Replaced {
  /** As `changedGroups` says. */
  readonly changed: readonly string[];
  /** Alerts whose rule no longer exists: the engine knows them no more, and whoever took its evaluations ends them. */
  readonly orphans: readonly AlertInstance[];
}

export function createRuleEngine(options: RuleEngineOptions): RuleEngine {
  return new GroupedRuleEngine(options);
}

class GroupedRuleEngine implements RuleEngine {
  readonly #options: RuleEngineOptions;
  readonly #metrics: RuleMetrics;
  readonly #ended = new EndedSeries();
  #groups: readonly LiveGroup[] = [];
  #arrivals: ArrivalIndex;
  #startedAt = -Infinity;
  #skippedMs = 0;
  readonly #unmatched: UnmatchedRules;
  readonly #templateQueries = new Map<string, Expression>();

  constructor(options: RuleEngineOptions) {
    const { groups, meter, logger } = options;
    this.#options = options;
    this.#metrics = createRuleMetrics(meter);
    this.#unmatched = new UnmatchedRules(meter, logger);
    this.#groups = this.#live(groups);
    this.#arrivals = new ArrivalIndex(this.#groups);
  }

  evaluate(at: number): void {
    const context = this.#contextAt(at);
    this.#followTimeline(at);
    for (const group of this.#groups) {
      const evaluation = group.evaluate(at, context);
      if (evaluation !== undefined) this.#handOn(evaluation);
    }
    this.#endSeries(at);
    this.#unmatched.look(at, this.#groups);
  }

  awaits(series: Series): boolean {
    return this.#arrivals.rulesOf(series).length > 0;
  }

  arrive(series: Iterable<Series>, at: number, isLate: () => boolean = () => false): void {
    const context = this.#contextAt(at);
    for (const [group, rules] of this.#arrived(series)) {
      if (isLate()) {
        this.#metrics.arrivalsSkipped.add(rules.size, { reason: 'busy' satisfies ArrivalSkip });
        continue;
      }
      this.#metrics.arrivals.add(rules.size);
      this.#handOn(group.arrive(rules, at, context));
    }
  }

  restore(instances: readonly AlertInstance[], startedAt: number): readonly AlertInstance[] {
    this.#startedAt = startedAt;
    for (const group of this.#groups) group.startAt(startedAt);
    return instances.filter((instance) => !this.#groups.some((group) => group.restore(instance)));
  }

  replaceGroups(groups: readonly RuleGroup[]): Replaced {
    const before = this.#groups;
    const fresh = this.#live(groups);
    const successors = new Map(fresh.map((group) => [groupKey(group.group), group]));
    const orphans = before.flatMap((group) => {
      const adopted = successors.get(groupKey(group.group))?.adopt(group) ?? new Set();
      const { instances, series, queryOffsetMs } = group.left(adopted);
      this.#ended.add(series, queryOffsetMs);
      return instances;
    });
    this.#groups = fresh;
    this.#arrivals = new ArrivalIndex(fresh);
    const changed = changedGroups(
      before.map(({ group }) => group),
      groups,
    );
    return { changed, orphans };
  }

  views(): readonly RuleGroupView[] {
    const { alertId } = this.#options;
    return this.#groups.map((group) => group.view((instance) => (alertId === undefined ? [] : [alertId(instance)])));
  }

  #live(groups: readonly RuleGroup[]): readonly LiveGroup[] {
    const { query, record, ruleFailed, language, timeline, clock, logger } = this.#options;
    this.#metrics.begin(groups.map(({ name }) => name));
    return groups.map((group) => {
      const live = new LiveGroup({
        group,
        query,
        record,
        ruleFailed,
        language,
        timeline,
        metrics: this.#metrics,
        clock,
        logger,
      });
      live.startAt(this.#startedAt);
      return live;
    });
  }

  /** A jump of the ticks is to rules what a start is: windows are empty, and sources have yet to report. */
  #followTimeline(at: number): void {
    const { skippedMs } = this.#options.timeline ?? steadyTimeline;
    const jumpedMs = skippedMs - this.#skippedMs;
    this.#skippedMs = skippedMs;
    if (jumpedMs < longSkipMs) return;
    this.#startedAt = at;
    for (const group of this.#groups) group.skippedTo(at);
  }

  #contextAt(at: number): TemplateContext {
    return {
      at,
      externalUrl: this.#options.externalUrl(),
      externalLabels: this.#options.externalLabels ?? {},
      query: (text) => this.#templateQuery(text, at),
    };
  }

  /** The rules that are to be judged, by group. */
  #arrived(series: Iterable<Series>): ReadonlyMap<LiveGroup, Set<LiveRule>> {
    const wanted = new Map<LiveGroup, Set<LiveRule>>();
    const tooWide = new Set<LiveRule>();
    for (const each of series) {
      for (const found of this.#arrivals.rulesOf(each)) {
        const { group, rule } = found;
        if (wanted.get(group)?.has(rule) === true || tooWide.has(rule)) continue;
        if (!this.#selectsFew(found)) tooWide.add(rule);
        else wanted.set(group, (wanted.get(group) ?? new Set()).add(rule));
      }
    }
    if (tooWide.size > 0)
      this.#metrics.arrivalsSkipped.add(tooWide.size, { reason: 'many_series' satisfies ArrivalSkip });
    return wanted;
  }

  #selectsFew({ selectors }: ArrivalRule): boolean {
    const { countSeries } = this.#options;
    if (countSeries === undefined) return false;
    return selectors.reduce((count, { matchers }) => count + countSeries(matchers), 0) <= fewSeries;
  }

  #endSeries(at: number): void {
    const { record, logger } = this.#options;
    if (record === undefined) return;
    try {
      this.#ended.settle(at, this.#groups, record);
    } catch (error) {
      logger.warn({ err: error }, 'series of removed rules could not be ended');
    }
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

/** In all selectors of a rule together; an evaluation of so many takes well below a millisecond. */
const fewSeries = 200;
/** Texts can hold label values, so there may be many. */
const maxTemplateQueries = 1000;
