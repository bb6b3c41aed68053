import type { Labels } from '@tapewatch/model';
import type { Expression, SeriesDescription } from '@tapewatch/promql';

/** A file of unit tests for rules, in Prometheus' form; times are milliseconds. */
export interface RuleTestFile {
  readonly file: string;
  /** As written: relative to the file, patterns included. */
  readonly ruleFiles: readonly string[];
  readonly evaluationIntervalMs: number;
  /** Names of groups; those that are not named run before the second one. */
  readonly groupOrder: readonly string[];
  /** Neighbouring floating point numbers count as equal. */
  readonly fuzzyCompare: boolean;
  readonly tests: readonly RuleTest[];
}

export interface RuleTest {
  /** '' when it has none. */
  readonly name: string;
  /** For people, as in `rules_test.yaml:3:5`. */
  readonly place: string;
  /** Between two values of a series. */
  readonly intervalMs: number;
  readonly startAt: number;
  readonly series: readonly SeriesDescription[];
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly externalUrl: string;
  readonly alerts: readonly AlertExpectation[];
  readonly expressions: readonly ExpressionExpectation[];
}

export interface AlertExpectation {
  readonly alertname: string;
  /** Since the start of the test. */
  readonly evalTimeMs: number;
  readonly expected: readonly ExpectedAlert[];
}

/** Of a firing alert. */
export interface ExpectedAlert {
  /** `alertname` included. */
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ExpressionExpectation {
  readonly text: string;
  readonly expression: Expression;
  readonly evalTimeMs: number;
  readonly expected: readonly ExpectedSample[];
}

export interface ExpectedSample {
  readonly labels: Labels;
  readonly value: number;
}
