import { nearest } from '@tapewatch/model';
import { PromqlError, UnsupportedError } from '../errors.js';
import { isExperimentalFunction, signatures } from '../functions/signatures.js';
import type { Signature } from '../functions/signatures.js';
import type { Aggregation, AggregationOperator, Call, Expression, ValueType } from './ast.js';
import { nameOfType } from './binary-checks.js';
import type { EnclosingParser } from './enclosing-parser.js';
import { aggregationOf, isExperimentalAggregation, parameterTypeOf, reservedWords } from './keywords.js';
import { parseLabelList } from './label-list.js';
import type { Token } from './lexer.js';
import type { SourceRange } from './source-range.js';
import { quoteString } from './string-literal.js';
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

export function parseAggregation(parser: EnclosingParser): Aggregation {
  const { cursor } = parser;
  const word = cursor.next();
  const operator = aggregationOf(word.text) as AggregationOperator;
  return parser.inAggregation(() => {
    let grouping = parseGrouping(cursor);
    const args = parseArguments(parser);
    grouping ??= parseGrouping(cursor);
    const range = cursor.rangeFrom(word.start);
    const { expression, parameter } = checkAggregation(parser, operator, args, range);
    const optional = parameter === undefined ? {} : { parameter };
    const base = { kind: 'aggregation', type: 'vector', operator, expression, range } as const;
    return parser.built({ ...base, ...optional, ...(grouping ?? { without: false, grouping: [] }) }, args);
  });
}

function parseGrouping(cursor: TokenCursor): Pick<Aggregation, 'without' | 'grouping'> | undefined {
  const without = cursor.isWord('without');
  if (!without && !cursor.isWord('by')) return undefined;
  cursor.next();
  return { without, grouping: parseLabelList(cursor) };
}

function checkAggregation(
  parser: EnclosingParser,
  operator: AggregationOperator,
  args: readonly Expression[],
  range: SourceRange,
): Pick<Aggregation, 'expression' | 'parameter'> {
  const parameterType = parameterTypeOf(operator);
  const wanted = parameterType === undefined ? 1 : 2;
  if (args.length === 0) throw new PromqlError('no arguments for aggregate expression provided', range);
  if (args.length !== wanted) {
    throw new PromqlError(
      `wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${args.length}`,
      range,
    );
  }
  const expression = args[wanted - 1] as Expression;
  checkType(parser, expression, 'vector', 'aggregation expression');
  if (parameterType === undefined) return { expression };
  const parameter = args[0] as Expression;
  checkType(parser, parameter, parameterType, 'aggregation parameter');
  return { expression, parameter };
}

export function parseCall(parser: EnclosingParser): Call {
  const { cursor } = parser;
  const word = cursor.next();
  const name = word.text;
  if (isExperimentalFunction(name)) {
    throw new UnsupportedError(`the experimental function ${name}()`, cursor.rangeOf(word));
  }
  const args = parseArguments(parser);
  const signature = signatures.get(name);
  if (signature === undefined) throw new PromqlError(unknownFunction(name), cursor.rangeOf(word));
  const range = cursor.rangeFrom(word.start);
  checkArguments(parser, { name, args, range }, signature);
  return parser.built({ kind: 'call', type: signature.returns, name, args, range }, args);
}

function parseArguments(parser: EnclosingParser): Expression[] {
  const { cursor } = parser;
  if (!cursor.takeSymbol('(')) parser.unexpected();
  const args: Expression[] = [];
  if (cursor.takeSymbol(')')) return args;
  for (;;) {
    args.push(parser.expression());
    const comma = cursor.current;
    if (!cursor.takeSymbol(',')) break;
    if (!startsExpression(cursor.current)) {
      throw new PromqlError('trailing commas not allowed in function call args', cursor.rangeOf(comma));
    }
  }
  if (!cursor.takeSymbol(')')) parser.unexpected();
  return args;
}

function startsExpression({ kind, text }: Token): boolean {
  if (kind === 'symbol') return '({+-'.includes(text);
  return kind === 'word' ? !reservedWords.has(text.toLowerCase()) : kind !== 'end';
}

function unknownFunction(name: string): string {
  const close = nearest(name, signatures.keys());
  const hint = close === undefined ? '' : `, did you mean ${JSON.stringify(close)}?`;
  return `unknown function with name ${JSON.stringify(name)}${hint}`;
}

function checkArguments(
  parser: EnclosingParser,
  { name, args, range }: Pick<Call, 'name' | 'args' | 'range'>,
  { args: types, optional, repeatsLast }: Signature,
): void {
  const least = types.length - optional;
  if (args.length < least || (!repeatsLast && args.length > types.length)) {
    const bound = args.length < least ? 'at least ' : 'at most ';
    const expected = `${optional > 0 || repeatsLast ? bound : ''}${args.length < least ? least : types.length}`;
    parser.refuse(
      new PromqlError(`expected ${expected} argument(s) in call to ${quoteString(name)}, got ${args.length}`, range),
    );
  }
  args.forEach((arg, i) => {
    const wanted = types[repeatsLast ? Math.min(i, types.length - 1) : i];
    if (wanted !== undefined) checkType(parser, arg, wanted, `call to function ${quoteString(name)}`);
  });
}

function checkType(parser: EnclosingParser, expression: Expression, wanted: ValueType, where: string): void {
  if (expression.type === wanted) return;
  const text = `expected type ${nameOfType(wanted)} in ${where}, got ${nameOfType(expression.type)}`;
  parser.refuse(new PromqlError(text, expression.range));
}
