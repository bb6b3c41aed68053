import { Labels } from '@tapewatch/model';
import { PromqlError } from '../errors.js';
import { isLabelName } from '../syntax/label-list.js';
import type { Token } from '../syntax/lexer.js';
import { TokenCursor } from '../syntax/token-cursor.js';

/**
 * The labels of one series as it is written in tests and shown in results: `name`, `name{a="1"}`, `{a="1"}`, `{"a name"}` or `{}`.
 * Throws PromqlError for anything else, also for matchers other than `=`.
 */
export function parseMetric(text: string): Labels {
  return new MetricParser(text).parse();
}

class MetricParser {
  readonly #cursor: TokenCursor;
  readonly #labels = new Map<string, string>();

  constructor(text: string) {
    this.#cursor = new TokenCursor(text);
  }

  parse(): Labels {
    const cursor = this.#cursor;
    if (cursor.current.kind === 'word') this.#set('__name__', cursor.current, cursor.next().text);
    else if (!cursor.isSymbol('{')) cursor.unexpected('the name of a metric or "{"');
    if (cursor.takeSymbol('{')) this.#braces();
    if (cursor.current.kind !== 'end') cursor.unexpected('the end of the series');
    return Labels.fromEntries(this.#labels);
  }

  #braces(): void {
    const cursor = this.#cursor;
    while (!cursor.isSymbol('}')) {
      this.#label();
      if (!cursor.takeSymbol(',') && !cursor.isSymbol('}')) cursor.unexpected('"," or "}" after a label');
    }
    cursor.next();
  }

  #label(): void {
    const cursor = this.#cursor;
    const token = cursor.current;
    if (token.kind !== 'word' && token.kind !== 'string') cursor.unexpected('a label or "}"');
    cursor.next();
    if (token.kind === 'string' && !cursor.isSymbol('=')) return this.#set('__name__', token, token.text);
    cursor.expectSymbol('=', 'after the name of a label');
    if (cursor.current.kind !== 'string') cursor.unexpected('a string, the value of the label');
    this.#set(token.text, token, cursor.next().text);
  }

  #set(name: string, token: Token, value: string): void {
    const range = this.#cursor.rangeOf(token);
    if (!isLabelName(name)) throw new PromqlError(`invalid label name ${JSON.stringify(name)}`, range);
    if (this.#labels.has(name)) {
      const what = name === '__name__' ? 'the metric name' : `the label ${JSON.stringify(name)}`;
      throw new PromqlError(`${what} must not be set twice`, range);
    }
    this.#labels.set(name, value);
  }
}
