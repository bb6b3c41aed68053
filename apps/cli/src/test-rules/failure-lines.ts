import { formatDuration, Labels } from '@tapewatch/model';
import type { ExpectedAlert, ExpectedSample, RuleTestFailure } from '@tapewatch/pipeline';
import { lineDifference } from './line-difference.js';

/** What a person sees of a failure: promtool's words, the two sides under each other or their difference. */
export function failureLines(failure: RuleTestFailure, diff: boolean): readonly string[] {
  const time = `time: ${formatDuration(failure.timeMs)}`;
  switch (failure.kind) {
    case 'alerts':
      return [
        `  alertname: ${failure.alertname}, ${time},`,
        ...sides(alertLines(failure.expected), alertLines(failure.got), diff),
      ];
    case 'expression':
      return [
        `  expr: ${JSON.stringify(failure.expression)}, ${time},`,
        ...sides(sampleLines(failure.expected), sampleLines(failure.got), diff),
      ];
    case 'expression_error':
      return [`  expr: ${JSON.stringify(failure.expression)}, ${time}, err: ${failure.reason}`];
    case 'rule_error':
      return [`  rule: ${failure.rule}, ${time}, err: ${failure.reason}`];
    case 'input_error':
      return [`  input_series, ${time}, err: ${failure.reason}`];
  }
}

function sides(expected: readonly string[], got: readonly string[], diff: boolean): readonly string[] {
  if (diff) return ['    diff (- exp, + got):', ...lineDifference(expected, got).map((line) => `      ${line}`)];
  return [...side('exp', expected), ...side('got', got)];
}

function side(name: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [`    ${name}: []`];
  return [`    ${name}: [`, ...lines.map((line) => `      ${line}`), '    ]'];
}

function alertLines(alerts: readonly ExpectedAlert[]): readonly string[] {
  return alerts.flatMap(({ labels, annotations }, i) => [
    `${i}:`,
    `  Labels:${labels.toString()}`,
    `  Annotations:${Labels.of(annotations).toString()}`,
  ]);
}

function sampleLines(samples: readonly ExpectedSample[]): readonly string[] {
  return samples.map(({ labels, value }) => `${labels.toString()} ${valueText(value)}`);
}

function valueText(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
