import type { Problem } from '@tapewatch/model';
import type { ExpectedAlert, ExpectedSample } from './rule-test-file.js';

/** What became of the tests of one file. */
export interface RuleTestFileResult {
  readonly file: string;
  /** The file, or a rule file that it names, cannot be used: nothing was tested. */
  readonly problems: readonly Problem[];
  /** Patterns of `rule_files` that name no file. */
  readonly unmatched: readonly string[];
  readonly tests: readonly RuleTestResult[];
}

export interface RuleTestResult {
  readonly name: string;
  readonly place: string;
  readonly failures: readonly RuleTestFailure[];
}

/** Times are milliseconds since the start of the test. */
export type RuleTestFailure =
  | {
      readonly kind: 'alerts';
      readonly alertname: string;
      readonly timeMs: number;
      readonly expected: readonly ExpectedAlert[];
      readonly got: readonly ExpectedAlert[];
    }
  | {
      readonly kind: 'expression';
      readonly expression: string;
      readonly timeMs: number;
      readonly expected: readonly ExpectedSample[];
      readonly got: readonly ExpectedSample[];
    }
  | { readonly kind: 'expression_error'; readonly expression: string; readonly timeMs: number; readonly reason: string }
  | { readonly kind: 'rule_error'; readonly rule: string; readonly timeMs: number; readonly reason: string }
  | { readonly kind: 'input_error'; readonly timeMs: number; readonly reason: string };
