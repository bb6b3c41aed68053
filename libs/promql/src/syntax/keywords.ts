import type { AggregationOperator, BinaryOperator } from './ast.js';

const aggregations: ReadonlySet<string> = new Set<AggregationOperator>([
  'sum',
  'avg',
  'count',
  'min',
  'max',
  'group',
  'stddev',
  'stdvar',
  'topk',
  'bottomk',
  'quantile',
  'count_values',
]);

/** The aggregation that a word names, in any case. */
export function aggregationOf(word: string): AggregationOperator | undefined {
  const lower = word.toLowerCase();
  return aggregations.has(lower) ? (lower as AggregationOperator) : undefined;
}

export function isExperimentalAggregation(word: string): boolean {
  const lower = word.toLowerCase();
  return lower === 'limitk' || lower === 'limit_ratio';
}

/** Aggregations that take a parameter before the vector, and what type it has. */
export function parameterTypeOf(operator: AggregationOperator): 'scalar' | 'string' | undefined {
  if (operator === 'count_values') return 'string';
  return operator === 'topk' || operator === 'bottomk' || operator === 'quantile' ? 'scalar' : undefined;
}

const precedences: ReadonlyMap<string, number> = new Map<BinaryOperator, number>([
  ['or', 1],
  ['and', 2],
  ['unless', 2],
  ['==', 3],
  ['!=', 3],
  ['<', 3],
  ['<=', 3],
  ['>', 3],
  ['>=', 3],
  ['+', 4],
  ['-', 4],
  ['*', 5],
  ['/', 5],
  ['%', 5],
  ['atan2', 5],
  ['^', 6],
]);

/** What the sign in front of an operand binds as tightly as: `-a * b` is (-a) * b, `-a ^ b` is -(a ^ b). */
export const unaryPrecedence = 5;

/** How tightly an operator binds; undefined when the word or symbol is none. */
export function precedenceOf(operator: string): number | undefined {
  return precedences.get(operator);
}

export function isComparison(operator: BinaryOperator): boolean {
  return precedences.get(operator) === 3;
}

export function isSetOperator(operator: BinaryOperator): boolean {
  return operator === 'and' || operator === 'or' || operator === 'unless';
}

/** Words that cannot be a metric's name where an expression is expected. */
export const reservedWords: ReadonlySet<string> = new Set([
  'bool',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'atan2',
]);

/** Words that may be a metric's name but not a function's. */
export const wordsNotCalled: ReadonlySet<string> = new Set(
  'and or unless by without offset anchored smoothed fill fill_left fill_right'.split(' '),
);
