import fc from 'fast-check';
import { parse } from '../syntax/parse.js';
import { quoteString } from '../syntax/string-literal.js';

const name = fc.constantFrom('up', 'm', 'node:cpu:rate5m', 'sum', 'and', 'http_requests_total');
const label = fc.constantFrom('job', 'exchange', 'on', 'le', '"a label"');
const duration = fc.constantFrom('5m', '1h30m', '90s', '1d', '250ms', '30', '1.5');
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => String(Math.abs(value))),
  fc.constantFrom('0', '1e-9', '0x1f', '1_000', 'Inf', 'NaN', '5m', '.5', '3.'),
);
const text = fc.string({ unit: 'grapheme', maxLength: 8 }).map(quoteString);
const matcher = fc.tuple(label, fc.constantFrom('=', '!='), text).map((parts) => parts.join(''));
const labels = fc.array(label, { maxLength: 3 }).map((list) => `(${list.join(', ')})`);

const selector = fc.oneof(
  name,
  fc.tuple(name, fc.array(matcher, { maxLength: 3 })).map(([metric, list]) => `${metric}{${list.join(',')}}`),
  fc.tuple(fc.array(matcher, { maxLength: 2 })).map(([list]) => `{${['"a metric"', ...list].join(',')}}`),
  fc.constant('{job=~"a|b.*",__name__!~"x.+"}'),
);

const modifiers = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  fc.constantFrom(' offset 5m', ' offset -1h', ' @ 1234.567', ' @ start()', ' @ end() offset 30s', ' offset 1d @ -5'),
);

const { scalar, vector } = fc.letrec<{ scalar: string; vector: string; matrix: string }>((tie) => ({
  scalar: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'expression' },
    number,
    fc.constantFrom('time()', 'pi()'),
    tie('vector').map((v) => `scalar(${v})`),
    tie('scalar').map((s) => `(${s})`),
    tie('scalar').map((s) => `-${s}`),
    fc
      .tuple(tie('scalar'), fc.constantFrom('+', '-', '^', '%', '== bool', 'atan2'), tie('scalar'))
      .map((p) => p.join(' ')),
  ),
  matrix: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'expression' },
    fc.tuple(selector, duration, modifiers).map(([s, d, m]) => `${s}[${d}]${m}`),
    fc
      .tuple(tie('vector'), duration, fc.constantFrom('', '1m'), modifiers)
      .map(([v, d, s, m]) => `(${v})[${d}:${s}]${m}`),
  ),
  vector: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'expression' },
    fc.tuple(selector, modifiers).map(([s, m]) => s + m),
    tie('scalar').map((s) => `vector(${s})`),
    tie('matrix').map((m) => `rate(${m})`),
    fc.tuple(tie('scalar'), tie('matrix')).map(([s, m]) => `quantile_over_time(${s}, ${m})`),
    fc.tuple(tie('vector'), text).map(([v, t]) => `label_join(${v}, "x", ${t}, "job")`),
    tie('vector').map((v) => `-${v}`),
    tie('vector').map((v) => `(${v})`),
    fc
      .tuple(fc.constantFrom('sum', 'avg', 'count'), fc.constantFrom('by', 'without'), labels, tie('vector'))
      .map(([operator, by, list, v]) => `${operator} ${by} ${list} (${v})`),
    fc.tuple(tie('scalar'), tie('vector'), labels).map(([k, v, list]) => `topk(${k}, ${v}) by ${list}`),
    fc
      .tuple(tie('vector'), fc.constantFrom('+', '/', '> bool', '<', 'and', 'unless', 'or', '^'), tie('vector'))
      .map((p) => p.join(' ')),
    fc
      .tuple(tie('vector'), fc.constantFrom('* on', '> ignoring', 'or on'), labels, tie('vector'))
      .map((p) => p.join(' ')),
    fc
      .tuple(tie('vector'), fc.constantFrom('group_left', 'group_right'), tie('vector'))
      .map(([a, side, b]) => `${a} * on (job) ${side} (exchange) ${b}`),
    fc.tuple(tie('vector'), fc.constantFrom('*', '>= bool', '!='), tie('scalar')).map((p) => p.join(' ')),
  ),
}));

/**
 * Texts of valid expressions of every kind, for property tests; what precedence turned into wrong types is left out.
 */
export const arbitraryExpression: fc.Arbitrary<string> = fc.oneof(vector, scalar, text).filter(isValid);

function isValid(candidate: string): boolean {
  try {
    parse(candidate);
    return true;
  } catch {
    return false;
  }
}
