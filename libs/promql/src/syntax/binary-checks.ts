import { PromqlError } from '../errors.js';
import type { Binary, Expression, ValueType, VectorMatching } from './ast.js';
import { isComparison, isSetOperator } from './keywords.js';
import type { SourceRange } from './source-range.js';

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

/** The binary expression that was written, when its operands are of the right types. */
export function checkedBinary({ signRange, ...written }: Written, matching: VectorMatching | undefined): Binary {
  checkOperand(written.left);
  checkOperand(written.right);
  const { operator, left, right, bool } = written;
  const ofVectors = left.type === 'vector' && right.type === 'vector';
  if (ofVectors) return { ...written, kind: 'binary', type: 'vector', matching: matching ?? defaultMatching(operator) };
  if (matching !== undefined && (matching.labels.length > 0 || matching.on || matching.include.length > 0)) {
    throw new PromqlError('vector matching only allowed between instant vectors', written.range);
  }
  if (isSetOperator(operator)) {
    throw new PromqlError(
      `set operator ${JSON.stringify(operator)} not allowed in binary scalar expression`,
      signRange,
    );
  }
  const ofScalars = left.type === 'scalar' && right.type === 'scalar';
  if (ofScalars && isComparison(operator) && !bool) {
    throw new PromqlError('comparisons between scalars must use the bool modifier', signRange);
  }
  return { ...written, kind: 'binary', type: ofScalars ? 'scalar' : 'vector' };
}

function defaultMatching(operator: Binary['operator']): VectorMatching {
  const cardinality = isSetOperator(operator) ? 'many-to-many' : 'one-to-one';
  return { cardinality, on: false, labels: [], include: [] };
}

function checkOperand(operand: Expression): void {
  if (operand.type === 'scalar' || operand.type === 'vector') return;
  throw new PromqlError(
    `binary expression must contain only scalar and instant vector types, found a ${nameOfType(operand.type)}`,
    operand.range,
  );
}

/** The type of a signed operand. */
export function checkUnary(operand: Expression): 'scalar' | 'vector' {
  if (operand.type === 'scalar' || operand.type === 'vector') return operand.type;
  throw new PromqlError(
    `unary expression only allowed on expressions of type scalar or instant vector, got ${nameOfType(operand.type)}`,
    operand.range,
  );
}
