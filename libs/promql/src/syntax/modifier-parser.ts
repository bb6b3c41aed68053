import { PromqlError, UnsupportedError } from '../errors.js';
import type { AtModifier, Expression, RangeSelector, Subquery, VectorSelector } from './ast.js';
import { nameOfType } from './binary-checks.js';
import type { ExpressionParser } from './expression-parser.js';
import type { TokenCursor } from './token-cursor.js';

const experimentalModifiers = new Set(['anchored', 'smoothed']);
const durationFunctions = new Set(['step', 'range', 'min_of', 'max_of']);
const durationOperators = new Set(['+', '-', '*', '/', '%', '^']);

/** What may follow an operand: a range, a subquery, offset and @, which bind tighter than every operator. */
export function parsePostfix(parser: ExpressionParser, operand: Expression): Expression {
  return new PostfixParser(parser, operand).parse();
}

class PostfixParser {
  readonly #parser: ExpressionParser;
  readonly #cursor: TokenCursor;
  #expression: Expression;
  #hasOffset = false;
  #hasAt = false;

  constructor(parser: ExpressionParser, operand: Expression) {
    this.#parser = parser;
    this.#cursor = parser.cursor;
    this.#expression = operand;
  }

  parse(): Expression {
    for (;;) {
      if (this.#cursor.isSymbol('[')) this.#brackets();
      else if (this.#cursor.isWord('offset')) this.#offset();
      else if (this.#cursor.isSymbol('@')) this.#at();
      else break;
    }
    this.#refuseExperimental();
    return this.#expression;
  }

  #refuseExperimental(): void {
    const { kind, text } = this.#cursor.current;
    if (kind !== 'word' || !experimentalModifiers.has(text.toLowerCase())) return;
    throw new UnsupportedError(`the experimental modifier ${text}`, this.#cursor.rangeOf(this.#cursor.current));
  }

  #brackets(): void {
    const cursor = this.#cursor;
    cursor.next();
    const rangeMs = this.#duration('a duration, the length of the range');
    if (!cursor.takeSymbol(':')) {
      cursor.expectSymbol(']', 'to close the range');
      this.#setRange(rangeMs);
      return;
    }
    const stepMs = cursor.isSymbol(']') ? undefined : this.#duration('a duration, the step of the subquery');
    cursor.expectSymbol(']', 'to close the subquery');
    this.#wrapInSubquery(rangeMs, stepMs);
  }

  #setRange(rangeMs: number): void {
    const selector = this.#expression;
    const range = this.#cursor.rangeFrom(selector.range.start);
    if (selector.kind !== 'selector') {
      throw new PromqlError('ranges only allowed for vector selectors; a subquery needs a colon, as in [5m:]', range);
    }
    if (this.#hasOffset) throw new PromqlError('no offset modifiers allowed before range', range);
    if (this.#hasAt) throw new PromqlError('no @ modifiers allowed before range', range);
    this.#expression = { kind: 'range', type: 'matrix', selector, rangeMs, range };
  }

  #wrapInSubquery(rangeMs: number, stepMs: number | undefined): void {
    const expression = this.#expression;
    const range = this.#cursor.rangeFrom(expression.range.start);
    if (expression.type !== 'vector') {
      const found = nameOfType(expression.type);
      throw new PromqlError(`subquery is only allowed on instant vector, got ${found} instead`, range);
    }
    const step = stepMs === undefined ? {} : { stepMs };
    const subquery: Subquery = { kind: 'subquery', type: 'matrix', expression, rangeMs, ...step, offsetMs: 0, range };
    this.#expression = this.#parser.built(subquery, [expression]);
    this.#hasOffset = false;
    this.#hasAt = false;
  }

  /** In brackets; above zero. */
  #duration(expected: string): number {
    const cursor = this.#cursor;
    const { start } = cursor.current;
    const ms = Math.round(this.#signedSeconds(expected) * 1000);
    if (ms <= 0) throw new PromqlError('duration must be greater than 0', cursor.rangeFrom(start));
    if (!Number.isSafeInteger(ms)) throw new PromqlError('duration out of range', cursor.rangeFrom(start));
    if (cursor.current.kind === 'symbol' && durationOperators.has(cursor.current.text)) this.#refuseArithmetic();
    return ms;
  }

  #refuseArithmetic(): never {
    const range = this.#cursor.rangeOf(this.#cursor.current);
    throw new UnsupportedError('an experimental duration expression', range);
  }

  #offset(): void {
    const word = this.#cursor.next();
    const ms = Math.round(this.#signedSeconds('a duration after offset') * 1000);
    const range = this.#cursor.rangeFrom(word.start);
    if (!Number.isSafeInteger(ms)) throw new PromqlError('offset out of bounds', range);
    if (this.#hasOffset) throw new PromqlError('offset may not be set multiple times', range);
    this.#hasOffset = true;
    this.#modify('offset modifier', (target) => ({ ...target, offsetMs: ms }));
  }

  #at(): void {
    const sign = this.#cursor.next();
    const at = this.#timestamp();
    const range = this.#cursor.rangeFrom(sign.start);
    if (this.#hasAt) throw new PromqlError('@ <timestamp> may not be set multiple times', range);
    this.#hasAt = true;
    this.#modify('@ modifier', (target) => ({ ...target, at }));
  }

  #timestamp(): AtModifier {
    const cursor = this.#cursor;
    for (const kind of ['start', 'end'] as const) {
      if (!cursor.takeWord(kind)) continue;
      cursor.expectSymbol('(', `after ${kind}`);
      cursor.expectSymbol(')', `after ${kind}(`);
      return { kind };
    }
    const token = cursor.current;
    const timeMs = Math.round(this.#signedSeconds('a timestamp in seconds, start() or end() after @') * 1000);
    if (Number.isSafeInteger(timeMs)) return { kind: 'time', timeMs: timeMs + 0 };
    throw new PromqlError('timestamp out of bounds for @ modifier', cursor.rangeOf(token));
  }

  #signedSeconds(expected: string): number {
    const cursor = this.#cursor;
    let negative = false;
    while (cursor.isSymbol('-') || cursor.isSymbol('+')) if (cursor.next().text === '-') negative = !negative;
    const { kind, value, text } = cursor.current;
    if (kind !== 'number' && kind !== 'duration') {
      if (text === '(' || durationFunctions.has(text.toLowerCase())) this.#refuseArithmetic();
      cursor.unexpected(expected);
    }
    cursor.next();
    const seconds = kind === 'duration' ? value / 1000 : value;
    return negative ? 0 - seconds : seconds;
  }

  #modify(what: string, change: <T extends VectorSelector | Subquery>(target: T) => T): void {
    const target = this.#expression;
    const range = this.#cursor.rangeFrom(target.range.start);
    if (target.kind === 'selector' || target.kind === 'subquery') {
      this.#expression = { ...change<VectorSelector | Subquery>(target), range };
    } else if (target.kind === 'range') {
      const changed: RangeSelector = { ...target, selector: change(target.selector), range };
      this.#expression = changed;
    } else {
      throw new PromqlError(
        `${what} must be preceded by an instant vector selector or range vector selector or a subquery`,
        range,
      );
    }
    if (this.#expression.kind === 'subquery') this.#parser.built(this.#expression, [this.#expression.expression]);
  }
}
