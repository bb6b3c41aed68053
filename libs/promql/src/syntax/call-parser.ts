import { nearest } from '@tapewatch/model';
import { PromqlError, UnsupportedError } from '../errors.js';
import { isExperimentalFunction, signatures } from '../functions/signatures.js';
import type { Signature } from '../functions/signatures.js';
import type { Aggregation, AggregationOperator, Call, Expression, ValueType } from './ast.js';
import { nameOfType } from './binary-checks.js';
import type { ExpressionParser } from './expression-parser.js';
import { aggregationOf, isExperimentalAggregation, parameterTypeOf } from './keywords.js';
import { parseLabelList } from './label-list.js';
import type { SourceRange } from './source-range.js';
import type { TokenCursor } from './token-cursor.js';

/** Whether an aggregation stands here; its word alone may also be a metric. */
export function startsAggregation(cursor: TokenCursor): boolean {
  const { current, following } = cursor;
  const opens =
    (following.kind === 'symbol' && following.text === '(') ||
    (following.kind === 'word' && /^(?:by|without)$/i.test(following.text));
  if (!opens) return false;
  if (isExperimentalAggregation(current.text)) {
    throw new UnsupportedError(`the experimental aggregation ${current.text}`, cursor.rangeOf(current));
  }
  return aggregationOf(current.text) !== undefined;
}

export function parseAggregation(parser: ExpressionParser): Aggregation {
  const { cursor } = parser;
  const word = cursor.next();
  const operator = aggregationOf(word.text) as AggregationOperator;
  let grouping = parseGrouping(cursor);
  const args = parseArguments(parser, `aggregation ${operator}`);
  grouping ??= parseGrouping(cursor);
  const range = cursor.rangeFrom(word.start);
  const { expression, parameter } = checkAggregation(operator, args, range);
  const optional = parameter === undefined ? {} : { parameter };
  const base = { kind: 'aggregation', type: 'vector', operator, expression, range } as const;
  return parser.built({ ...base, ...optional, ...(grouping ?? { without: false, grouping: [] }) }, args);
}

function parseGrouping(cursor: TokenCursor): Pick<Aggregation, 'without' | 'grouping'> | undefined {
  const without = cursor.isWord('without');
  if (!without && !cursor.isWord('by')) return undefined;
  cursor.next();
  return { without, grouping: parseLabelList(cursor, without ? 'without' : 'by') };
}

function checkAggregation(
  operator: AggregationOperator,
  args: readonly Expression[],
  range: SourceRange,
): Pick<Aggregation, 'expression' | 'parameter'> {
  const parameterType = parameterTypeOf(operator);
  const wanted = parameterType === undefined ? 1 : 2;
  if (args.length !== wanted) {
    throw new PromqlError(
      `wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${args.length}`,
      range,
    );
  }
  const expression = args[wanted - 1] as Expression;
  checkType(expression, 'vector', `aggregation ${operator}`);
  if (parameterType === undefined) return { expression };
  const parameter = args[0] as Expression;
  checkType(parameter, parameterType, `aggregation ${operator}`);
  return { expression, parameter };
}

export function parseCall(parser: ExpressionParser): Call {
  const { cursor } = parser;
  const word = cursor.next();
  const name = word.text;
  if (isExperimentalFunction(name)) {
    throw new UnsupportedError(`the experimental function ${name}()`, cursor.rangeOf(word));
  }
  const signature = signatures.get(name);
  if (signature === undefined) throw new PromqlError(unknownFunction(name), cursor.rangeOf(word));
  const args = parseArguments(parser, `call to function ${JSON.stringify(name)}`);
  const range = cursor.rangeFrom(word.start);
  checkArguments(name, signature, args, range);
  return parser.built({ kind: 'call', type: signature.returns, name, args, range }, args);
}

function parseArguments(parser: ExpressionParser, where: string): Expression[] {
  const { cursor } = parser;
  cursor.expectSymbol('(', `before the arguments of ${where}`);
  const args: Expression[] = [];
  if (cursor.takeSymbol(')')) return args;
  do args.push(parser.expression());
  while (cursor.takeSymbol(','));
  cursor.expectSymbol(')', `or "," in ${where}`);
  return args;
}

function unknownFunction(name: string): string {
  const close = nearest(name, signatures.keys());
  const hint = close === undefined ? '' : `, did you mean ${JSON.stringify(close)}?`;
  return `unknown function with name ${JSON.stringify(name)}${hint}`;
}

function checkArguments(name: string, signature: Signature, args: readonly Expression[], range: SourceRange): void {
  const { args: types, optional, repeatsLast } = signature;
  const least = types.length - optional;
  const wrong = args.length < least || (!repeatsLast && args.length > types.length);
  if (wrong) {
    const bound = args.length < least ? 'at least ' : 'at most ';
    const expected = `${optional > 0 || repeatsLast ? bound : ''}${args.length < least ? least : types.length}`;
    throw new PromqlError(
      `expected ${expected} argument(s) in call to ${JSON.stringify(name)}, got ${args.length}`,
      range,
    );
  }
  args.forEach((arg, i) => {
    checkType(arg, types[Math.min(i, types.length - 1)] as ValueType, `call to function ${JSON.stringify(name)}`);
  });
}

function checkType(expression: Expression, wanted: ValueType, where: string): void {
  if (expression.type === wanted) return;
  throw new PromqlError(
    `expected type ${nameOfType(wanted)} in ${where}, got ${nameOfType(expression.type)}`,
    expression.range,
  );
}
