import type { Matcher, MatchOperator } from '@tapewatch/model';
import { PromqlError } from '../errors.js';
import { createMatcher } from '../matchers/matcher.js';
import type { VectorSelector } from './ast.js';
import type { EnclosingParser } from './enclosing-parser.js';
import { isLabelName } from './label-list.js';
import type { Token } from './lexer.js';
import { quoteString } from './string-literal.js';
import type { TokenCursor } from './token-cursor.js';

/** `name`, `name{...}` or `{...}`, without what may follow. */
export function parseSelector(parser: EnclosingParser): VectorSelector {
  return new SelectorParser(parser).parse();
}

const operators: ReadonlySet<string> = new Set<MatchOperator>(['=', '!=', '=~', '!~']);

class SelectorParser {
  readonly #parser: EnclosingParser;
  readonly #cursor: TokenCursor;
  readonly #matchers: Matcher[] = [];
  readonly #names: string[] = [];
  #name: string | undefined;

  constructor(parser: EnclosingParser) {
    this.#parser = parser;
    this.#cursor = parser.cursor;
  }

  parse(): VectorSelector {
    const start = this.#cursor.current.start;
    if (this.#cursor.current.kind === 'word') this.#setName(this.#cursor.next());
    if (this.#cursor.takeSymbol('{')) this.#braces();
    const range = this.#cursor.rangeFrom(start);
    const [first = '', second] = this.#names;
    if (this.#name !== undefined && second !== undefined) {
      const names = `${quoteString(first)} or ${quoteString(second)}`;
      this.#parser.refuse(new PromqlError(`metric name must not be set twice: ${names}`, range));
    }
    if (this.#matchers.every((matcher) => matcher.matches(''))) {
      this.#parser.refuse(new PromqlError('vector selector must contain at least one non-empty matcher', range));
    }
    const named = this.#name === undefined ? {} : { name: this.#name };
    return { kind: 'selector', type: 'vector', ...named, matchers: this.#matchers, offsetMs: 0, range };
  }

  #braces(): void {
    const cursor = this.#cursor;
    while (!cursor.isSymbol('}')) {
      this.#entry();
      if (!cursor.takeSymbol(',') && !cursor.isSymbol('}')) cursor.unexpectedIn('label matching', '"," or "}"');
    }
    cursor.next();
  }

  #entry(): void {
    const cursor = this.#cursor;
    const token = cursor.current;
    if (token.kind !== 'word' && token.kind !== 'string') cursor.unexpectedIn('label matching', 'identifier or "}"');
    cursor.next();
    const { kind, text: operator } = cursor.current;
    if (kind === 'symbol' && operators.has(operator)) {
      this.#matcher(token, operator as MatchOperator);
      return;
    }
    if (token.kind !== 'string') cursor.unexpectedIn('label matching', 'label matching operator');
    this.#setName(token);
  }

  #matcher(label: Token, operator: MatchOperator): void {
    const cursor = this.#cursor;
    cursor.next();
    if (cursor.current.kind !== 'string') cursor.unexpectedIn('label matching', 'string');
    const value = cursor.next();
    this.#checkName(label, 'label');
    if (label.text === '__name__') this.#names.push(value.text);
    try {
      this.#matchers.push(createMatcher(label.text, operator, value.text));
    } catch (error) {
      throw new PromqlError((error as Error).message, cursor.rangeFrom(label.start));
    }
  }

  #setName(token: Token): void {
    this.#checkName(token, 'metric');
    this.#name ??= token.text;
    this.#names.push(token.text);
    this.#matchers.push(createMatcher('__name__', '=', token.text));
  }

  #checkName(token: Token, kind: string): void {
    if (isLabelName(token.text)) return;
    throw new PromqlError(`invalid ${kind} name ${quoteString(token.text)}`, this.#cursor.rangeOf(token));
  }
}
