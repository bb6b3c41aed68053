import { PromqlError } from '../errors.js';
import type { Binary, ValueType, VectorMatching } from './ast.js';
import { isComparison, isSetOperator } from './keywords.js';
import type { SourceRange } from './source-range.js';
import { quoteString } from './string-literal.js';

const typeNames: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  string: 'string',
  vector: 'instant vector',
  matrix: 'range vector',
};

/** As Prometheus calls a type in its messages. */
export function nameOfType(type: ValueType): string {
  return typeNames[type];
}

type Written = Pick<Binary, 'operator' | 'left' | 'right' | 'bool' | 'range'> & {
  /** Where the operator itself stands. */
  readonly signRange: SourceRange;
};

/** The binary expression that was written; `refuse` is told what is wrong with it. */
export function checkedBinary(
  { signRange, ...written }: Written,
  matching: VectorMatching | undefined,
  refuse: (error: PromqlError) => void,
): Binary {
  const { operator, left, right, bool, range } = written;
  const scalars = left.type === 'scalar' && right.type === 'scalar';
  if (bool && !isComparison(operator)) {
    refuse(new PromqlError('bool modifier can only be used on comparison operators', signRange));
  }
  if (isComparison(operator) && !bool && scalars) {
    refuse(new PromqlError('comparisons between scalars must use BOOL modifier', signRange));
  }
  const both = matching?.on === true ? matching.labels.find((label) => matching.include.includes(label)) : undefined;
  if (both !== undefined) {
    refuse(new PromqlError(`label ${quoteString(both)} must not occur in ON and GROUP clause at once`, signRange));
  }
  for (const operand of [left, right]) {
    if (operand.type === 'scalar' || operand.type === 'vector') continue;
    refuse(new PromqlError('binary expression must contain only scalar and instant vector types', operand.range));
  }
  if (left.type === 'vector' && right.type === 'vector') {
    checkSetMatching(operator, matching, range, refuse);
    return { ...written, kind: 'binary', type: 'vector', matching: matching ?? defaultMatching(operator) };
  }
  if (matching !== undefined && matching.labels.length > 0) {
    refuse(new PromqlError('vector matching only allowed between instant vectors', range));
  }
  if (isSetOperator(operator)) {
    refuse(new PromqlError(`set operator ${quoteString(operator)} not allowed in binary scalar expression`, range));
  }
  return { ...written, kind: 'binary', type: scalars ? 'scalar' : 'vector' };
}

function checkSetMatching(
  operator: Binary['operator'],
  matching: VectorMatching | undefined,
  range: SourceRange,
  refuse: (error: PromqlError) => void,
): void {
  if (!isSetOperator(operator) || matching === undefined || matching.cardinality === 'many-to-many') return;
  refuse(new PromqlError(`no grouping allowed for ${quoteString(operator)} operation`, range));
}

function defaultMatching(operator: Binary['operator']): VectorMatching {
  const cardinality = isSetOperator(operator) ? 'many-to-many' : 'one-to-one';
  return { cardinality, on: false, labels: [], include: [] };
}
