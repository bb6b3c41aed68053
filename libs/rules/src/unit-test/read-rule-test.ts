import { Labels } from '@tapewatch/model';
import type { SeriesDescription } from '@tapewatch/promql';
import { parse, parseMetric, parseSeriesValues, PromqlError } from '@tapewatch/promql';
import type { SourceNode } from '../rule-file/source-node.js';
import { shown } from '../rule-file/source-node.js';
import type {
  AlertExpectation,
  ExpectedAlert,
  ExpectedSample,
  ExpressionExpectation,
  RuleTest,
} from './rule-test-file.js';

const testFields = [
  ...['name', 'interval', 'input_series', 'start_timestamp', 'external_labels', 'external_url'],
  ...['alert_rule_test', 'promql_expr_test'],
];

/** One item of `tests`; what is wrong with it becomes problems of its file. */
export function readRuleTest(node: SourceNode, evaluationIntervalMs: number): RuleTest | undefined {
  const fields = node.mapping(testFields);
  if (fields === undefined) return undefined;
  const interval = fields.get('interval')?.duration() ?? 0;
  return {
    name: fields.get('name')?.text() ?? '',
    place: node.place,
    intervalMs: interval === 0 ? evaluationIntervalMs : interval,
    startAt: readTime(fields.get('start_timestamp')),
    series: each(fields.get('input_series'), readSeries),
    externalLabels: fields.get('external_labels')?.texts() ?? {},
    externalUrl: fields.get('external_url')?.text() ?? '',
    alerts: each(fields.get('alert_rule_test'), readAlertExpectation),
    expressions: each(fields.get('promql_expr_test'), readExpressionExpectation),
  };
}

function each<T>(list: SourceNode | undefined, read: (node: SourceNode) => T | undefined): readonly T[] {
  return (list?.list() ?? []).map(read).filter((one) => one !== undefined);
}

/** RFC 3339, or seconds since the epoch. */
function readTime(node: SourceNode | undefined): number {
  const text = node?.text() ?? '';
  if (node === undefined || text === '') return 0;
  const at = /^-?\d+(?:\.\d+)?$/.test(text)
    ? Math.round(Number(text) * 1000)
    : /^\d{4}-\d\d-\d\d[Tt]/.test(text)
      ? Date.parse(text)
      : NaN;
  if (!Number.isNaN(at)) return at;
  node.problem('CONFIG_INVALID_VALUE', 'This is not a time.', {
    found: shown(text),
    allowed: 'seconds since the epoch, or as in 2026-01-31T10:00:00Z',
  });
  return 0;
}

function readSeries(node: SourceNode): SeriesDescription | undefined {
  const fields = node.mapping(['series', 'values']);
  if (fields === undefined) return undefined;
  const series = fields.get('series');
  if (series === undefined)
    return node.problem('CONFIG_MISSING', 'Input needs a series.', { allowed: `series: 'name{label="value"}'` });
  const labels = parsed(series, 'the name of a series with its labels', parseMetric);
  const values = parsed(fields.get('values'), 'values of a series', parseSeriesValues) ?? [];
  return labels === undefined ? undefined : { labels, values };
}

function readAlertExpectation(node: SourceNode): AlertExpectation | undefined {
  const fields = node.mapping(['eval_time', 'alertname', 'exp_alerts']);
  if (fields === undefined) return undefined;
  const alertname = fields.get('alertname')?.text() ?? '';
  if (alertname === '')
    return node.problem('CONFIG_MISSING', 'A test of alerts needs the name of the alert.', {
      allowed: 'alertname: TEXT',
    });
  return {
    alertname,
    evalTimeMs: fields.get('eval_time')?.duration() ?? 0,
    expected: each(fields.get('exp_alerts'), (alert) => readExpectedAlert(alert, alertname)),
  };
}

function readExpectedAlert(node: SourceNode, alertname: string): ExpectedAlert | undefined {
  const fields = node.mapping(['exp_labels', 'exp_annotations']);
  if (fields === undefined) return undefined;
  return {
    labels: Labels.of({ ...fields.get('exp_labels')?.texts(), alertname }),
    annotations: fields.get('exp_annotations')?.texts() ?? {},
  };
}

function readExpressionExpectation(node: SourceNode): ExpressionExpectation | undefined {
  const fields = node.mapping(['expr', 'eval_time', 'exp_samples']);
  if (fields === undefined) return undefined;
  const text = fields.get('expr')?.text() ?? '';
  if (text === '')
    return node.problem('CONFIG_MISSING', 'A test of an expression needs the expression.', { allowed: 'expr: PROMQL' });
  const expression = parsed(fields.get('expr'), 'PromQL', parse);
  const evalTimeMs = fields.get('eval_time')?.duration() ?? 0;
  const expected = each(fields.get('exp_samples'), readExpectedSample);
  return expression === undefined ? undefined : { text, expression, evalTimeMs, expected };
}

function readExpectedSample(node: SourceNode): ExpectedSample | undefined {
  const fields = node.mapping(['labels', 'value', 'histogram']);
  if (fields === undefined) return undefined;
  const histogram = fields.get('histogram');
  if (histogram !== undefined && histogram.text() !== '')
    return histogram.problem('CONFIG_INVALID_VALUE', 'Native histograms are not supported.', {
      hint: 'Compare histogram_quantile() or the buckets of a classic histogram instead.',
    });
  const written = fields.get('labels');
  const labels =
    written === undefined || written.text() === '' ? Labels.EMPTY : parsed(written, 'a series', parseMetric);
  const value = fields.get('value')?.number() ?? 0;
  return labels === undefined ? undefined : { labels, value };
}

/** Points at the very character that cannot be parsed. */
function parsed<T>(node: SourceNode | undefined, what: string, parse: (text: string) => T): T | undefined {
  const text = node?.text();
  if (node === undefined || text === undefined) return undefined;
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof PromqlError)) throw error;
    return node.problem('CONFIG_INVALID_VALUE', `This is not ${what}: ${error.reason}.`, {}, error.start);
  }
}
