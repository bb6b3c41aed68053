import { PromqlError, UnsupportedError } from '../errors.js';
import type { BinaryOperator, Expression, NumberLiteral } from './ast.js';
import { checkedBinary, nameOfType } from './binary-checks.js';
import { parseAggregation, parseCall, startsAggregation } from './call-parser.js';
import type { EnclosingParser } from './enclosing-parser.js';
import { precedenceOf, reservedWords, unaryPrecedence, wordsNotCalled } from './keywords.js';
import { parseMatching } from './matching-parser.js';
import { parsePostfix } from './modifier-parser.js';
import { isInfOrNaN } from './number-literal.js';
import { parseSelector } from './selector-parser.js';
import type { SourceRange } from './source-range.js';
import { quoteString } from './string-literal.js';
import { TokenCursor } from './token-cursor.js';

/** Deeper trees than this are refused, so that no text can exhaust the stack of whoever walks the tree. */
const deepestTree = 500;

/** Precedence climbing over operators; what stands between them is read by the parsers beside this one. */
export class ExpressionParser implements EnclosingParser {
  readonly cursor: TokenCursor;
  readonly #depths = new WeakMap<Expression, number>();
  readonly #mistakes: PromqlError[] = [];
  #nesting = 0;
  #aggregations = 0;

  constructor(text: string) {
    this.cursor = new TokenCursor(text);
  }

  parseAll(): Expression {
    const { cursor } = this;
    if (cursor.atEnd) {
      throw new PromqlError('no expression found in input', cursor.startOfText());
    }
    const expression = this.expression();
    if (!cursor.atEnd) this.unexpected();
    const [first] = this.#mistakes;
    if (first !== undefined) throw first;
    return expression;
  }

  readonly refuse = (error: PromqlError): void => {
    this.#mistakes.push(error);
  };

  unexpected(): never {
    return this.cursor.unexpectedIn(this.#aggregations > 0 ? 'aggregation' : '', '');
  }

  inAggregation<T>(parsePart: () => T): T {
    this.#aggregations++;
    const part = parsePart();
    this.#aggregations--;
    return part;
  }

  expression(least = 0): Expression {
    this.#nesting++;
    if (this.#nesting > deepestTree) this.#tooDeep(this.cursor.rangeOf(this.cursor.current));
    let left = this.#operand();
    for (;;) {
      const operator = this.#operatorAhead();
      const precedence = operator === undefined ? undefined : precedenceOf(operator);
      if (precedence === undefined || precedence < least) break;
      left = this.#binary(left, operator as BinaryOperator, precedence);
    }
    this.#nesting--;
    return left;
  }

  built<T extends Expression>(expression: T, children: readonly Expression[]): T {
    const depth = 1 + children.reduce((deepest, child) => Math.max(deepest, this.#depths.get(child) ?? 1), 0);
    if (depth > deepestTree) this.#tooDeep(expression.range);
    this.#depths.set(expression, depth);
    return expression;
  }

  #operatorAhead(): string | undefined {
    const { kind, text } = this.cursor.current;
    if (kind === 'word') return text.toLowerCase();
    if (kind !== 'symbol') return undefined;
    if (text === '</' || text === '>/') {
      throw new UnsupportedError(`the native histogram operator ${text}`, this.cursor.rangeOf(this.cursor.current));
    }
    return text;
  }

  #binary(left: Expression, operator: BinaryOperator, precedence: number): Expression {
    const sign = this.cursor.next();
    const bool = this.cursor.takeWord('bool');
    const matching = parseMatching(this.cursor, operator);
    // Only ^ groups from the right.
    const right = this.expression(operator === '^' ? precedence : precedence + 1);
    const range = this.cursor.span(left.range, right.range);
    const signRange = this.cursor.rangeOf(sign);
    return this.built(checkedBinary({ operator, left, right, bool, range, signRange }, matching, this.refuse), [
      left,
      right,
    ]);
  }

  #operand(): Expression {
    const { cursor } = this;
    const { kind, text } = cursor.current;
    if (kind === 'symbol' && (text === '+' || text === '-')) return this.#signed(text);
    return parsePostfix(this, this.#primary());
  }

  #signed(operator: '+' | '-'): Expression {
    const sign = this.cursor.next();
    const expression = this.expression(unaryPrecedence + 1);
    const range = this.cursor.rangeFrom(sign.start);
    if (expression.kind === 'number') {
      return { ...expression, value: operator === '-' ? -expression.value : expression.value, range };
    }
    if (expression.type === 'string' || expression.type === 'matrix') {
      const found = quoteString(nameOfType(expression.type));
      const allowed = 'unary expression only allowed on expressions of type scalar or instant vector';
      this.refuse(new PromqlError(`${allowed}, got ${found}`, range));
    }
    const type = expression.type === 'scalar' ? 'scalar' : 'vector';
    return this.built({ kind: 'unary', type, operator, expression, range }, [expression]);
  }

  #primary(): Expression {
    const { cursor } = this;
    const token = cursor.current;
    switch (token.kind) {
      case 'number':
        return this.#number(token.value, false);
      case 'duration':
        return this.#number(token.value / 1000, true);
      case 'string':
        cursor.next();
        return { kind: 'string', type: 'string', value: token.text, range: cursor.rangeOf(token) };
      case 'word':
        return this.#word(token.text);
      case 'symbol':
        if (token.text === '(') return this.#paren();
        if (token.text === '{') return parseSelector(this);
        break;
      case 'end':
      case 'error':
        break;
    }
    return this.unexpected();
  }

  #word(text: string): Expression {
    const { cursor } = this;
    const lower = text.toLowerCase();
    if (isInfOrNaN(text)) return this.#number(lower === 'inf' ? Infinity : NaN, false);
    if (startsAggregation(cursor)) return parseAggregation(this);
    const { kind, text: next } = cursor.following;
    if (kind === 'symbol' && next === '(' && isCallable(lower)) return parseCall(this);
    if (reservedWords.has(lower)) return this.unexpected();
    return parseSelector(this);
  }

  #number(value: number, duration: boolean): NumberLiteral {
    const token = this.cursor.next();
    return { kind: 'number', type: 'scalar', value, duration, range: this.cursor.rangeOf(token) };
  }

  #paren(): Expression {
    const open = this.cursor.next();
    const expression = this.expression();
    if (!this.cursor.takeSymbol(')')) this.unexpected();
    const range = this.cursor.rangeFrom(open.start);
    return this.built({ kind: 'paren', type: expression.type, expression, range }, [expression]);
  }

  #tooDeep(range: SourceRange): never {
    throw new PromqlError(`the expression is nested too deeply, expected at most ${deepestTree} levels`, range);
  }
}

function isCallable(word: string): boolean {
  return !reservedWords.has(word) && !wordsNotCalled.has(word) && !word.includes(':');
}
