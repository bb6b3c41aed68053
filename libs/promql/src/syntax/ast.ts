import type { Matcher } from '@tapewatch/model';
import type { SourceRange } from './source-range.js';

/** `vector` is an instant vector, `matrix` a range vector. */
export type ValueType = 'scalar' | 'string' | 'vector' | 'matrix';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2';
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type SetOperator = 'and' | 'or' | 'unless';
export type BinaryOperator = ArithmeticOperator | ComparisonOperator | SetOperator;

export type AggregationOperator =
  | 'sum'
  | 'avg'
  | 'count'
  | 'min'
  | 'max'
  | 'group'
  | 'stddev'
  | 'stdvar'
  | 'topk'
  | 'bottomk'
  | 'quantile'
  | 'count_values';

/** The `@` modifier. */
export type AtModifier = { readonly kind: 'time'; readonly timeMs: number } | { readonly kind: 'start' | 'end' };

/** A parsed expression; immutable, so it can be kept and evaluated any number of times. */
export type Expression =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | RangeSelector
  | Subquery
  | Paren
  | Unary
  | Binary
  | Aggregation
  | Call;

interface Node {
  readonly range: SourceRange;
}

export interface NumberLiteral extends Node {
  readonly kind: 'number';
  readonly type: 'scalar';
  readonly value: number;
  /** Written as a duration (`5m` is 300); it is printed so again. */
  readonly duration: boolean;
}

export interface StringLiteral extends Node {
  readonly kind: 'string';
  readonly type: 'string';
  readonly value: string;
}

export interface VectorSelector extends Node {
  readonly kind: 'selector';
  readonly type: 'vector';
  /** The metric name when it was written before or first in the braces; it is among the matchers, too. */
  readonly name?: string;
  readonly matchers: readonly Matcher[];
  /** Positive looks into the past. */
  readonly offsetMs: number;
  readonly at?: AtModifier;
}

export interface RangeSelector extends Node {
  readonly kind: 'range';
  readonly type: 'matrix';
  /** Carries the offset and `@` of the whole. */
  readonly selector: VectorSelector;
  readonly rangeMs: number;
}

export interface Subquery extends Node {
  readonly kind: 'subquery';
  readonly type: 'matrix';
  readonly expression: Expression;
  readonly rangeMs: number;
  /** Absent: `EvaluateOptions.defaultStepMs`. */
  readonly stepMs?: number;
  readonly offsetMs: number;
  readonly at?: AtModifier;
}

export interface Paren extends Node {
  readonly kind: 'paren';
  readonly type: ValueType;
  readonly expression: Expression;
}

export interface Unary extends Node {
  readonly kind: 'unary';
  readonly type: 'scalar' | 'vector';
  readonly operator: '+' | '-';
  readonly expression: Expression;
}

export interface Binary extends Node {
  readonly kind: 'binary';
  readonly type: 'scalar' | 'vector';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  /** `bool`: a comparison gives 0 or 1 instead of filtering. */
  readonly bool: boolean;
  /** Present exactly when both sides are vectors. */
  readonly matching?: VectorMatching;
}

export interface VectorMatching {
  readonly cardinality: 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many';
  /** `on`: match by `labels`; otherwise by all labels but `labels` and the name. */
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Labels that group_left or group_right takes over from the one side. */
  readonly include: readonly string[];
}

export interface Aggregation extends Node {
  readonly kind: 'aggregation';
  readonly type: 'vector';
  readonly operator: AggregationOperator;
  readonly expression: Expression;
  readonly parameter?: Expression;
  readonly without: boolean;
  readonly grouping: readonly string[];
}

export interface Call extends Node {
  readonly kind: 'call';
  readonly type: 'scalar' | 'vector';
  readonly name: string;
  readonly args: readonly Expression[];
}
