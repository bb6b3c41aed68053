import type { Matcher, MatchOperator } from '@tapewatch/model';
import { PromqlError } from '../errors.js';
import { createMatcher } from '../matchers/matcher.js';
import type { VectorSelector } from './ast.js';
import { isLabelName } from './label-list.js';
import type { Token } from './lexer.js';
import type { TokenCursor } from './token-cursor.js';

/** `name`, `name{...}` or `{...}`, without what may follow. */
export function parseSelector(cursor: TokenCursor): VectorSelector {
  return new SelectorParser(cursor).parse();
}

const operators: ReadonlySet<string> = new Set<MatchOperator>(['=', '!=', '=~', '!~']);

class SelectorParser {
  readonly #cursor: TokenCursor;
  readonly #matchers: Matcher[] = [];
  #name: string | undefined;

  constructor(cursor: TokenCursor) {
    this.#cursor = cursor;
  }

  parse(): VectorSelector {
    const start = this.#cursor.current.start;
    if (this.#cursor.current.kind === 'word') this.#setName(this.#cursor.next());
    if (this.#cursor.takeSymbol('{')) this.#braces();
    const range = this.#cursor.rangeFrom(start);
    if (this.#matchers.every((matcher) => matcher.matches(''))) {
      throw new PromqlError('vector selector must contain at least one non-empty matcher', range);
    }
    const named = this.#name === undefined ? {} : { name: this.#name };
    return { kind: 'selector', type: 'vector', ...named, matchers: this.#matchers, offsetMs: 0, range };
  }

  #braces(): void {
    const cursor = this.#cursor;
    while (!cursor.isSymbol('}')) {
      this.#entry();
      if (!cursor.takeSymbol(',') && !cursor.isSymbol('}')) cursor.unexpected('"," or "}" after a label matcher');
    }
    cursor.next();
  }

  #entry(): void {
    const cursor = this.#cursor;
    const token = cursor.current;
    if (token.kind !== 'word' && token.kind !== 'string') cursor.unexpected('a label matcher or "}"');
    cursor.next();
    const { kind, text: operator } = cursor.current;
    if (kind === 'symbol' && operators.has(operator)) {
      this.#matcher(token, operator as MatchOperator);
      return;
    }
    if (token.kind !== 'string') cursor.unexpected('a label matching operator ("=", "!=", "=~" or "!~")');
    this.#setName(token);
  }

  #matcher(label: Token, operator: MatchOperator): void {
    const cursor = this.#cursor;
    this.#checkName(label, 'label');
    cursor.next();
    if (cursor.current.kind !== 'string') cursor.unexpected('a string, the value of the label matcher');
    const value = cursor.next();
    if (label.text === '__name__' && this.#name !== undefined) this.#refuseSecondName(value);
    try {
      this.#matchers.push(createMatcher(label.text, operator, value.text));
    } catch (error) {
      throw new PromqlError((error as Error).message, cursor.rangeOf(value));
    }
  }

  #setName(token: Token): void {
    this.#checkName(token, 'metric');
    const named = this.#matchers.some((matcher) => matcher.name === '__name__');
    if (named) this.#refuseSecondName(token);
    this.#name = token.text;
    this.#matchers.push(createMatcher('__name__', '=', token.text));
  }

  #refuseSecondName(token: Token): never {
    const first = this.#name ?? this.#matchers.find((matcher) => matcher.name === '__name__')?.value ?? '';
    throw new PromqlError(
      `metric name must not be set twice: ${JSON.stringify(first)} or ${JSON.stringify(token.text)}`,
      this.#cursor.rangeOf(token),
    );
  }

  #checkName(token: Token, kind: string): void {
    if (isLabelName(token.text)) return;
    const found = JSON.stringify(token.text);
    throw new PromqlError(`invalid ${kind} name ${found}, expected UTF-8, not empty`, this.#cursor.rangeOf(token));
  }
}
