export { EvaluationError, PromqlError, QueryLimitError, UnsupportedError } from './errors.js';
export type { QueryLimit } from './errors.js';
export { evaluateInstant, evaluateRange } from './evaluate/evaluate.js';
export { functionNames } from './functions/signatures.js';
export { createMatcher, formatMatcher, formatMatchers } from './matchers/matcher.js';
export { readMatchers } from './matchers/classic-matchers.js';
export { parseMatchers } from './matchers/parse-matchers.js';
export { formatNote } from './query-result.js';
export type { EvaluateOptions, MatrixSeries, Note, QueryLimits, QueryResult, VectorSample } from './query-result.js';
export { SampleBuffer } from './series-source.js';
export type { Sample, SeriesReader, SeriesSource } from './series-source.js';
export { parseMetric } from './series-notation/parse-metric.js';
export { parseSeriesDescription, parseSeriesValues } from './series-notation/parse-series-description.js';
export type { SeriesDescription } from './series-notation/parse-series-description.js';
export type { SequenceValue } from './series-notation/series-values.js';
export type {
  Aggregation,
  AggregationOperator,
  ArithmeticOperator,
  AtModifier,
  Binary,
  BinaryOperator,
  Call,
  ComparisonOperator,
  Expression,
  NumberLiteral,
  Paren,
  RangeSelector,
  SetOperator,
  StringLiteral,
  Subquery,
  Unary,
  ValueType,
  VectorMatching,
  VectorSelector,
} from './syntax/ast.js';
export { horizonMs, selectorsOf } from './syntax/traversal.js';
export { timeSpanOf } from './syntax/time-span.js';
export type { TimeSpan } from './syntax/time-span.js';
export { parse } from './syntax/parse.js';
export { formatExpression } from './syntax/format.js';
export { printExpression } from './syntax/print.js';
export { syntaxTree } from './syntax/syntax-tree.js';
export type { Json } from './syntax/syntax-tree.js';
export type { SourceRange } from './syntax/source-range.js';
