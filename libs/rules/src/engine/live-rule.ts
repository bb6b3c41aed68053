import type { AlertInstance, RuleRef, RuleTransition } from '@tapewatch/model';
import type { Expression, QueryResult, VectorSample } from '@tapewatch/promql';
import { Labels } from '@tapewatch/model';
import type { Rule } from '../rule-group.js';
import type { RuleSample } from '../rule-sample.js';
import type { RuleView } from '../rule-view.js';
import type { TemplateContext } from './alert-elements.js';

export type Query = (expression: Expression, atMs: number) => QueryResult;

export interface RuleOutcome {
  readonly transitions: readonly RuleTransition[];
  /** Every series that the rule stands for now. */
  readonly samples: readonly RuleSample[];
  /** Why the evaluation failed, where the rule says what becomes of its alerts then. */
  readonly failure?: string;
}

/** A rule with what it knows of its last evaluation. */
export interface LiveRule {
  readonly rule: Rule;
  readonly ref: RuleRef;
  readonly lastError: string | undefined;
  /** Its alerts, pending or firing. */
  active(): Iterable<AlertInstance>;
  /** Whether an alert with these labels can have come from this rule. */
  owns(instance: AlertInstance): boolean;
  restore(instance: AlertInstance): void;
  /** Since when samples are kept. */
  startAt(startedAt: number): void;
  /** Ticks have jumped to this time: what was before is out of reach. */
  skippedTo(at: number): void;
  /** Whether its last evaluation found no series to judge. */
  hasNoData(): boolean;
  /** Takes over from the same rule before a reload. */
  adopt(before: LiveRule): void;
  /** Throws when the query or the rule fails; what the rule knew stays as it was then, unless the limit was exceeded. */
  evaluate(at: number, context: TemplateContext): RuleOutcome;
  /** What it wrote could not be taken. */
  fail(reason: string): void;
  view(alertId: (instance: AlertInstance) => readonly string[]): RuleView;
}

/** Thrown when the alerts are over the group's limit; what became of the ones there were goes with it. */
export class LimitExceededError extends Error {
  readonly transitions: readonly RuleTransition[];

  constructor(limit: number, count: number, of: 'alerts' | 'series', transitions: readonly RuleTransition[] = []) {
    super(`exceeded limit of ${limit} with ${count} ${of}`);
    this.transitions = transitions;
  }
}

/** A scalar is one element without labels. */
export function elementsOf(result: QueryResult): readonly VectorSample[] {
  if (result.kind === 'vector') return result.series;
  if (result.kind === 'scalar') return [{ labels: Labels.EMPTY, value: result.value }];
  throw new Error(`rule result is a ${result.kind}, not a vector or scalar`);
}
