import { formatDuration } from '@tapewatch/model';
import type { Matcher } from '@tapewatch/model';
import { formatPlain } from '../functions/go-format.js';
import { formatLabelName, formatMatcher } from '../matchers/matcher.js';
import type { Aggregation, AtModifier, Binary, Expression, NumberLiteral, Subquery, VectorSelector } from './ast.js';
import { quoteString } from './string-literal.js';

/** An expression on one line, as Prometheus formats it; `parse` reads the same expression back. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return printNumber(expression);
    case 'string':
      return quoteString(expression.value);
    case 'selector':
      return printSelector(expression) + printModifiers(expression);
    case 'range': {
      const { selector, rangeMs } = expression;
      return `${printSelector(selector)}[${formatDuration(rangeMs)}]${printModifiers(selector)}`;
    }
    case 'subquery':
      return printSubquery(expression);
    case 'paren':
      return `(${printExpression(expression.expression)})`;
    case 'unary':
      return `${expression.operator}${printExpression(expression.expression)}`;
    case 'binary':
      return printBinary(expression);
    case 'aggregation':
      return printAggregation(expression);
    case 'call':
      return `${expression.name}(${expression.args.map(printExpression).join(', ')})`;
  }
}

function printNumber({ value, duration }: NumberLiteral): string {
  if (duration) return formatDuration(Math.round(value * 1000));
  // With a sign it would read back as a signed operand where ^ follows.
  return value === Infinity ? 'Inf' : formatPlain(value);
}

const plainMetric = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
/** Words that would be read as something else than a metric where an expression starts. */
const notAMetric = /^(?:bool|on|ignoring|group_left|group_right|atan2|inf|nan)$/i;

function printSelector({ name, matchers }: VectorSelector): string {
  if (name === undefined) return `{${matchers.map(formatMatcher).join(',')}}`;
  const others = matchers.filter((matcher) => !isNameMatcher(matcher, name)).map(formatMatcher);
  if (!plainMetric.test(name) || notAMetric.test(name)) return `{${[quoteString(name), ...others].join(',')}}`;
  return others.length === 0 ? name : `${name}{${others.join(',')}}`;
}

function isNameMatcher(matcher: Matcher, name: string): boolean {
  return matcher.name === '__name__' && matcher.operator === '=' && matcher.value === name;
}

function printModifiers({ at, offsetMs }: { readonly at?: AtModifier; readonly offsetMs: number }): string {
  const pinned = at === undefined ? '' : ` @ ${at.kind === 'time' ? printSeconds(at.timeMs) : `${at.kind}()`}`;
  return offsetMs === 0 ? pinned : `${pinned} offset ${formatDuration(offsetMs)}`;
}

/** Always with three digits, as Prometheus does, so that milliseconds survive. */
function printSeconds(timeMs: number): string {
  return (timeMs / 1000).toFixed(3);
}

function printSubquery(subquery: Subquery): string {
  return printExpression(subquery.expression) + printSubquerySuffix(subquery);
}

/** The brackets of a subquery and what follows them. */
export function printSubquerySuffix(subquery: Subquery): string {
  const step = subquery.stepMs === undefined ? '' : formatDuration(subquery.stepMs);
  return `[${formatDuration(subquery.rangeMs)}:${step}]${printModifiers(subquery)}`;
}

function printBinary(binary: Binary): string {
  return `${printExpression(binary.left)} ${printOperator(binary)} ${printExpression(binary.right)}`;
}

/** The operator with its modifiers. */
export function printOperator({ operator, bool, matching }: Binary): string {
  const words: string[] = [operator];
  if (bool) words.push('bool');
  if (matching !== undefined) {
    const { on, labels, cardinality, include } = matching;
    const grouped = cardinality === 'many-to-one' || cardinality === 'one-to-many';
    if (on || labels.length > 0 || grouped) words.push(`${on ? 'on' : 'ignoring'} ${printLabels(labels)}`);
    if (grouped) words.push(`${cardinality === 'many-to-one' ? 'group_left' : 'group_right'} ${printLabels(include)}`);
  }
  return words.join(' ');
}

function printAggregation(aggregation: Aggregation): string {
  const { parameter, expression } = aggregation;
  const args = parameter === undefined ? [expression] : [parameter, expression];
  return `${printAggregator(aggregation)}(${args.map(printExpression).join(', ')})`;
}

/** What stands before the arguments of an aggregation. */
export function printAggregator({ operator, without, grouping }: Aggregation): string {
  if (without) return `${operator} without ${printLabels(grouping)} `;
  return grouping.length > 0 ? `${operator} by ${printLabels(grouping)} ` : operator;
}

function printLabels(labels: readonly string[]): string {
  return `(${labels.map(formatLabelName).join(', ')})`;
}
