import type { Matcher, MatchOperator } from '@tapewatch/model';
import { PromqlError } from '../errors.js';
import { SourceText } from '../syntax/source-range.js';
import { readStringLiteral, StringLiteralError } from '../syntax/string-literal.js';
import { createMatcher } from './matcher.js';

/**
 * Reads Alertmanager's matcher syntax: `foo="bar"`, `foo=~"b.*"`, `foo=bar`, `"a name"!="x"`; one or more, separated
 * by commas, a comma after the last one allowed, with or without braces around them. Empty text or empty braces give
 * no matcher. Throws PromqlError with the place.
 */
export function parseMatchers(text: string): Matcher[] {
  return new MatcherReader(text).readAll();
}

const operators: readonly MatchOperator[] = ['=~', '!~', '!=', '='];
const space = /\s/;
const reserved = /[\s{}!=~,\\"'`]/;

class MatcherReader {
  readonly #source: SourceText;
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#source = new SourceText(text);
    this.#text = text;
  }

  readAll(): Matcher[] {
    const matchers: Matcher[] = [];
    const braces = this.#take('{');
    while (!this.#done(braces)) {
      matchers.push(this.#matcher());
      if (!this.#take(',') && !this.#done(braces)) this.#fail(braces ? '"," or "}"' : '"," or the end of the text');
    }
    if (braces && !this.#take('}')) this.#fail('"}"');
    if (!this.#ended()) this.#fail('the end of the text');
    return matchers;
  }

  #matcher(): Matcher {
    const start = this.#at;
    const name = this.#word('a label name');
    const operator = this.#operator();
    const value = this.#word('a value', true);
    try {
      return createMatcher(name, operator, value);
    } catch (error) {
      throw new PromqlError((error as Error).message, this.#source.range(start, this.#at));
    }
  }

  #operator(): MatchOperator {
    this.#skipSpace();
    const operator = operators.find((candidate) => this.#text.startsWith(candidate, this.#at));
    if (operator === undefined) return this.#fail('"=", "!=", "=~" or "!~"');
    this.#at += operator.length;
    return operator;
  }

  #word(expected: string, emptyAllowed = false): string {
    this.#skipSpace();
    const first = this.#text[this.#at];
    if (first === '"') return this.#quoted(emptyAllowed, expected);
    const start = this.#at;
    while (this.#at < this.#text.length && !reserved.test(this.#text[this.#at] as string)) this.#at++;
    if (this.#at === start) return this.#fail(expected);
    return this.#text.slice(start, this.#at);
  }

  #quoted(emptyAllowed: boolean, expected: string): string {
    const start = this.#at;
    try {
      const { value, end } = readStringLiteral(this.#text, start);
      if (value === '' && !emptyAllowed) return this.#fail(expected);
      this.#at = end;
      return value;
    } catch (error) {
      if (!(error instanceof StringLiteralError)) throw error;
      throw new PromqlError(error.message, this.#source.range(error.offset, this.#text.length));
    }
  }

  #done(braces: boolean): boolean {
    return this.#ended() || (braces && this.#text[this.#at] === '}');
  }

  #ended(): boolean {
    this.#skipSpace();
    return this.#at >= this.#text.length;
  }

  #take(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    while (this.#at < this.#text.length && space.test(this.#text[this.#at] as string)) this.#at++;
  }

  #fail(expected: string): never {
    const found = this.#at < this.#text.length ? JSON.stringify(this.#text[this.#at]) : 'the end of the text';
    throw new PromqlError(`unexpected ${found}, expected ${expected}`, this.#source.range(this.#at, this.#at + 1));
  }
}
