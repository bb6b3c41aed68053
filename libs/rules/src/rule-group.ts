import { basename } from 'node:path';
import type { Expression } from '@tapewatch/promql';
import type { Template } from '@tapewatch/go-template';

/** Rules that are judged together, in order, at one time. Immutable: a reload makes new ones. */
export interface RuleGroup {
  /** Unique within its file. */
  readonly name: string;
  readonly file: string;
  /** How often the group is due; the engine runs it at most once per tick. */
  readonly intervalMs: number;
  /** Most alerts a rule may have at once; 0 = any number. */
  readonly limit: number;
  /** Queries look this far into the past, for samples that arrive late. */
  readonly queryOffsetMs: number;
  readonly rules: readonly Rule[];
}

/**
 * By what a group is known over all files, and its alerts over restarts: file and name, as Prometheus has it; of the file only the last part, so
 * that a folder that moves takes its state along.
 */
export function groupKey({ file, name }: Pick<RuleGroup, 'file' | 'name'>): string {
  return `${basename(file)};${name}`;
}

/** One rule, ready to be evaluated: its text is parsed once, here. */
export type Rule = AlertRule | RecordingRule;

interface EveryRule {
  /** The label `alertname` of its alerts, or the name of the series it records. */
  readonly name: string;
  /** The rule kind's type. */
  readonly kind: string;
  /** PromQL, also where the rule was written in friendlier words. */
  readonly query: string;
  readonly expression: Expression;
}

/** Writes its result down as series, for other rules and for queries. */
export interface RecordingRule extends EveryRule {
  readonly makes: 'series';
  /** Laid over those of the result; no templates, as in Prometheus. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * What a rule makes of having no data, or of failing: `alert` keeps its alerts as they are and tells of it by one more; `keep` keeps them; `ok` takes
 * it for an empty result, which resolves them.
 */
export type WhenBlind = 'alert' | 'keep' | 'ok';

/** Has an alert for every element of its result. */
export interface AlertRule extends EveryRule {
  readonly makes: 'alerts';
  /** Keeps alerts firing that have left the result: another threshold to clear. */
  readonly holds?: { readonly query: string; readonly expression: Expression };
  /** So many rules directly before this one are worse levels of the same rule; while their alert for an element fires, this one has none. */
  readonly worseLevels: number;
  /** When a selector that its expression cannot do without matches no series. Prometheus: ok. */
  readonly noData: WhenBlind;
  /** When its evaluation fails. Prometheus: keep. */
  readonly onError: WhenBlind;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly labels: readonly NamedTemplate[];
  readonly annotations: readonly NamedTemplate[];
}

/** A label or an annotation whose value is a Go template. */
export interface NamedTemplate {
  readonly name: string;
  readonly template: Template;
}
