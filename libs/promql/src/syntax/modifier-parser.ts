import { PromqlError, UnsupportedError } from '../errors.js';
import type { AtModifier, Expression, RangeSelector, Subquery, VectorSelector } from './ast.js';
import type { EnclosingParser } from './enclosing-parser.js';
import { isInfOrNaN } from './number-literal.js';
import { formatShort } from '../functions/go-format.js';
import type { SourceRange } from './source-range.js';
import type { TokenCursor } from './token-cursor.js';

const experimentalModifiers = new Set(['anchored', 'smoothed']);
const durations = 'number, duration, step(), or range()';
const durationFunctions = new Set(['step', 'range', 'min_of', 'max_of']);
const durationOperators = new Set(['+', '-', '*', '/', '%', '^']);

/** What may follow an operand: a range, a subquery, offset and @, which bind tighter than every operator. */
export function parsePostfix(parser: EnclosingParser, operand: Expression): Expression {
  return new PostfixParser(parser, operand).parse();
}

class PostfixParser {
  readonly #parser: EnclosingParser;
  readonly #cursor: TokenCursor;
  #expression: Expression;
  #hasOffset = false;
  #hasAt = false;

  constructor(parser: EnclosingParser, operand: Expression) {
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
    const open = cursor.next();
    const rangeMs = this.#duration('subquery or range selector', durations);
    if (cursor.takeSymbol(']')) {
      this.#setRange(rangeMs, cursor.rangeFrom(open.start));
      return;
    }
    if (!cursor.takeSymbol(':')) cursor.unexpectedIn('subquery or range', '":" or "]"');
    const stepMs = cursor.isSymbol(']') ? undefined : this.#duration('subquery selector', `${durations}, or "]"`);
    if (!cursor.takeSymbol(']')) cursor.unexpectedIn('subquery selector', '"]"');
    this.#wrapInSubquery(rangeMs, stepMs);
  }

  #setRange(rangeMs: number, brackets: SourceRange): void {
    const selector = this.#expression;
    if (selector.kind !== 'selector') throw new PromqlError('ranges only allowed for vector selectors', brackets);
    if (this.#hasOffset) throw new PromqlError('no offset modifiers allowed before range', brackets);
    if (this.#hasAt) throw new PromqlError('no @ modifiers allowed before range', brackets);
    const range = this.#cursor.rangeFrom(selector.range.start);
    this.#expression = { kind: 'range', type: 'matrix', selector, rangeMs, range };
  }

  #wrapInSubquery(rangeMs: number, stepMs: number | undefined): void {
    const expression = this.#expression;
    const range = this.#cursor.rangeFrom(expression.range.start);
    if (expression.type !== 'vector') {
      const found = `got ${expression.type} instead`;
      this.#parser.refuse(new PromqlError(`subquery is only allowed on instant vector, ${found}`, range));
    }
    const step = stepMs === undefined ? {} : { stepMs };
    const subquery: Subquery = { kind: 'subquery', type: 'matrix', expression, rangeMs, ...step, offsetMs: 0, range };
    this.#expression = this.#parser.built(subquery, [expression]);
    this.#hasOffset = false;
    this.#hasAt = false;
  }

  /** In brackets; above zero. */
  #duration(context: string, expected: string): number {
    const cursor = this.#cursor;
    const { start } = cursor.current;
    const ms = Math.round(this.#signedSeconds(context, expected) * 1000);
    if (cursor.current.kind === 'symbol' && durationOperators.has(cursor.current.text)) this.#refuseArithmetic();
    if (ms <= 0) throw new PromqlError('duration must be greater than 0', cursor.rangeFrom(start));
    if (!Number.isSafeInteger(ms)) throw new PromqlError('duration out of range', cursor.rangeFrom(start));
    return ms;
  }

  #refuseArithmetic(): never {
    const range = this.#cursor.rangeOf(this.#cursor.current);
    throw new UnsupportedError('an experimental duration expression', range);
  }

  #offset(): void {
    const word = this.#cursor.next();
    const ms = Math.round(this.#signedSeconds('offset', durations) * 1000);
    if (!Number.isSafeInteger(ms)) throw new PromqlError('duration out of range', this.#cursor.rangeFrom(word.start));
    this.#modify('offset modifier', (target) => ({ ...target, offsetMs: ms }));
    if (this.#hasOffset) this.#refuseRepeated('offset may not be set multiple times');
    this.#hasOffset = true;
  }

  #at(): void {
    this.#cursor.next();
    const at = this.#timestamp();
    this.#modify('@ modifier', (target) => ({ ...target, at }));
    if (this.#hasAt) this.#refuseRepeated('@ <timestamp> may not be set multiple times');
    this.#hasAt = true;
  }

  #refuseRepeated(message: string): never {
    throw new PromqlError(message, this.#expression.range);
  }

  #timestamp(): AtModifier {
    const cursor = this.#cursor;
    for (const kind of ['start', 'end'] as const) {
      if (!cursor.takeWord(kind)) continue;
      if (!cursor.takeSymbol('(') || !cursor.takeSymbol(')')) cursor.unexpectedIn('@', 'timestamp');
      return { kind };
    }
    const seconds = this.#signedSeconds('@', 'timestamp');
    const timeMs = Math.round(seconds * 1000);
    if (Number.isSafeInteger(timeMs)) return { kind: 'time', timeMs: timeMs + 0 };
    const written = Number.isFinite(seconds) ? seconds.toFixed(6) : formatShort(seconds);
    throw new PromqlError(`timestamp out of bounds for @ modifier: ${written}`, this.#expression.range);
  }

  #signedSeconds(context: string, expected: string): number {
    const cursor = this.#cursor;
    let negative = false;
    while (cursor.isSymbol('-') || cursor.isSymbol('+')) if (cursor.next().text === '-') negative = !negative;
    const { kind, value, text } = cursor.current;
    if (kind === 'word' && isInfOrNaN(text)) {
      cursor.next();
      return text.toLowerCase() === 'nan' ? NaN : negative ? -Infinity : Infinity;
    }
    if (kind !== 'number' && kind !== 'duration') {
      if (text === '(' || durationFunctions.has(text.toLowerCase())) this.#refuseArithmetic();
      cursor.unexpectedIn(context, expected);
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
