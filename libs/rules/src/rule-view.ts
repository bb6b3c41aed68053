/** What a reader may know of a group. Times are milliseconds since the epoch. */
export interface RuleGroupView {
  readonly name: string;
  readonly file: string;
  readonly intervalMs: number;
  readonly lastEvaluationAt?: number;
  /** How long the last evaluation took. */
  readonly lastEvaluationMs?: number;
  readonly rules: readonly RuleView[];
}

export interface RuleView {
  readonly name: string;
  /** The rule kind's type; `recording` for a recording rule. */
  readonly kind: string;
  readonly query: string;
  /** PromQL that keeps its firing alerts when they have left the result of the query: another threshold to clear. */
  readonly holds?: string;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  /** As written, templates unexpanded. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** `no_data`: a selector that it cannot do without matches no series; `unknown`: not evaluated yet. */
  readonly health: 'ok' | 'no_data' | 'error' | 'unknown';
  readonly lastError?: string;
  /** The worst of its alerts; inactive when there are none. Absent for a recording rule, which has none ever. */
  readonly state?: 'inactive' | 'pending' | 'firing';
  readonly alertIds: readonly string[];
  /** Series its selectors match; absent before the first evaluation. */
  readonly matchedSeries?: number;
}
