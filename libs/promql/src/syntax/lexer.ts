import { PromqlError } from '../errors.js';
import { parseDurationLiteral, parseNumber } from './number-literal.js';
import type { SourceText } from './source-range.js';
import { readStringLiteral, StringLiteralError } from './string-literal.js';

export type TokenKind = 'word' | 'number' | 'duration' | 'string' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written; for a string literal its value. */
  readonly text: string;
  /** Numbers, and durations in milliseconds. */
  readonly value: number;
  readonly start: number;
  readonly end: number;
}

const space = /[ \t\r\n]+/y;
const comment = /#[^\n]*/y;
const word = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const wordWithoutColon = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const numeric = /(?:\d|\.\d)[0-9a-zA-Z_.]*/y;
const endsInExponent = /^[\d_.]+[eE]$/;
const exponent = /[+-]\d[0-9a-zA-Z_.]*/y;
const symbol = /<\/|>\/|==|!=|=~|!~|<=|>=|[-+*/%^<>=(){}[\],:@]/y;

/** Splits a text into tokens, the last of kind `end`; throws PromqlError and nothing else. */
export function tokenize(source: SourceText): Token[] {
  return new Lexer(source).tokens();
}

class Lexer {
  readonly #source: SourceText;
  readonly #text: string;
  #at = 0;
  #inBraces = false;
  #inBrackets = false;

  constructor(source: SourceText) {
    this.#source = source;
    this.#text = source.text;
  }

  tokens(): Token[] {
    const tokens: Token[] = [];
    for (;;) {
      this.#skipBlank();
      if (this.#at >= this.#text.length) break;
      tokens.push(this.#next());
    }
    tokens.push({ kind: 'end', text: '', value: NaN, start: this.#at, end: this.#at });
    return tokens;
  }

  #next(): Token {
    const start = this.#at;
    const first = this.#text[start] as string;
    if (first === '"' || first === "'" || first === '`') return this.#string(start);
    const digits = this.#match(numeric);
    if (digits !== undefined) return this.#number(start, digits);
    const name = this.#match(this.#inBraces || this.#inBrackets ? wordWithoutColon : word);
    if (name !== undefined) return this.#token('word', name, start);
    const sign = this.#match(symbol);
    if (sign === undefined) this.#fail(`unexpected character ${JSON.stringify(characterAt(this.#text, start))}`, start);
    this.#follow(sign);
    return this.#token('symbol', sign, start);
  }

  /** Braces and brackets change what a colon means; unbalanced ones are the parser's to tell. */
  #follow(sign: string): void {
    if (sign === '{') this.#inBraces = true;
    else if (sign === '}') this.#inBraces = false;
    else if (sign === '[') this.#inBrackets = true;
    else if (sign === ']') this.#inBrackets = false;
  }

  #number(start: number, digits: string): Token {
    const text = endsInExponent.test(digits) ? digits + (this.#match(exponent) ?? '') : digits;
    const value = parseNumber(text);
    if (value !== undefined) return this.#token('number', text, start, value);
    const ms = parseDurationLiteral(text);
    if (ms === undefined) {
      this.#fail(
        `bad number or duration ${JSON.stringify(text)}, expected one like 1.5, 1e3, 0x1f, 30s or 1h30m`,
        start,
      );
    }
    return this.#token('duration', text, start, ms);
  }

  #string(start: number): Token {
    try {
      const { value, end } = readStringLiteral(this.#text, start);
      this.#at = end;
      return this.#token('string', value, start);
    } catch (error) {
      if (error instanceof StringLiteralError) return this.#fail(error.message, error.offset);
      throw error;
    }
  }

  #skipBlank(): void {
    while (this.#match(space) !== undefined || this.#match(comment) !== undefined);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #token(kind: TokenKind, text: string, start: number, value = NaN): Token {
    return { kind, text, value, start, end: this.#at };
  }

  #fail(reason: string, start: number): never {
    throw new PromqlError(reason, this.#source.range(start, Math.max(this.#at, start + 1)));
  }
}

function characterAt(text: string, offset: number): string {
  return String.fromCodePoint(text.codePointAt(offset) as number);
}
